"""Rows of several sheets put together into one row for each key, every contradiction reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geodata.intake.aside import SetAside
from geodata.intake.converting import pandas_type
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues
from geodata.intake.membership import is_among
from geodata.intake.showing import shown_value
from geodata.tables import Column, Table

# Columns a sheet with one row a person repeats for its household but may rightly differ in.
_OWN = frozenset({"sheet_number", "row"})
# Columns that say where something lies.
POINT = frozenset({"longitude", "latitude"})
# Amounts are rounded to a yuan, other numbers to a thousandth of them.
_FEN, _PART = 100, 0.001


@dataclass(frozen=True)
class _Piece:
    """One sheet's rows of a table, one for each key: frame indexed by key text, and its headers."""

    source: int
    frame: pd.DataFrame
    headers: Mapping[str, str]
    main: bool


@dataclass(frozen=True)
class Contradiction:
    """Two sheets of one kind that list the same rows with other values."""

    first: DeliveredSheet
    second: DeliveredSheet
    rows: int
    among: int


class TableRows:
    """The rows of one table of a month.

    `frame` has all columns of the table, typed, indexed by key text, with `source` and `row` of
    the first sheet that gave the row; `copies` are pairs of sheets that contradict each other.
    """

    def __init__(
        self, table: Table, pieces: Sequence[_Piece], sheets: Sequence[DeliveredSheet]
    ) -> None:
        self.table = table
        self.copies: list[Contradiction] = []
        self._sheets = sheets
        self.frame = _merged(table, pieces)
        self._brought = _brought(table, pieces, self.frame)
        # Of what was merged only where each row stands is asked again.
        self._pieces = [replace(piece, frame=piece.frame[["row"]]) for piece in pieces]

    @property
    def delivered(self) -> frozenset[str]:
        """Return the columns that some sheet brought."""
        return frozenset(column for piece in self._pieces for column in piece.headers)

    @property
    def own(self) -> pd.Series:
        """Return which rows a sheet about the table itself lists, all where there is no such sheet."""
        main = [piece.frame.index for piece in self._pieces if piece.main]
        if not main or len(main) == len(self._pieces):
            return pd.Series(True, self.frame.index)
        listed = np.any([is_among(self.frame.index, keys) for keys in main], axis=0)
        return pd.Series(listed, self.frame.index)

    @property
    def own_columns(self) -> frozenset[str]:
        """Return the columns that sheets about the table itself brought, all where no sheet is."""
        own = [piece.headers for piece in self._pieces if piece.main]
        return frozenset(column for headers in own for column in headers) or self.delivered

    def brought(self, column: str) -> np.ndarray | None:
        """Return in which rows a column says what a sheet about the table itself brought.

        None where sheets of one kind alone fill the table, so that nothing is of another.
        """
        return self._brought.get(column) if self._brought else None

    def located(self, keys: pd.Index, column: str) -> pd.DataFrame:
        """Return file, sheet, row, header, household and place of a column for some keys."""
        rows_in_files = pd.DataFrame(index=keys)
        sources = pd.Series(self.frame.loc[keys, "sheet_number"].to_numpy(), index=keys)
        rows = pd.Series(self.frame.loc[keys, "row"].to_numpy(), index=keys)
        headers = pd.Series("", index=keys, dtype=object)
        # A sheet about the table itself comes before one that only repeats its values.
        order = sorted(range(len(self._pieces)), key=lambda n: (self._pieces[n].main, -n))
        for piece in (self._pieces[number] for number in order):
            if column in piece.headers:
                here = keys[piece.frame.index.get_indexer(keys) >= 0]
                sources[here], rows[here] = piece.source, piece.frame.loc[here, "row"]
                headers[here] = piece.headers[column]
        if not any(column in piece.headers for piece in self._pieces):
            # A column that nobody brought is missing in the sheet about the table itself.
            for piece in (piece for piece in self._pieces if piece.main):
                here = keys[piece.frame.index.get_indexer(keys) >= 0]
                sources[here], rows[here] = piece.source, piece.frame.loc[here, "row"]
        names = {number: (sheet.file, sheet.sheet) for number, sheet in enumerate(self._sheets)}
        rows_in_files["file"] = [names[source][0] for source in sources]
        rows_in_files["sheet"] = [names[source][1] for source in sources]
        rows_in_files["row"] = rows
        rows_in_files["sheet_number"] = sources
        rows_in_files["header"] = headers
        for name in ("household_code", "place_code"):
            if name in self.frame.columns:
                rows_in_files[name] = self.frame.loc[keys, name].to_numpy()
        rows_in_files["value"] = self.texts(keys, column)
        rows_in_files["table"], rows_in_files["column"] = self.table.name, column
        return rows_in_files

    def lacking(self, column: str) -> DeliveredSheet | None:
        """Return a sheet about the table itself that has no such column, None where there is none."""
        for piece in self._pieces:
            if piece.main and column not in piece.headers:
                return self._sheets[piece.source]
        return None

    def texts(self, keys: pd.Index, column: str) -> list[str]:
        """Return the values of a column for some keys as people write them, "" where unknown."""
        kind = self.table.column(column)
        values = self.frame.loc[keys, column].astype(object)
        return ["" if pd.isna(value) else shown_value(kind, value) for value in values]

    def drop(self, keys: pd.Index) -> None:
        """Leave out the rows of some keys."""
        kept = ~is_among(self.frame.index, keys)
        self.frame = self.frame[kept]
        self._brought = {name: values[kept] for name, values in self._brought.items()}


