"""The figure of places that a person chose: what is shown of them, summed as any other total."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.atlas.atlas import Atlas
from geodata.figures.totals import total_by


def total_of(atlas: Atlas, indicator: str, period: str, places: Sequence[str]) -> pd.Series:
    """Return value, numerator, denominator, places_with_data and places of some places together."""
    described = atlas.indicator(indicator)
    levels = {atlas.level_of(place) for place in places}
    alike = len(levels) == 1 and described.adds_up != "none"
    level = str(levels.pop()) if alike else atlas.lowest
    inside = [key for place in places for key in atlas.places_in(place, level)]
    rows = atlas.frame(indicator, period, level).reindex(list(dict.fromkeys(inside)))
    together = pd.Series("", index=rows.index)
    total = total_by(rows, together, described, sizes=pd.Series({"": len(rows)})).loc[""]
    counts = {name: int(rows[name].sum()) for name in ("places_with_data", "places")}
    return pd.Series({**total, **counts})
