"""The figures of a county: the rows that its cube, map and reasons are all made of, and the cube."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from geodata import codes
from geodata.access import Request, public_rows
from geodata.atlas.folder import shaped_places
from geodata.figures import Cube, in_yuan, save_cube, to_successors
from geodata.version import __version__
from geodata.workspace.inputs import Setup
from geodata.workspace.month_tables import month_source
from geodata.workspace.saved import FOLDER, Built

LEVELS = ("county", "township", "village")


def county_cube(setup: Setup, built: Sequence[Built]) -> Cube:
    """Return the cube of some built months; its places are those that have a figure."""
    values = village_values(setup, built, shaped_villages(setup))
    names = places_of(setup, built[-1])["name"]
    county = setup.config.county
    places = division_places(values["place"].unique(), LEVELS)
    named = names.reindex(places.index).fillna(places.index.to_series())
    return Cube(
        title=county.name or county.code,
        levels=LEVELS,
        places=places.assign(name=named),
        values=values,
        indicators=setup.indicators,
    )


def write_county_cube(setup: Setup, built: Sequence[Built], cube: Cube) -> Path:
    """Write the cube of some built months as NetCDF beside them, unless it is there."""
    shaped = shaped_villages(setup)
    inputs = {
        **{one.month: one.digest for one in built},
        "guatu": __version__,
        "shaped": "" if shaped is None else hashlib.sha256("".join(shaped).encode()).hexdigest(),
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


def village_values(
    setup: Setup, built: Sequence[Built], shaped: pd.Index | None, table: str = "figures"
) -> pd.DataFrame:
    """Return the figures of built months by village and period, as `geodata.figures.Cube` has them.

    A village that was merged away stands under its successor in every month: `shaped` as in
    `successors_of`. `table` is figures, or figures_before: by the rules of the month before.
    """
    return moved_values(setup, built, successors_of(setup, built[-1], shaped), table)


def moved_values(
    setup: Setup, built: Sequence[Built], moved: pd.Series, table: str
) -> pd.DataFrame:
    """Return figures as `village_values`, by the successors that are given."""
    rows = [to_successors(one.frame(table), moved).assign(period=one.month) for one in built]
    values = in_yuan(pd.concat(rows, ignore_index=True), setup.indicators)
    sums = [key for key, one in setup.indicators.items() if one.adds_up == "sum"]
    plain = values["indicator"].isin(sums) & values["numerator"].notna()
    return values.assign(denominator=values["denominator"].mask(plain, 1.0))


def successors_of(setup: Setup, built: Built, shaped: pd.Index | None) -> pd.Series:
    """Return which village takes the figures of each one that was merged away, by its code.

    On a map (`shaped`: the villages that have an outline) one whose own outline is still drawn keeps
    its figures, and one whose successor has none.
    """
    successors = places_of(setup, built)["successor_code"].dropna()
    next_of = {str(code): str(successor) for code, successor in successors.items()}
    codes = pd.Series({code: _last_of(code, next_of) for code in next_of}, dtype="str")
    codes = codes[codes != codes.index]
    if shaped is None:
        return codes
    return codes[~codes.index.isin(shaped) & codes.isin(shaped)]


def _last_of(code: str, next_of: Mapping[str, str]) -> str:
    """Return the village at the end of a row of mergers; a circle ends where it began."""
    seen: set[str] = set()
    while code in next_of and code not in seen:
        seen.add(code)
        code = next_of[code]
    return code


def shaped_villages(setup: Setup) -> pd.Index | None:
    """Return the villages that have an outline on the written map; None without a map."""
    return shaped_places(setup.config.folder, "village")


def places_of(setup: Setup, built: Built) -> pd.DataFrame:
    """Return name and successor_code of every place, index code, as of a built month."""
    asked = Request("place", columns=("place_code", "name", "successor_code"))
    frame = public_rows(month_source(setup, built), asked)
    return frame.drop_duplicates("place_code").set_index("place_code")
