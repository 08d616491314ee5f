"""The figure of places that a person chose: their villages summed as any other total."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.atlas.atlas import Atlas
from geodata.atlas.totals import total_by


def total_of(atlas: Atlas, indicator: str, period: str, places: Sequence[str]) -> pd.Series:
    """Return value, numerator, denominator, places_with_data and places of some places together."""
    inside = [key for place in places for key in atlas.places_in(place, atlas.lowest)]
    inside = list(dict.fromkeys(inside))
    rows = atlas.values
    rows = rows[(rows["indicator"] == indicator) & (rows["period"] == period)]
    rows = rows[rows["place"].isin(inside)]
    sizes = pd.Series({"": len(inside)})
    together = pd.Series("", index=rows.index)
    return total_by(rows, together, atlas.indicator(indicator), sizes=sizes).loc[""]
