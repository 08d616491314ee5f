"""An invented county on a grid with planted clusters by month, for tests of hot-spot maps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.atlas.atlas import Atlas
from geodata.atlas.folder import build_atlas
from tests.invented import COUNTY, INCOME, RATE, grid_tree

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
SIZE = 8
# townships 2-4, villages 2-4
HOT = tuple(f"{COUNTY}{column:03d}{row:03d}" for column in (2, 3, 4) for row in (2, 3, 4))
CENTRE = f"{COUNTY}003003"
SILENT = f"{COUNTY}001001"


def clustered_atlas(months: tuple[str, ...] = MONTHS, *, size: int = SIZE) -> Atlas:
    """Return size x size villages: nine with twice the share of poor, one that never reports."""
    tree = grid_tree(size, size)
    draw = np.random.default_rng(5)
    villages = tree.places.index[tree.places["level"] == "village"]
    risk = np.where(villages.isin(HOT), 2.2, 1.0)
    frames = []
    for month in MONTHS:
        poor = draw.binomial(300, 0.1 * risk).astype(float)
        income = draw.normal(12_000, 500, len(villages)) / risk
        poor[villages == SILENT] = np.nan
        frame = pd.DataFrame({"place": villages, "period": month})
        frames.append(frame.assign(indicator="poor_share", numerator=poor, denominator=300.0))
        frames.append(frame.assign(indicator="income", numerator=income, denominator=1.0))
    values = pd.concat(frames, ignore_index=True)
    return build_atlas(
        title="云岭县",
        tree=tree,
        values=values[values["period"].isin(months)],
        indicators=[RATE, INCOME],
        join={"boundary_features": size * size, "matched": size * size, "unmatched_boundary": []},
        source={"table": "收入.csv", "boundaries": "村界.shp"},
    )