def combine(
    table: Table,
    parts: Sequence[Part],
    sheets: Sequence[DeliveredSheet],
    *,
    issues: Issues,
    aside: SetAside,
) -> TableRows:
    """Return one row for each key of a table from all parts, the first part leading.

    A key that comes twice in one sheet is set aside from its second row on; different values for
    one key in two sheets are reported and the first sheet's is kept.
    """
    pieces = []
    for part in parts:
        frame = part.frame.reset_index(drop=True)
        key = key_text(frame, table)
        frame = frame.set_index(key)
        sheet = sheets[int(frame["sheet_number"].iloc[0])] if len(frame) else None
        if sheet is None:
            continue
        if part.main:
            frame = _without_repeats(table, part, frame, sheet, issues=issues, aside=aside)
        else:
            frame = _collapsed(table, part, frame, sheet, issues)
        pieces.append(_Piece(int(frame["sheet_number"].iloc[0]), frame, part.headers, part.main))
    copies = []
    for later in range(1, len(pieces)):
        for earlier in range(later):
            first, second = pieces[earlier], pieces[later]
            rows, among = _report_differences(table, first, second, sheets, issues)
            ours, theirs = sheets[first.source], sheets[second.source]
            if first.main and second.main and ours.layout.name == theirs.layout.name:
                copies.append(Contradiction(ours, theirs, rows, among))
    combined = TableRows(table, pieces, sheets)
    combined.copies = copies
    return combined


def key_text(frame: pd.DataFrame, table: Table) -> pd.Index:
    """Return the key of each row as one text; unknown parts of a key are empty."""
    parts = [
        frame[name].astype("str").fillna("")
        if name in frame.columns
        else pd.Series("", index=frame.index, dtype="str")
        for name in table.key
    ]
    text = parts[0]
    for part in parts[1:]:
        text = text + "\x1f" + part
    return pd.Index(text, name="key")


def _without_repeats(
    table: Table,
    part: Part,
    frame: pd.DataFrame,
    sheet: DeliveredSheet,
    *,
    issues: Issues,
    aside: SetAside,
) -> pd.DataFrame:
    repeated = frame.index.duplicated()
    if not repeated.any():
        return frame
    compared = [name for name in part.headers if name in frame.columns]
    same = frame[compared].reset_index().duplicated().to_numpy() & repeated
    for check, mask in (("repeated_row", same), ("repeated_key", repeated & ~same)):
        rows = frame[mask]
        if rows.empty:
            continue
        key = next((name for name in reversed(table.key) if name in part.headers), table.key[0])
        first = frame[~repeated]["row"]
        report = pd.DataFrame(
            {
                "row": rows["row"].to_numpy(),
                "value": rows[key].to_numpy() if key in rows else None,
                "detail": [str(first[text]) for text in rows.index],
                "household_code": rows.get("household_code"),
                "place_code": rows.get("place_code"),
            }
        )
        issues.add(
            check,
            report,
            sheet,
            table=table.name,
            column=key,
            header=part.headers.get(key, ""),
            set_aside=True,
        )
        aside.add(rows, check)
    return frame[~repeated]


def _collapsed(
    table: Table, part: Part, frame: pd.DataFrame, sheet: DeliveredSheet, issues: Issues
) -> pd.DataFrame:
    """Return one row for each key of a sheet that repeats it, reporting values that differ."""
    codes, keys = pd.factorize(frame.index)
    first = np.flatnonzero(~frame.index.duplicated())
    result = frame.iloc[first]
    if len(result) == len(frame):
        return result
    columns = {}
    for name in frame.columns:
        values = frame[name].reset_index(drop=True)
        chosen, known = first, values.notna().to_numpy()
        if not known[first].all() and name not in _OWN:
            where, at = np.unique(codes[known], return_index=True)
            chosen = first.copy()
            chosen[where] = np.flatnonzero(known)[at]
        leading = values.take(chosen).reset_index(drop=True)
        columns[name] = leading
        if name in part.headers and name in table.columns and name not in table.key:
            spread = leading.take(codes).reset_index(drop=True)
            differs = _differ(table.columns[name], values, spread)
            _report_spread(table, part, name, frame[differs], spread[differs], sheet, issues=issues)
    return pd.DataFrame(columns).set_axis(keys, axis=0)


