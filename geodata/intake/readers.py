"""One table from a file of any usual kind: every cell text, columns with unique names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import SourceError
from geodata.escaping import html_text
from geodata.i18n import text
from geodata.intake import plainsheets, statfiles, textfiles, workbooks
from geodata.intake.header import Header, find_header, unique_names

_HEAD_ROWS = 200


@dataclass(frozen=True)
class SourceTable:
    """A table as it stands in its file.

    `frame` holds text only (an empty cell is ""), under unique column names; `rows` gives for each
    row of the frame its 1-based row in the file; `header_row` is 0 when the file has no header;
    `above` are the rows over the header, each with its number and the texts of its cells; `doubled`
    are column names that came more than once; `notes` are sentences for people. `hidden` are the
    hidden sheets of the workbook that were not read, `hidden_rows` rows of the file and
    `hidden_columns` columns that are not shown but were read; `filtered` says that a filter stands on the sheet.
    """

    path: Path
    frame: pd.DataFrame
    sheet: str | None = None
    encoding: str | None = None
    header_row: int = 1
    notes: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    above: tuple[tuple[int, tuple[str, ...]], ...] = ()
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))
    hidden: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    filtered: bool = False

    def _repr_html_(self) -> str:
        facts = [self.path.name, self.sheet, self.encoding]
        shown = text("readers.shape", rows=len(self.frame), columns=self.frame.shape[1])
        line = " · ".join(html_text(fact) for fact in [*facts, shown] if fact)
        notes = "".join(f"<li>{html_text(note, 400)}</li>" for note in self.notes)
        head = self.frame.head(8).map(lambda cell: html_text(cell, 60))
        head.columns = [html_text(name, 60) for name in head.columns]
        return f"<p>{line}</p><ul>{notes}</ul>{head.to_html(escape=False)}"


def read_table(
    path: str | os.PathLike[str], *, sheet: str | None = None, encoding: str | None = None
) -> SourceTable:
    """Return one table of a CSV, xlsx, xls, ods, Parquet, Stata or SPSS file, every cell as text.

    The kind is told from the content, not the name. Of a workbook the named sheet is read, else the
    first that holds a table. Raises SourceError when the file is no table, is empty or is locked.
    """
    return read_tables(path, sheet=sheet, encoding=encoding)[0]


def read_tables(
    path: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    hidden: bool = False,
    empty: bool = False,
) -> Sequence[SourceTable]:
    """Return all tables of a file: one of a text or Parquet file, one per filled sheet of a workbook.

    Hidden sheets are left out unless `hidden`, or named. Tables with a header but no row are left
    out unless `empty`; raises SourceError when no table is left.
    """
    file = Path(path)
    _check_readable(file)
    kind = _kind_of(file)
    if kind == "workbook":
        tables = _from_workbook(file, sheet, hidden=hidden)
    elif kind == "statistics":
        tables = [_from_statistics(file, encoding)]
    else:
        tables = [_from_parquet(file) if kind == "parquet" else _from_text(file, encoding)]
    kept = tables if empty else [table for table in tables if len(table.frame)]
    if not kept:
        columns = "、".join(list(tables[0].frame.columns)[:8])
        raise SourceError("readers.no_rows", file=file.name, columns=columns)
    return kept


def _check_readable(file: Path) -> None:
    try:
        if not file.exists():
            raise SourceError("readers.absent", file=str(file))
        if file.is_dir():
            raise SourceError("readers.folder", file=str(file))
        with file.open("rb") as opened:
            opened.read(1)
    except PermissionError:
        raise SourceError("readers.forbidden", file=str(file)) from None
    except OSError as error:
        raise SourceError("readers.unreadable", file=str(file), why=error.strerror) from None
    if file.stat().st_size == 0:
        raise SourceError("readers.empty", file=file.name)


def _kind_of(file: Path) -> str:
    with file.open("rb") as opened:
        head = opened.read(4096)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    if head.startswith(b"PAR1"):
        return "parquet"
    if statfiles.kind_of(head):
        return "statistics"
    _refuse_other_kinds(file, head)
    return "text"


def _refuse_other_kinds(file: Path, head: bytes) -> None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:500].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta")):
        raise SourceError("readers.web_page", file=file.name)
    if file.suffix.lower() in {".xlsx", ".xls", ".xlsm", ".ods"} and b"\x00" in head[:200]:
        raise SourceError("readers.damaged_workbook", file=file.name)
    wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"} or textfiles.is_wide(head)
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    if start.startswith((b"%pdf", b"\x89png", b"gif8", b"\xff\xd8\xff")) or (
        not wide and controls > max(1, len(head) // 100)
    ):
        raise SourceError("readers.not_a_table", file=file.name)


def _from_text(file: Path, encoding: str | None) -> SourceTable:
    decoded = textfiles.decode(file, encoding)
    content, lone = textfiles.with_line_ends(decoded.content)
    decoded = replace(decoded, content=content)
    delimiter = textfiles.likely_delimiter(decoded.content)
    head = textfiles.head_rows(decoded.content, delimiter, _HEAD_ROWS)
    header = find_header(head)
    if not header.names:
        raise SourceError("readers.empty", file=file.name)
    frame = textfiles.body(
        decoded.content, delimiter, skip=header.skip, width=len(header.names), file=file.name
    )
    notes = [text("readers.read_as", encoding=decoded.encoding, delimiter=_shown(delimiter))]
    if lone:
        notes.append(text("readers.lone_returns", count=lone))
    if decoded.damaged_lines:
        lines = "、".join(map(str, decoded.damaged_lines[:5]))
        notes.append(text("readers.damaged", count=len(decoded.damaged_lines), lines=lines))
    return _table(file, frame, header, notes, head=head, encoding=decoded.encoding)


def _shown(delimiter: str) -> str:
    return {"\t": "Tab"}.get(delimiter, delimiter)


def _from_workbook(file: Path, sheet: str | None, *, hidden: bool) -> list[SourceTable]:
    workbooks.refuse_bomb(file)
    plain = None if sheet else plainsheets.read_plain_sheets(file)
    sheets: Sequence[plainsheets.PlainSheet | workbooks.WorkbookSheet]
    sheets = plain or workbooks.read_sheets(file, sheet)
    if not sheets or not any(len(read.rows) for read in sheets):
        raise SourceError("readers.empty", file=file.name)
    left_out = tuple(read.name for read in sheets if read.hidden and not hidden and not sheet)
    shown = [read for read in sheets if read.name not in left_out]
    if not shown:
        raise SourceError("readers.only_hidden", file=file.name, sheets="、".join(left_out))
    tables = [
        _from_plain(file, read, several=len(sheets) > 1)
        if isinstance(read, plainsheets.PlainSheet)
        else _from_sheet(file, read, several=len(sheets) > 1)
        for read in shown
    ]
    tables = [
        replace(
            table,
            hidden=left_out,
            hidden_rows=read.hidden_rows,
            hidden_columns=tuple(
                header
                for number, header in enumerate(map(str, table.frame.columns))
                if number in read.hidden_columns
            ),
            filtered=read.filtered,
        )
        for table, read in zip(tables, shown, strict=True)
    ]
    return sorted(tables, key=lambda table: table.frame.empty)


def _from_sheet(file: Path, sheet: workbooks.WorkbookSheet, *, several: bool) -> SourceTable:
    header = find_header(sheet.rows[:_HEAD_ROWS])
    width = len(header.names)
    rows = [(row + [""] * width)[:width] for row in sheet.rows[header.skip :]]
    frame = pd.DataFrame(rows, columns=range(width), dtype=str)
    notes = [text("readers.sheet", sheet=sheet.name)] if several else []
    if sheet.filled:
        notes.append(text("readers.merged", count=sheet.filled))
    head = sheet.rows[:_HEAD_ROWS]
    return _table(file, frame, header, notes, head=head, sheet=sheet.name)


def _from_plain(file: Path, sheet: plainsheets.PlainSheet, *, several: bool) -> SourceTable:
    """Return the table of a plain sheet; its first rows are read like those of any other."""
    head = sheet.frame.head(_HEAD_ROWS)
    cells = [[""] * sheet.frame.shape[1] for _ in range(int(sheet.rows[len(head) - 1]))]
    for row, texts in zip(sheet.rows, head.to_numpy(dtype=object).tolist(), strict=False):
        cells[row - 1] = texts
    filled = workbooks.fill_merged(cells, list(sheet.merged))
    header = find_header(cells[:_HEAD_ROWS])
    # Row numbers rise, so the rows below the header are a slice, which copies nothing.
    first = int(np.searchsorted(sheet.rows, header.skip, side="right"))
    width = len(header.names)
    notes = [text("readers.sheet", sheet=sheet.name)] if several else []
    if filled:
        notes.append(text("readers.merged", count=filled))
    frame = sheet.frame.iloc[first:, :width]
    if frame.shape[1] < width:
        frame = frame.reindex(columns=range(width), fill_value="")
    numbers = sheet.rows[first:]
    return _table(file, frame, header, notes, head=cells, numbers=numbers, sheet=sheet.name)


def _from_parquet(file: Path) -> SourceTable:
    return _from_typed(file, statfiles.read_parquet(file))


def _from_statistics(file: Path, encoding: str | None) -> SourceTable:
    with file.open("rb") as opened:
        head = opened.read(64)
    return _from_typed(file, statfiles.read_statistics(file, head, encoding=encoding))


def _from_typed(file: Path, read: tuple[list[str], pd.DataFrame]) -> SourceTable:
    names, doubled = unique_names(read[0])
    return _table(file, read[1], Header(1, 0, names, doubled), [])


def _table(
    file: Path,
    frame: pd.DataFrame,
    header: Header,
    notes: list[str],
    *,
    head: list[list[str]] | None = None,
    numbers: np.ndarray | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> SourceTable:
    """Return the table without its empty rows.

    `head` are the first rows of the file; `numbers` are the rows of the frame in the file, by
    default all rows below the header.
    """
    stripped = pd.DataFrame(
        {name: _stripped(frame[place]) for place, name in enumerate(header.names)}
    )
    filled = (stripped != "").any(axis=1).to_numpy()
    _refuse_long_cells(file, stripped, header)
    if header.row == 0:
        notes = [*notes, text("readers.no_header", count=len(header.names))]
    elif header.row > 1:
        notes = [*notes, text("readers.header_row", row=header.row)]
    if header.doubled:
        notes = [*notes, text("readers.doubled", columns="、".join(header.doubled))]
    rows = np.arange(len(filled)) + header.skip + 1 if numbers is None else numbers
    return SourceTable(
        path=file,
        frame=(stripped if filled.all() else stripped[filled]).reset_index(drop=True),
        header_row=header.row,
        notes=tuple(notes),
        doubled=header.doubled,
        above=tuple(
            (row, tuple(cell.strip() for cell in cells))
            for row, cells in enumerate((head or [])[: max(0, header.row - 1)], 1)
            if any(cells)
        ),
        rows=rows[filled],
        sheet=sheet,
        encoding=encoding,
    )


def _stripped(column: pd.Series) -> pd.Series:
    texts = column.astype(str).reset_index(drop=True)
    stripped = texts.str.strip()
    # The same text again would only take memory a second time.
    return texts if stripped.equals(texts) else stripped


def _refuse_long_cells(file: Path, frame: pd.DataFrame, header: Header) -> None:
    for name in frame.columns if len(frame) else ():
        lengths = frame[name].str.len()
        if lengths.max() > textfiles.LONGEST_CELL:
            row = int(lengths.to_numpy().argmax()) + header.skip + 1
            raise SourceError(
                "readers.long_cell", file=file.name, row=row, column=name, length=lengths.max()
            )
