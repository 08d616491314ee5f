"""Rows of a list against the same rows last month: other keys, columns that differ, townships left empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.config import ImportSettings
from geodata.intake.combining import POINT, TableRows
from geodata.intake.earlier import EarlierMonths, EarlierRows
from geodata.intake.issues import Issues
from geodata.intake.layouts import HOUSEHOLD, NUMBERS
from geodata.intake.membership import is_among
from geodata.intake.refusal import Refusal
from geodata.intake.showing import shown_value
from geodata.tables import Column

# Kinds of columns that hardly change from month to month, and from what share on they were mixed up.
_LASTING, CHANGED = frozenset({"text", "choice", "certificate", "flag"}), 0.5
# A table of fewer rows is not refused. A column tells rows apart where two of them mostly differ.
FEW, _VARIED = 20, 0.5
# Points that moved farther than this, in degrees, were not only measured again.
_MOVED = 0.01
# A column of many values is of one now where most rows hold it; of few values where all do. Another
# file may have its own values for a part of the rows.
_ONE, _BEFORE = 0.7, 0.3
# Kinds of what is told of a column that holds less than it did.
LESS = frozenset({"column_gone", "column_thinner", "column_emptied_there"})
_ONE_ANSWER, _ANSWERED = 0.99, 0.9


@dataclass(frozen=True)
class _Compared:
    """One column now and last month, for the rows of keys that both have, and which rows of it differ."""

    column: Column
    now: pa.Array
    then: pa.Array

    @cached_property
    def filled(self) -> np.ndarray:
        """Return which rows had a value last month."""
        return _flags(pc.is_valid(self.then))

    @cached_property
    def emptied(self) -> np.ndarray:
        """Return which rows had a value last month and have none now."""
        emptied: np.ndarray = self.filled & _flags(pc.is_null(self.now))
        return emptied

    @cached_property
    def gained(self) -> np.ndarray:
        """Return which rows have a value now and had none last month."""
        gained: np.ndarray = ~self.filled & _flags(pc.is_valid(self.now))
        return gained

    @cached_property
    def both(self) -> np.ndarray:
        """Return which rows have a value in both months."""
        both: np.ndarray = self.filled & ~self.emptied
        return both

    @cached_property
    def changed(self) -> np.ndarray:
        """Return which rows have another value than last month."""
        if self.column.name in POINT:
            moved = pc.greater(pc.abs(pc.subtract(self.now, self.then)), _MOVED)
            return _flags(pc.fill_null(moved, False))
        return _flags(pc.fill_null(pc.not_equal(self.now, self.then), False))

    @cached_property
    def tells_apart(self) -> bool:
        """Return whether two rows of last month mostly differ."""
        _, counts = pc.value_counts(self.then.filter(pa.array(self.both))).flatten()
        each = counts.to_numpy(zero_copy_only=False)
        total = each.sum()
        return bool(total and 1 - ((each / total) ** 2).sum() > _VARIED)

    @property
    def mostly_changed(self) -> bool:
        """Return whether more than half of the rows have another value."""
        return bool(self.changed.sum() > CHANGED * self.both.sum())


def check_rows(
    rows: TableRows,
    earlier: EarlierRows,
    months: EarlierMonths,
    settings: ImportSettings,
    *,
    names: Mapping[str, str],
    emptied: frozenset[str],
    issues: Issues,
) -> Refusal | None:
    """Report columns that differ from last month in most rows, of the county or of a township.

    `months` are those before; `names` are the townships. Columns in `emptied` are
    told as a whole already. Returns the fault where the keys of the rows contradict last month.
    """
    places = earlier.positions(rows.frame.index)
    known = places >= 0
    fault = _renumbered(rows, earlier, known, months)
    if fault is not None:
        return fault
    if rows.table.name != "household" and known.mean() < CHANGED:
        new = str(int((~known).sum()))
        report_column(rows, "keys_changed", _key(rows), str(len(known)), new, issues)
        return None
    # A row that only other files still name is missing, not empty.
    known &= rows.own.to_numpy()
    least = min(settings.small_rows, max(FEW, earlier.rows))
    wanted = [
        name
        for name, column in rows.table.columns.items()
        if name in rows.delivered and name not in rows.table.key and not column.derived
        if column.kind != "place" and earlier.filled[name] >= least
    ]
    compared = list(_columns(rows, earlier, known, places, wanted))
    fault = _slipped(rows, compared, int(known.sum()))
    if fault is not None:
        return fault
    townships, codes = _townships(rows, known)
    for one in compared:
        told = one.column.name in emptied or _report_county(rows, one, earlier, least, issues)
        if not told and len(codes):
            _report_townships(rows, one, townships, codes, settings, names, issues)
    return None


def _key(rows: TableRows) -> Column:
    """Return the column of the key that the files bring, the last of them."""
    brought = [name for name in rows.table.key if name in rows.delivered]
    return rows.table.column((brought or rows.table.key)[-1])


def _first(rows: TableRows) -> pd.Series:
    """Return where the key stands in the first row of a sheet about the table itself, if there is one."""
    own = rows.frame.index[rows.own.to_numpy()]
    return rows.located((own if len(own) else rows.frame.index)[:1], _key(rows).name).iloc[0]


def _codes(rows: TableRows) -> list[str]:
    """Return the columns of the key that number what the rows are about, without places and dates.

    What has numbers of its own is known by them, whatever household it is of.
    """
    columns = (rows.table.column(name) for name in rows.table.key)
    codes = [column.name for column in columns if column.kind == "code"]
    return [name for name in codes if name != HOUSEHOLD] or codes


def _renumbered(
    rows: TableRows, earlier: EarlierRows, known: np.ndarray, months: EarlierMonths
) -> Refusal | None:
    """Return the fault of a list whose codes are mostly new while those of last month are gone."""
    codes = _codes(rows)
    mine = rows.own.to_numpy()
    if mine.sum() < FEW or not codes or known[mine].mean() >= CHANGED:
        return None
    now = rows.frame[mine]
    ours, theirs = _together(now, codes), _together(earlier.values(codes), codes)
    new, gone = ~is_among(ours, theirs), ~is_among(theirs, ours)
    if min(len(ours), len(theirs)) < FEW or min(new.mean(), gone.mean()) <= CHANGED:
        return None
    before = months.table(rows.table, 1)
    # Of a list that is made anew each month nothing can be said.
    if before is not None:
        old = _together(before.values(codes), codes)
        if (~is_among(theirs, old)).mean() > CHANGED:
            return None
    column, where = _key(rows), _first(rows)
    return _refusal(
        "imports.renumbered",
        where,
        title=rows.table.title["zh"],
        header=where["header"] or column.title["zh"],
        rows=len(ours),
        new=int(new.sum()),
        before=len(theirs),
        gone=int(gone.sum()),
    )


def _together(frame: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    """Return each different combination of codes as one text."""
    texts = frame[codes[0]].astype("str").fillna("")
    for name in codes[1:]:
        texts = texts + "\x1f" + frame[name].astype("str").fillna("")
    return texts.drop_duplicates()


def _slipped(rows: TableRows, compared: Sequence[_Compared], known: int) -> Refusal | None:
    """Return the fault of a list whose codes stand beside other rows: most of what tells rows apart differs."""
    codes = _codes(rows)
    if known < FEW or not codes:
        return None
    # Dates may be of each month anew.
    lasting = _LASTING | {"number"}
    telling = [
        one
        for one in compared
        if one.column.kind in lasting and one.both.sum() >= FEW and one.tells_apart
    ]
    moved = [one for one in telling if one.mostly_changed]
    if len(moved) < 3 or len(moved) * 2 <= len(telling):
        return None
    where = _first(rows)
    return _refusal(
        "imports.slipped",
        where,
        title=rows.table.title["zh"],
        header=where["header"] or _key(rows).title["zh"],
        rows=known,
        columns="、".join(one.column.title["zh"] for one in moved[:4]),
        count=len(moved),
    )


def _refusal(key: str, where: pd.Series, **told: object) -> Refusal:
    return Refusal.of(key, str(where["file"]), str(where["sheet"]), **told)


def _columns(
    rows: TableRows,
    earlier: EarlierRows,
    known: np.ndarray,
    places: np.ndarray,
    wanted: Sequence[str],
) -> Iterator[_Compared]:
    if not wanted:
        return
    at, there = pa.array(places[known]), earlier.columns(wanted)
    for name in wanted:
        column = rows.table.column(name)
        then = there[name].combine_chunks().take(at)
        now = pa.array(rows.frame[name][known], from_pandas=True)
        kind = _type(column)
        yield _Compared(column, now.cast(kind), then.cast(kind))


def _type(column: Column) -> pa.DataType:
    """Return the type in which values of two months compare."""
    if column.kind in NUMBERS:
        return pa.float64()
    kinds = {"flag": pa.bool_(), "day": pa.date32()}
    return kinds.get(column.kind, pa.large_string())


def _flags(values: pa.Array) -> np.ndarray:
    flags: np.ndarray = values.to_numpy(zero_copy_only=False).astype(bool)
    return flags


def _townships(rows: TableRows, known: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the townships, and for each known row which of them it is in (-1 in none)."""
    if "place_code" not in rows.frame.columns:
        return [], np.array([], dtype=int)
    codes, townships = pd.factorize(rows.frame["place_code"][known].str[:9])
    return [str(one) for one in townships], codes


