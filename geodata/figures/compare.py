"""Places compared: ranks with ties."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from geodata.figures.cube import value_of


def rank_places(
    cube: xr.Dataset, indicator: str, period: str, *, level: str, worse: str
) -> pd.DataFrame:
    """Return the places of a level, worst first: value, rank, numerator, denominator, share_missing.

    Equal values share a rank and the next rank is left out (1, 2, 2, 4); places without a value
    come last with no rank. `worse` is high or low.
    """
    chosen = cube.sel(indicator=[indicator], period=[period])
    chosen = chosen.isel(place=(chosen["level"] == level).to_numpy())
    parts = ("numerator", "denominator", "missing", "subjects", "share_missing")
    columns = {"value": value_of(chosen), **{part: chosen[part] for part in parts}}
    frame = pd.DataFrame(
        {name: column.to_numpy().ravel() for name, column in columns.items()},
        index=pd.Index(chosen["place"].to_numpy()),
    )
    frame["rank"] = frame["value"].rank(method="min", ascending=worse == "low").astype("Int64")
    frame.index.name = "place"
    return frame.rename_axis("place").sort_values(
        ["rank", "place"], na_position="last", key=lambda c: c
    )
