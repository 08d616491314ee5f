"""The two sides of a join as they are compared, and its state: who has whom, by which step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geodata.joining.join_columns import JoinColumns, coordinates
from geodata.joining.names import clean_codes


@dataclass(frozen=True)
class JoinSide:
    """Places of one side: a cleaned code, why a code is unusable, and a path of names per place.

    A path runs from the parent to the place; () when no name columns are used. `place_of` gives
    the place of every row; `keys` are the texts people see; `periods` the periods of each place's
    rows; `most_rows` the highest number of rows of a place in one period.
    """

    codes: list[str]
    code_faults: list[str]
    paths: list[tuple[str, ...]]
    keys: list[str]
    place_of: np.ndarray
    periods: list[frozenset[str]]
    most_rows: np.ndarray
    points: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.keys)


def boundary_side(frame: pd.DataFrame, columns: JoinColumns) -> JoinSide:
    """Return the features as places: each feature is one."""
    codes, faults = _codes(frame, columns.boundary_code)
    names = _names(frame, columns.boundary_name)
    count = len(frame)
    return JoinSide(
        codes=codes.tolist(),
        code_faults=faults.tolist(),
        paths=_paths(names, _depth(columns)),
        keys=_keys(frame, columns.boundary_code, names),
        place_of=np.arange(count),
        periods=[frozenset([""])] * count,
        most_rows=np.ones(count, dtype=int),
    )


def table_side(frame: pd.DataFrame, columns: JoinColumns, periods: pd.Series) -> JoinSide:
    """Return the distinct places of the table, in the order of their keys, not of the rows."""
    names = _names(frame, columns.table_name)
    parts = pd.DataFrame({f"n{n}": names[name] for n, name in enumerate(names.columns)})
    parts["code"] = _text(frame, columns.table_code)
    for axis, column in zip(("x", "y"), columns.table_xy, strict=False):
        parts[axis] = _text(frame, column)
    distinct = parts.drop_duplicates().sort_values(list(parts.columns), ignore_index=True)
    distinct["place"] = np.arange(len(distinct))
    place_of = parts.merge(distinct, how="left", on=list(parts.columns))["place"].to_numpy()
    codes, faults = clean_codes(distinct["code"])
    points = distinct[["x", "y"]] if columns.table_xy else None
    shown = distinct[[f"n{n}" for n in range(names.shape[1])]]
    shown = shown.set_axis(names.columns, axis=1)
    keyed = shown.assign(**{columns.table_code: distinct["code"]}) if columns.table_code else shown
    counts = pd.DataFrame({"place": place_of, "period": periods.to_numpy()}).value_counts()
    most = counts.groupby(level="place").max().sort_index().to_numpy()
    return JoinSide(
        codes=codes.tolist(),
        code_faults=faults.tolist(),
        paths=_paths(shown, _depth(columns)),
        keys=_keys(keyed, columns.table_code, shown),
        place_of=place_of,
        periods=_periods_of(counts, len(distinct)),
        most_rows=most,
        points=None if points is None else coordinates(points, ("x", "y")),
    )


def _periods_of(counts: pd.Series, size: int) -> list[frozenset[str]]:
    by_place: list[set[str]] = [set() for _ in range(size)]
    for place, period in counts.index:
        by_place[place].add(period)
    return [frozenset(periods) for periods in by_place]


def _depth(columns: JoinColumns) -> int:
    """Return how many levels both sides name; lists of different length agree at their end."""
    return min(len(columns.boundary_name), len(columns.table_name))


def _text(frame: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("", index=frame.index, dtype=str)
    values = frame[column]
    if pd.api.types.is_float_dtype(values):
        values = values.map(lambda value: f"{value:.0f}", na_action="ignore")
    elif isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    return values.astype(object).where(values.notna(), "").astype(str).str.strip()


def _codes(frame: pd.DataFrame, column: str | None) -> tuple[pd.Series, pd.Series]:
    return clean_codes(_text(frame, column))


def _names(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: _text(frame, name) for name in names}, index=frame.index)


def _paths(names: pd.DataFrame, depth: int) -> list[tuple[str, ...]]:
    if depth == 0:
        return [()] * len(names)
    return list(names.iloc[:, -depth:].itertuples(index=False, name=None))


def _keys(frame: pd.DataFrame, code: str | None, names: pd.DataFrame) -> list[str]:
    """Return the code as people write it, or the names joined by / where there is no code."""
    path = ["/".join(path) for path in names.itertuples(index=False, name=None)]
    if code is None:
        return path if names.shape[1] else [""] * len(frame)
    codes = _text(frame, code)
    return [text or other for text, other in zip(codes, path or codes, strict=True)]


def named_key(side: JoinSide, place: int) -> str:
    """Return a key with the names of the place behind it, which tells places of one code apart."""
    names = "/".join(side.paths[place])
    key = side.keys[place]
    return key if not names or key == names or key.endswith(f"/{names}") else f"{key}/{names}"


def doubled_keys(side: JoinSide, rows: np.ndarray | None = None) -> dict[str, int]:
    """Return keys that more than one row (of one period) or feature has, with how often."""
    if rows is None:
        return {key: n for key, n in sorted(Counter(side.keys).items()) if n > 1 and key}
    counted = zip(side.keys, side.most_rows, strict=True)
    return {key: int(count) for key, count in counted if count > 1}


@dataclass(frozen=True)
class Link:
    """A feature for a place: the step that found it and how alike they are (0 to 100)."""

    feature: int
    step: str
    score: float = 100.0


@dataclass(frozen=True)
class Reason:
    """Why a place or feature has no match: the key of a sentence and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Matching:
    """What the steps have settled so far; every place of the table has at most one feature.

    `many` says that several rows of one name are usual (a table of households), so that they are
    no doubt about the place. A feature takes one name of the table in each period.
    """

    def __init__(self, boundary: JoinSide, table: JoinSide, *, many: bool) -> None:
        self.boundary, self.table, self.many = boundary, table, many
        self.matched: dict[int, Link] = {}
        self.proposed: dict[int, Link] = {}
        self.reasons: dict[int, Reason] = {}
        self.feature_reasons: dict[int, Reason] = {}
        self.notes: dict[int, Reason] = {}
        self.rejected: set[tuple[int, int]] = set()
        self.tried: list[str] = []
        self._holders: dict[int, set[int]] = {}

    def accept(self, place: int, link: Link) -> None:
        """Settle the feature of a place."""
        self.matched[place] = link
        self.proposed.pop(place, None)
        self.reasons.pop(place, None)
        self._holders.setdefault(link.feature, set()).add(place)

    def propose(self, place: int, link: Link) -> None:
        """Note a feature that a person may accept for a place."""
        self.proposed[place] = link
        self.reasons.pop(place, None)

    def withdraw(self, place: int, reason: Reason) -> None:
        """Take back a proposal and say why; a place without one keeps its reason."""
        if self.proposed.pop(place, None) is not None:
            self.reasons[place] = reason

    def open_places(self) -> list[int]:
        """Return the places without a match, in order."""
        return [place for place in range(len(self.table)) if place not in self.matched]

    def unsettled_places(self) -> list[int]:
        """Return the places with neither match nor proposal, in order."""
        return [place for place in self.open_places() if place not in self.proposed]

    def is_free(self, feature: int, place: int) -> bool:
        """Return whether no other place of the same period holds the feature."""
        periods = self.table.periods[place]
        holders = self._holders.get(feature, ())
        return not any(self.table.periods[other] & periods for other in holders)

    def holder(self, feature: int, place: int) -> int | None:
        """Return a place that holds the feature in a period of the given place."""
        periods = self.table.periods[place]
        holders = sorted(self._holders.get(feature, ()))
        return next((other for other in holders if self.table.periods[other] & periods), None)

    def taken(self, feature: int, place: int) -> Reason:
        """Return the reason of a place whose feature another place of the same period holds."""
        holder = self.holder(feature, place)
        values = {
            "feature": self.boundary.keys[feature],
            "holder": self.table.keys[holder or 0],
        }
        return Reason("join.taken", values)

    def free_features(self) -> list[int]:
        """Return the features that no place holds at all, in order."""
        return [n for n in range(len(self.boundary)) if n not in self._holders]

    def is_doubled(self, place: int) -> bool:
        """Return whether a place has several rows in a period of a table with one row per place."""
        return not self.many and self.table.most_rows[place] > 1
