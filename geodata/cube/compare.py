"""Places compared: ranks with ties, and counts too small to be shown outside."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from geodata.cube.dataset import value_of

SMALLEST_SHOWN = 3


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


def suppress_small(cube: xr.Dataset, *, smallest: int = SMALLEST_SHOWN) -> xr.Dataset:
    """Return a copy for use outside: figures of fewer than `smallest` counted subjects are NaN.

    A count of one or two identifies a household, and so does a whole that differs from its base by
    one or two; zero is shown. `suppressed` tells these cells from cells without data. Figures of
    the places above stay as they are, so at least two cells of a parent are hidden together.
    """
    counted = cube["numerator"]
    few = (counted > 0) & (counted < smallest) & ~cube["is_money"]
    hidden = few | _sole_sibling(cube, few)
    parts = ("numerator", "denominator", "missing", "share_missing")
    kept = cube.assign({part: cube[part].where(~hidden) for part in parts})
    return kept.assign(suppressed=hidden)


def _sole_sibling(cube: xr.Dataset, few: xr.DataArray) -> xr.DataArray:
    """Return the smallest shown sibling of each place that is hidden alone under its parent."""
    shown = cube["numerator"].where(~few & (cube["numerator"] > 0))
    extra = xr.zeros_like(few)
    # One pass for each parent: a county has some dozens of townships.
    for parent in pd.unique(cube["parent"].to_series()):
        inside = (cube["parent"] == parent).to_numpy()
        if parent == "" or not inside.any():
            continue
        alone = few.isel(place=inside).sum("place") == 1
        siblings = shown.isel(place=inside)
        least = (siblings == siblings.min("place")) & alone
        first = least & (least.cumsum("place") == 1)
        extra[{"place": inside}] = first.transpose(*extra.dims).to_numpy()
    return extra
