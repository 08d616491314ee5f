"""Every indicator of our themes on an invented grid of villages, small counts among them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from geodata.atlas import Atlas
from geodata.atlas.folder import build_atlas
from geodata.figures import Indicator
from geodata.themes import own_themes
from tests.invented import grid_tree

SIZE = 6
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 11))


@cache
def own_indicators() -> tuple[Indicator, ...]:
    """Return the indicators of all themes of the product."""
    return tuple(one for theme in own_themes() for one in theme.indicators)


@cache
def figures_atlas() -> Atlas:
    """Return figures by quantity: shares with few cases, counts of 0 to 6, money and means."""
    tree = grid_tree(SIZE, SIZE)
    villages = tree.places.index[tree.places["level"] == "village"]
    draw, frames = np.random.default_rng(11), []
    chosen = own_indicators()
    for one in chosen:
        for month in MONTHS:
            whole = draw.integers(2, 60, len(villages)).astype(float)
            part = draw.binomial(whole.astype(int), draw.choice([0.02, 0.3])).astype(float)
            if one.quantity == "count":
                part, base = draw.integers(0, 7, len(villages)).astype(float), 1.0
            elif one.adds_up == "sum":
                part, base = draw.normal(50_000, 9_000, len(villages)).round(), 1.0
            elif one.counts_things:
                base = whole
            else:
                part, base = (whole * draw.uniform(0.1, 0.9, len(villages))).round(1), whole
            row = {"indicator": one.key, "period": month, "place": villages, "missing": 0.0}
            frames.append(
                pd.DataFrame(row).assign(numerator=part, denominator=base, subjects=whole)
            )
    return build_atlas(
        title="云岭县",
        tree=tree,
        values=pd.concat(frames, ignore_index=True),
        indicators=chosen,
        join={},
        source={},
    )
