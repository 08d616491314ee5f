"""The county's own list of places as it stands now, and which place each former one belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from geodata.intake.known import latest_places
from geodata.store import SnapshotStore

_COLUMNS = ("place_code", "name", "valid_from", "valid_to", "successor_code")


@dataclass(frozen=True)
class PlaceRegister:
    """Places by code, as the newest list has them: name, valid_from, valid_to, successor_code.

    `month` is that of the list, empty where none was ever delivered.
    """

    month: str
    places: pd.DataFrame = field(repr=False)

    @cached_property
    def successors(self) -> pd.Series:
        """Return which place stands for each that has ended, by its code, followed to the last.

        A place that is to end later, whose successor is not on the list, or that comes after itself
        stands for itself.
        """
        listed, known = self.places, self.places.index
        over = listed["valid_to"].isna() | (listed["valid_to"].astype("str") < self.month)
        ended = listed.loc[over & listed["successor_code"].isin(known), "successor_code"]
        next_of = {str(code): str(successor) for code, successor in ended.items()}
        codes = pd.Series({code: _last_of(code, next_of) for code in next_of}, dtype="str")
        return codes[codes != codes.index]

    def now(self, codes: pd.Series) -> pd.Series:
        """Return codes of places with the successor in place of each that has ended."""
        if not codes.isin(self.successors.index).any():
            return codes
        return codes.map(self.successors).fillna(codes)

    @cached_property
    def ended(self) -> Mapping[str, tuple[str, str, str]]:
        """Return name, last month (empty when it is not said) and successor of each ended place."""
        rows = self.places.loc[self.successors.index]
        listed = zip(rows["name"].fillna(""), rows["valid_to"].fillna(""), strict=True)
        told = zip(self.successors.items(), listed, strict=True)
        return {str(code): (name, last, str(into)) for (code, into), (name, last) in told}

    def terms(self, codes: pd.Index) -> pd.DataFrame:
        """Return the first and last month of places by code: valid_from, valid_to, empty where open."""
        return self.places[["valid_from", "valid_to"]].reindex(codes).fillna("").astype("str")


def read_place_register(store: SnapshotStore) -> PlaceRegister:
    """Return the newest list of places that a store has."""
    for month in reversed(store.months()):
        rows = latest_places(store, (month,))
        if rows is not None:
            listed = rows[list(_COLUMNS)].sort_values("place_code").drop_duplicates("place_code")
            return PlaceRegister(month, listed.astype("str").set_index("place_code"))
    empty = pd.DataFrame(columns=list(_COLUMNS), dtype="str")
    return PlaceRegister("", empty.set_index("place_code"))


def _last_of(code: str, next_of: Mapping[str, str]) -> str:
    """Return the place at the end of a row of successors; a circle ends where it began."""
    seen: set[str] = set()
    while code in next_of and code not in seen:
        seen.add(code)
        code = next_of[code]
    return code
