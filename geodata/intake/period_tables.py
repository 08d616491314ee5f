"""One table over several periods: a file for each, or a column that says which."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import SourceError
from geodata.i18n import text
from geodata.intake.readers import SourceTable, read_table
from geodata.periods import parse_period

_KINDS = {
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xls",
    ".xlsm",
    ".ods",
    ".parquet",
    ".dta",
    ".sav",
    ".zsav",
}
_PERIOD_IN_NAME = re.compile(
    r"(?:19|20)\d{2}(?:\s*[-_.年]?\s*(?:Q[1-4]|第?[1-4]季度?|1[0-2]月?|0[1-9]月?|[1-9]月))?年?",
    re.I,
)
_PERIOD_HEADING = re.compile(
    r"^((数据|统计|上报|所属)?(月份|年月|年份|年度|季度|期别|期间|月|年|期)|period|month|year|yyyymm)$",
    re.I,
)


def read_series(
    paths: Sequence[str | os.PathLike[str]],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    period_column: str | None = None,
) -> tuple[SourceTable, pd.Series]:
    """Return the rows of all files as one table and the period of each row ("" when there is none).

    A folder stands for the tables in it. Several files are one table per period, named in the file
    name (2010.csv, 2025-03.xlsx); one file may name the periods in `period_column`, which
    is guessed when a column of that kind repeats the rows for each period. Raises
    SourceError when a period is missing, not understood or comes in two files.
    """
    files = _files(paths)
    tables = [read_table(file, sheet=sheet, encoding=encoding) for file in files]
    if period_column is not None:
        table = _stacked(tables) if len(tables) > 1 else tables[0]
        return table, _periods_in(table, period_column)
    if len(tables) == 1:
        return _with_guessed_period(tables[0])
    periods = [_period_of(file) for file in files]
    _refuse_doubled(files, periods)
    order = sorted(range(len(files)), key=lambda n: periods[n])
    stacked = _stacked([tables[n] for n in order])
    each = [np.repeat(periods[n], len(tables[n].frame)) for n in order]
    return stacked, pd.Series(np.concatenate(each), dtype=str)


def _with_guessed_period(table: SourceTable) -> tuple[SourceTable, pd.Series]:
    """Return the periods of a column that by heading and content repeats the table per period."""
    for column in table.frame:
        texts = table.frame[column]
        counts = texts.value_counts()
        even = len(counts) > 1 and counts.min() >= 0.5 * counts.max() > 1
        if _PERIOD_HEADING.match(str(column)) and even and all(map(_is_period, counts.index)):
            note = text("readers.period_column", column=column, count=len(counts))
            table = dataclasses.replace(table, notes=(*table.notes, note))
            return table, _periods_in(table, str(column))
    return table, pd.Series("", index=table.frame.index, dtype=str)


def _is_period(value: str) -> bool:
    try:
        return bool(parse_period(value))
    except ValueError:
        return False


def _files(paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    files: list[Path] = []
    for path in map(Path, paths):
        if not os.path.isdir(path):
            files.append(path)
            continue
        try:
            names = sorted(path.iterdir())
        except PermissionError:
            raise SourceError("readers.forbidden", file=str(path)) from None
        inside = [
            file
            for file in names
            if file.suffix.lower() in _KINDS and not file.name.startswith((".", "~"))
        ]
        if not inside:
            raise SourceError("readers.no_tables", folder=str(path))
        files += inside
    return files


def _period_of(file: Path) -> str:
    """Return the period that a file name states; raises SourceError when it states none."""
    candidates = [file.stem, *reversed(_PERIOD_IN_NAME.findall(file.stem))]
    for candidate in candidates:
        try:
            return parse_period(candidate.replace("_", "-"))
        except ValueError:
            continue
    raise SourceError("readers.no_period_in_name", file=file.name)


def _refuse_doubled(files: list[Path], periods: list[str]) -> None:
    first: dict[str, Path] = {}
    for file, period in zip(files, periods, strict=True):
        if period in first:
            other = first[period].name
            raise SourceError("readers.period_twice", file=file.name, other=other, period=period)
        first[period] = file


def _periods_in(table: SourceTable, column: str) -> pd.Series:
    if column not in table.frame.columns:
        names = [str(name) for name in table.frame.columns]
        near = difflib.get_close_matches(column, names, n=3, cutoff=0.4) or names[:5]
        nearest = "、".join(near)
        raise SourceError("readers.no_column", file=table.path.name, column=column, nearest=nearest)
    texts = table.frame[column]
    known: dict[str, str] = {}
    for value in texts.unique():
        try:
            known[value] = parse_period(value)
        except ValueError:
            row = int(table.rows[int((texts == value).to_numpy().argmax())])
            raise SourceError(
                "readers.no_period", file=table.path.name, row=row, column=column, value=value
            ) from None
    return texts.map(known).astype(str)


def _stacked(tables: list[SourceTable]) -> SourceTable:
    """Return all rows under the union of the columns; which files lack a column is noted."""
    columns = list(dict.fromkeys(name for table in tables for name in table.frame.columns))
    notes = []
    for name in columns:
        lacking = [table.path.name for table in tables if name not in table.frame.columns]
        if lacking:
            files = "、".join(lacking[:5])
            notes.append(text("readers.column_lacking", column=name, files=files))
    frames = [table.frame.reindex(columns=columns, fill_value="") for table in tables]
    first = tables[0]
    return dataclasses.replace(
        first,
        path=first.path.parent,
        frame=pd.concat(frames, ignore_index=True),
        rows=np.concatenate([table.rows for table in tables]),
        notes=tuple(dict.fromkeys([note for table in tables for note in table.notes] + notes)),
        doubled=tuple(dict.fromkeys(name for table in tables for name in table.doubled)),
    )