def _report_county(
    rows: TableRows, one: _Compared, earlier: EarlierRows, least: int, issues: Issues
) -> bool:
    """Report a column that differs in most rows, or is of one value now; returns whether it is told."""
    column, count = one.column, int(one.both.sum())
    lasts = column.kind in _LASTING or column.name in POINT
    if count >= least and lasts and one.mostly_changed:
        changes = str(int(one.changed.sum()))
        report_column(rows, "column_changed", column, str(count), changes, issues)
        return True
    # A survey may well be done on one day.
    if column.kind in ("day", "month"):
        return False
    answers = column.kind in ("flag", "choice")
    most, before = (_ONE_ANSWER, _ANSWERED) if answers else (_ONE, _BEFORE)
    (value, now), (_, then) = _commonest(one.now), _commonest(one.then)
    if len(one.now) - one.now.null_count < least or now < most or then > before:
        return False
    check = "answers_one_value" if answers else "column_one_value"
    known = round(value) if column.kind == "money" else value
    told = "***" if column.identifies else shown_value(column, known)
    report_column(rows, check, column, f"{100 * then:.3g}", told, issues)
    return True


def _commonest(values: pa.Array) -> tuple[Any, float]:
    """Return the commonest known value and its share of those known."""
    known = values.drop_null()
    if not len(known):
        return None, 0.0
    each, counts = pc.value_counts(known).flatten()
    at = int(counts.to_numpy(zero_copy_only=False).argmax())
    return each[at].as_py(), float(counts[at].as_py() / len(known))