def _report_spread(
    table: Table,
    part: Part,
    column: str,
    rows: pd.DataFrame,
    leading: pd.Series,
    sheet: DeliveredSheet,
    *,
    issues: Issues,
) -> None:
    if rows.empty:
        return
    report = pd.DataFrame(
        {
            "row": rows["row"].to_numpy(),
            "value": [shown_value(table.columns[column], value) for value in rows[column]],
            "detail": [_shown(table, column, value) for value in leading],
            "household_code": rows.get("household_code", pd.Series(rows.index)).to_numpy(),
        }
    )
    issues.add(
        "household_differs",
        report,
        sheet,
        table=table.name,
        column=column,
        header=part.headers[column],
    )


def _report_differences(
    table: Table, first: _Piece, second: _Piece, sheets: Sequence[DeliveredSheet], issues: Issues
) -> tuple[int, int]:
    """Report what two sheets say of the same keys; returns how many keys differ, of how many."""
    both = second.frame.index.intersection(first.frame.index)
    sheet, other = sheets[second.source], sheets[first.source]
    any_differs = np.zeros(len(both), dtype=bool)
    for column in table.columns:
        if column in table.key or column not in first.headers or column not in second.headers:
            continue
        ours, theirs = second.frame.loc[both, column], first.frame.loc[both, column]
        differs = _differ(table.columns[column], ours, theirs)
        any_differs |= differs
        if not differs.any():
            continue
        rows = second.frame.loc[both[differs]]
        report = pd.DataFrame(
            {
                "row": rows["row"].to_numpy(),
                "value": [shown_value(table.columns[column], value) for value in rows[column]],
                "detail": [
                    f"{other.file} {row}: {_shown(table, column, value)}"
                    for row, value in zip(
                        first.frame.loc[both[differs], "row"], theirs[differs], strict=True
                    )
                ],
                "household_code": rows.get("household_code"),
            }
        )
        issues.add(
            "sources_differ",
            report,
            sheet,
            table=table.name,
            column=column,
            header=second.headers[column],
        )
    return int(any_differs.sum()), len(both)


def _differ(column: Column, ours: pd.Series, theirs: pd.Series) -> np.ndarray:
    """Return where two sources know a value and do not say the same, but for what was rounded."""
    differs: np.ndarray = (
        (ours.notna() & theirs.notna() & (ours != theirs)).fillna(False).to_numpy(bool)
    )
    if column.kind not in ("money", "number") or column.name in POINT or not differs.any():
        return differs
    first, second = (part.to_numpy(float, na_value=np.nan)[differs] for part in (ours, theirs))
    least = _FEN if column.kind == "money" else _PART * np.abs(second)
    differs[differs] = np.abs(first - second) > least
    return differs


def _shown(table: Table, column: str, value: object) -> str:
    """Return a stored value for a sentence; nothing of an identity column."""
    entry = table.columns.get(column)
    if entry is None or entry.identifies:
        return "***"
    return shown_value(entry, value)


def _merged(table: Table, pieces: Sequence[_Piece]) -> pd.DataFrame:
    index: pd.Index = pd.Index([], dtype="str", name="key")
    for piece in pieces:
        index = index.append(piece.frame.index[~is_among(piece.frame.index, index)])
    columns = {}
    # One empty text column serves all that no file brought.
    nothing = pd.Series(None, index=index, dtype="str")
    for name in [*table.columns, "sheet_number", "row"]:
        dtype: Any = pandas_type(table.columns[name]) if name in table.columns else "Int64"
        holding = [piece.frame[name] for piece in pieces if name in piece.frame.columns]
        if not holding:
            columns[name] = nothing.astype(dtype)
            continue
        values = _aligned(holding[0], index, dtype)
        for other in holding[1:]:
            values = values.where(values.notna(), _aligned(other, index, dtype))
        columns[name] = values
    return pd.DataFrame(columns, index=index)


def _brought(table: Table, pieces: Sequence[_Piece], frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return by column the rows that say what sheets about the table itself brought.

    {} where there are only such sheets, or none.
    """
    if len({piece.main for piece in pieces}) < 2:
        return {}
    brought = {name: np.zeros(len(frame), dtype=bool) for name in table.columns}
    for piece in (piece for piece in pieces if piece.main):
        at = frame.index.get_indexer(piece.frame.index)
        for name in brought.keys() & piece.headers.keys():
            merged, values = frame[name].iloc[at], piece.frame[name].astype(frame[name].dtype)
            brought[name][at] |= (merged == values).fillna(False).to_numpy(bool)
    return brought


def _aligned(values: pd.Series, index: pd.Index, dtype: Any) -> pd.Series:
    same = len(values) == len(index) and values.index.equals(index)
    return (values if same else values.reindex(index)).astype(dtype)
