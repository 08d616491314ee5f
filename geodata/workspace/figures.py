"""The figures of a county: the rows that its cube, map and reasons are all made of, and the cube."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import xarray as xr

import geodata
from geodata.access import Request, public_rows
from geodata.atlas.folder import shaped_places
from geodata.figures import in_yuan, make_cube, read_cube, save_cube, to_successors
from geodata.workspace.inputs import Setup
from geodata.workspace.people import month_source
from geodata.workspace.saved import FOLDER, Built


def county_cube(setup: Setup, built: Sequence[Built]) -> xr.Dataset:
    """Return the cube of some built months, saved for the next time where that is possible."""
    indicators = [indicator for theme in setup.themes for indicator in theme.indicators]
    folder = setup.config.store / FOLDER
    shaped = shaped_villages(setup)
    inputs = {
        **{one.month: one.digest for one in built},
        "guatu": geodata.__version__,
        "shaped": "" if shaped is None else hashlib.sha256("".join(shaped).encode()).hexdigest(),
        "indicators": hashlib.sha256(repr(indicators).encode()).hexdigest(),
    }
    saved = read_cube(folder, inputs)
    if saved is not None:
        return saved
    cube = make_cube(month_rows(setup, built, shaped), indicators)
    try:
        save_cube(folder, cube, inputs)
    except OSError:
        # Whoever may only read the workspace has the cube all the same.
        return cube
    return cube


def month_rows(
    setup: Setup, built: Sequence[Built], shaped: pd.Index | None
) -> dict[str, pd.DataFrame]:
    """Return the figures of each month by village, money in yuan, merged villages moved.

    A village that was merged away stands under its successor in every month: `shaped` as in
    `successors_of`.
    """
    by_key = {one.key: one for theme in setup.themes for one in theme.indicators}
    moved = successors_of(setup, built[-1], shaped)
    return {one.month: in_yuan(to_successors(one.frame("figures"), moved), by_key) for one in built}


def successors_of(setup: Setup, built: Built, shaped: pd.Index | None) -> pd.Series:
    """Return which village takes the figures of each one that was merged away, by its code.

    On a map (`shaped`: the villages that have an outline) one whose own outline is still drawn keeps
    its figures, and one whose successor has none.
    """
    next_of = places_of(setup, built)["successor_code"].dropna().to_dict()
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
