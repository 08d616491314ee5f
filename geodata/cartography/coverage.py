"""How complete a map is: places with a figure of all places, and why the others have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.atlas import Atlas


@dataclass(frozen=True)
class Coverage:
    """Lowest places with a figure, of all in a place; `missing` has name, parent_name, reason.

    Places that are `not_applicable` are counted, and not missing. The reason is unmatched (the join found no row for it), unreported (a row without a figure) or
    hidden (a small count that is not shown).
    `unmatched_rows` names the rows of the whole table that no place took, each name once;
    `joined` and `features` count the boundaries with a row, of all (None when not told).
    `unshaped` names the places that have no outline: they are counted, but cannot be drawn.
    """

    with_data: int
    places: int
    missing: pd.DataFrame
    unmatched_rows: tuple[str, ...]
    joined: int | None
    features: int | None
    unshaped: tuple[str, ...] = ()
    not_applicable: int = 0


def coverage(atlas: Atlas, indicator: str, period: str, place: str | None = None) -> Coverage:
    """Return the coverage of one indicator and period within a place."""
    asked = ("coverage", indicator, period, place)
    return atlas.once(asked, lambda: _coverage(atlas, indicator, period, place))


def _coverage(atlas: Atlas, indicator: str, period: str, place: str | None) -> Coverage:
    inside = atlas.places_in(place, atlas.lowest, period)
    values = atlas.frame(indicator, period, atlas.lowest)["value"].reindex(inside)
    states = atlas.states(indicator, period, atlas.lowest).reindex(inside)
    asked = states != "not_applicable"
    absent = values.index[values.isna() & asked]
    told = atlas.once("told", lambda: frozenset(atlas.values["place"]))
    unmatched = set(_texts(atlas.join.get("unmatched_boundary")))
    unmatched |= set(absent) - told
    reasons = ["unmatched" if key in unmatched else "unreported" for key in absent]
    names = atlas.places["name"].reindex(inside)
    missing = pd.DataFrame(
        {
            "name": atlas.places["name"].reindex(absent),
            "parent_name": atlas.places["parent"].reindex(absent).map(atlas.places["name"]),
            "reason": np.where(states[absent] == "hidden", "hidden", reasons),
        },
        index=absent,
    )
    return Coverage(
        with_data=int(values.notna().sum()),
        places=len(inside),
        missing=missing,
        unmatched_rows=tuple(dict.fromkeys(_texts(atlas.join.get("unmatched_table")))),
        joined=_count(atlas.join.get("matched_boundary", atlas.join.get("matched"))),
        features=_count(atlas.join.get("boundary_features")),
        not_applicable=int((~asked).sum()),
        unshaped=tuple(names[~atlas.places["shape"].reindex(inside).astype(bool)]),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, Iterable) else []