def _report_townships(
    rows: TableRows,
    one: _Compared,
    townships: Sequence[str],
    codes: np.ndarray,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report townships in which a column went empty, or differs in most rows."""
    least, inside = settings.small_rows / 5, codes >= 0
    # Where as many other rows are filled now, values moved about and nothing was left empty.
    pairs = [("column_emptied_there", one.emptied.astype(int) - one.gained, one.filled)]
    if one.column.kind in _LASTING or one.column.name in POINT:
        pairs.append(("column_changed_there", one.changed, one.both))
    for check, wrong, among in pairs:
        bad, all_of = (
            np.bincount(codes[inside], weights=rows_of[inside], minlength=len(townships)).astype(
                int
            )
            for rows_of in (wrong, among)
        )
        for at in np.flatnonzero((all_of >= least) & (bad > CHANGED * all_of)):
            place = townships[int(at)]
            detail, value = f"{names.get(place, place)}", f"{bad[at]} / {all_of[at]}"
            report_column(rows, check, one.column, detail, value, issues, place=place)


def report_column(
    rows: TableRows,
    check: str,
    column: Column,
    detail: str,
    value: str,
    issues: Issues,
    *,
    place: str = "",
) -> None:
    """Report something about a whole column; what is counted of it is no value of a person."""
    where = rows.located(rows.frame.index[:1], column.name).iloc[0]
    line = pd.DataFrame({"row": [None], "value": [value], "detail": [detail]})
    header = where["header"] or column.title["zh"]
    # What has become less is missing in the sheet that lacks it, not in another that repeats it.
    lacking = rows.lacking(column.name) if check in LESS else None
    if lacking is not None:
        issues.add(check, line, lacking, header=column.title["zh"], place_code=place)
        return
    issues.add(
        check,
        line,
        file=where["file"],
        sheet=where["sheet"],
        header=header,
        place_code=place,
    )
