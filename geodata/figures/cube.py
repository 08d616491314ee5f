"""The cube: indicator x place x month, summed up the tree of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

from geodata.figures.indicator import Indicator
from geodata.figures.totals import PARTS, sum_parts
from geodata.i18n import LANGUAGES

LEVELS = ("county", "township", "village")
_WIDTHS = {"county": 6, "township": 9, "village": 12}


def place_lineage(villages: pd.Index | Sequence[str]) -> pd.DataFrame:
    """Return county, township and village of each village code, index village."""
    codes = pd.Series(list(villages), index=pd.Index(list(villages), name="village"), dtype=str)
    return pd.DataFrame({level: codes.str.slice(0, _WIDTHS[level]) for level in LEVELS})


def make_cube(
    figures: Mapping[str, pd.DataFrame],
    indicators: Sequence[Indicator],
    *,
    lineage: pd.DataFrame | None = None,
) -> xr.Dataset:
    """Return the Dataset of the figures of each month, money in yuan.

    Dimensions indicator, place, period; variables numerator, denominator, missing, subjects and
    share_missing. Places are villages and the places above them, each the sum of its villages;
    `level`, `parent`, `title_zh`, `unit_en` and the like are coordinates. Where nobody is in scope all parts are NaN. `lineage` has
    one row a village and one column a level top-down; by default it follows the code.
    """
    months = sorted(figures)
    rows = pd.concat([figures[month].assign(period=month) for month in months], ignore_index=True)
    villages = pd.Index(sorted(rows["place"].unique()), name="village")
    lineage = place_lineage(villages) if lineage is None else lineage
    by = ["indicator", "place", "period"]
    summed = [
        sum_parts(rows.assign(place=rows["place"].map(lineage[level])), by)
        for level in lineage.columns
    ]
    # Where every subject is missing the sums are of nothing: unknown, not zero.
    table = pd.concat(summed)
    places = _places(lineage)
    index = pd.MultiIndex.from_product(
        [[m.key for m in indicators], places.index, months], names=["indicator", "place", "period"]
    )
    table = table[~table.index.duplicated()].reindex(index)
    shape = (len(indicators), len(places), len(months))
    dims = ("indicator", "place", "period")
    data = {part: (dims, table[part].to_numpy().reshape(shape)) for part in PARTS}
    coords = {
        "indicator": [m.key for m in indicators],
        "place": places.index.to_numpy(),
        "period": months,
        "level": ("place", places["level"].to_numpy()),
        "parent": ("place", places["parent"].to_numpy()),
        "adds_up": ("indicator", [m.adds_up for m in indicators]),
        "quantity": ("indicator", [m.quantity for m in indicators]),
        **_labels(indicators),
    }
    cube = xr.Dataset(data, coords, {"Conventions": "CF-1.8"})
    cube["share_missing"] = cube["missing"] / cube["subjects"].where(cube["subjects"] > 0)
    for name, (words, unit) in _VARIABLES.items():
        cube[name].attrs |= {"long_name": words, "units": unit}
    return cube


# The unit of numerator and denominator differs by indicator.
_VARIABLES = {
    "numerator": ("sum over the subjects that are known", "see unit_en"),
    "denominator": ("base over the subjects that are known", "1"),
    "missing": ("subjects of which the figure is not known", "1"),
    "subjects": ("subjects in scope", "1"),
    "share_missing": ("missing / subjects", "1"),
}


def _labels(indicators: Sequence[Indicator]) -> dict[str, tuple[str, list[str]]]:
    """Return title and unit of the indicators in each language as coordinates."""
    titles = {f"title_{lang}": [one.title_in(lang) for one in indicators] for lang in LANGUAGES}
    units = {f"unit_{lang}": [one.unit_in(lang) for one in indicators] for lang in LANGUAGES}
    return {name: ("indicator", texts) for name, texts in (titles | units).items()}


def _places(lineage: pd.DataFrame) -> pd.DataFrame:
    """Return level and parent of every place of the lineage, top level first; index place."""
    found: dict[str, tuple[str, str]] = {}
    above: str | None = None
    for level in lineage.columns:
        parents = lineage[above] if above else pd.Series("", index=lineage.index)
        pairs = pd.DataFrame({"place": lineage[level], "parent": parents}).drop_duplicates("place")
        for place, parent in sorted(zip(pairs["place"], pairs["parent"], strict=True)):
            found.setdefault(place, (level, parent))
        above = level
    frame: pd.DataFrame = pd.DataFrame(
        list(found.values()), index=list(found), columns=["level", "parent"]
    )
    return frame


def value_of(cube: xr.Dataset) -> xr.DataArray:
    """Return the plain value: numerator for sums, else numerator / denominator; yuan for money.

    NaN where nothing is known.
    """
    known = cube["denominator"] > 0
    ratio = cube["numerator"] / cube["denominator"].where(known)
    value = xr.where(cube["adds_up"] == "sum", cube["numerator"], ratio)
    return value.transpose("indicator", "place", "period").rename("value")


def places_at(cube: xr.Dataset, indicator: str, period: str, level: str) -> pd.DataFrame:
    """Return the places of a level, index key: value, the four parts and share_missing."""
    chosen = cube.sel(indicator=[indicator], period=[period])
    chosen = chosen.isel(place=(chosen["level"] == level).to_numpy())
    columns = {"value": value_of(chosen)} | {
        part: chosen[part] for part in (*PARTS, "share_missing")
    }
    index = pd.Index(chosen["place"].to_numpy(), name="place")
    return pd.DataFrame({name: one.to_numpy().ravel() for name, one in columns.items()}, index)
