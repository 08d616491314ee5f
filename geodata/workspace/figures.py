"""The figures of a county: the rows that its cube, map and reasons are all made of, and the cube."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from geodata import codes
from geodata.figures import Cube, in_yuan, save_cube, to_successors
from geodata.periods import last_day
from geodata.version import __version__
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import FOLDER, Built

LEVELS = ("county", "township", "village")


def county_cube(setup: Setup, built: Sequence[Built]) -> Cube:
    """Return the cube of some built months; its places are those that have a figure."""
    values = village_values(setup, built)
    county, register = setup.config.county, setup.place_register
    places = division_places(values["place"].unique(), LEVELS)
    named = register.places["name"].reindex(places.index).fillna(places.index.to_series())
    return Cube(
        title=county.name or county.code,
        levels=LEVELS,
        places=places.assign(name=named).join(register.terms(places.index)),
        values=values,
        indicators=setup.indicators,
        least_bases=least_bases(setup, built),
    )


def least_bases(setup: Setup, built: Sequence[Built]) -> dict[str, int]:
    """Return by month how many must be in question in a place for its share to be ranked.

    Parameter ranking.least_base; a month in which the county has none is left out.
    """
    county = setup.config.county.code
    asked = {
        one.month: setup.policy.at("ranking.least_base", county, last_day(one.month)).value
        for one in built
    }
    return {month: int(least) for month, least in asked.items() if isinstance(least, (int, float))}


def write_county_cube(setup: Setup, built: Sequence[Built], cube: Cube) -> Path:
    """Write the cube of some built months as NetCDF beside them, unless it is there."""
    register = setup.place_register.places.to_csv()
    inputs = {
        **{one.month: one.digest for one in built},
        "guatu": __version__,
        "places": hashlib.sha256(register.encode()).hexdigest(),
        "indicators": hashlib.sha256(repr(list(setup.indicators.values())).encode()).hexdigest(),
    }
    return save_cube(setup.config.store / FOLDER, cube, inputs)


def division_places(villages: Iterable[str], levels: Sequence[str]) -> pd.DataFrame:
    """Return level, name (the code) and parent of villages and the places above them, by code.

    The beginnings of a code are its parents; the top level stands first.
    """
    codes_of = {level: sorted({codes.at_level(one, level) for one in villages}) for level in levels}
    rows = [
        (key, level, key, codes.at_level(key, levels[depth - 1]) if depth else None)
        for depth, (level, keys) in enumerate(codes_of.items())
        for key in keys
    ]
    frame = pd.DataFrame(rows, columns=["key", "level", "name", "parent"], dtype=object)
    return frame.set_index("key")


def village_values(setup: Setup, built: Sequence[Built], table: str = "figures") -> pd.DataFrame:
    """Return the figures of built months by village and period, as `geodata.figures.Cube` has them.

    A village that has ended stands under its successor in every month. `table` is figures, or
    figures_before: by the rules of the month before.
    """
    rows = [village_sums(setup, one, table).assign(period=one.month) for one in built]
    values = in_yuan(pd.concat(rows, ignore_index=True), setup.indicators)
    sums = [key for key, one in setup.indicators.items() if one.adds_up == "sum"]
    plain = values["indicator"].isin(sums) & values["numerator"].notna()
    return values.assign(denominator=values["denominator"].mask(plain, 1.0))


def village_sums(setup: Setup, built: Built, table: str) -> pd.DataFrame:
    """Return a table of SUMS of a month by village, those that have ended under their successors."""
    return to_successors(built.frame(table), setup.place_register.successors)
