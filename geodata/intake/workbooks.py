"""Workbooks (xlsx, xls, ods): their sheets as rows of text without lost digits or zeros."""

from __future__ import annotations

import datetime
import difflib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import SourceError
from geodata.isolated import MEMORY, StoppedError, run_isolated

# A workbook that unpacks to more than this is no table of a county.
MOST_BYTES = 1_000_000_000
_PROCESS = "geodata.intake.workbookprocess"
# Seconds of the processor for opening a small workbook; a large one gets more.
_SECONDS = 12
# Whole numbers beyond this are no longer exact in a spreadsheet's floating point.
_EXACT = 2**53


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet: its name, its rows as text and how many cells a merged range filled.

    `hidden_rows` are the 1-based rows and `hidden_columns` the 0-based columns that are not shown; `filtered` says that a filter stands on
    the sheet.
    """

    name: str
    rows: list[list[str]]
    filled: int
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False


def read_sheets(path: Path, sheet: str | None = None) -> list[WorkbookSheet]:
    """Return the sheets of a workbook that hold anything, or the one named (or numbered).

    Raises SourceError for a workbook that is locked, damaged, too large unpacked, or lacks the sheet.
    """
    refuse_bomb(path)
    wanted = [_sheet_name(_asked(path, "read_names"), sheet, path)] if sheet else []
    sheets = [_sheet(one) for one in _asked(path, "read_workbook", wanted)]
    return [read for read in sheets if read.rows] if not sheet else sheets


def _asked(path: Path, work: str, *arguments: object) -> Any:
    """Return what a process of its own read of a workbook, within its ceilings of memory and time."""
    seconds = _SECONDS + 2 * path.stat().st_size // 1_000_000
    try:
        reply = run_isolated(
            f"{_PROCESS}:{work}", str(path.resolve()), *arguments, seconds=seconds, memory=MEMORY
        )
    except StoppedError as stopped:
        if stopped.reason == "time":
            raise SourceError("readers.too_slow", file=path.name, seconds=2 * seconds) from None
        limit = f"{MEMORY / 1e9:g}"
        raise SourceError("readers.beyond_ceiling", file=path.name, size=limit) from None
    fault = reply.get("fault")
    if fault == "too_large":
        limit = f"{MEMORY / 1e9:g}"
        raise SourceError("readers.beyond_ceiling", file=path.name, size=limit)
    if fault:
        fault = "locked" if _is_encrypted(path) else fault
        raise SourceError(f"readers.{fault}", file=path.name)
    return reply["found"]


def refuse_bomb(path: Path) -> None:
    """Raise SourceError for a workbook that would unpack to more than any table of a county."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise SourceError("readers.damaged_workbook", file=path.name) from None
    if size > MOST_BYTES:
        raise SourceError("readers.bomb", file=path.name, size=f"{size / 1e9:.1f}")


def _is_encrypted(path: Path) -> bool:
    """Return whether an OLE file holds an encrypted package (a workbook with a password)."""
    with path.open("rb") as file:
        head = file.read(2_000_000)
    return head.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in head


def _sheet_name(names: list[str], sheet: str, path: Path) -> str:
    if sheet in names:
        return sheet
    if sheet.isdigit() and 1 <= int(sheet) <= len(names):
        return names[int(sheet) - 1]
    near = difflib.get_close_matches(sheet, names, n=3, cutoff=0.3) or names[:3]
    raise SourceError("readers.no_sheet", file=path.name, sheet=sheet, nearest="、".join(near))


def _sheet(sheet: Mapping[str, Any]) -> WorkbookSheet:
    values = sheet["values"]
    filled = fill_merged(values, sheet["merged"])
    rows = [[cell_as_text(_typed(cell)) for cell in row] for row in values]
    if any("\x00" in cell for row in rows for cell in row):
        rows = [[_wide_text(cell) for cell in row] for row in rows]
    return WorkbookSheet(
        name=sheet["name"],
        rows=rows if any(any(row) for row in rows) else [],
        filled=filled,
        hidden=sheet["hidden"],
        hidden_rows=tuple(sheet["hidden_rows"]),
        hidden_columns=tuple(sheet["hidden_columns"]),
        filtered=sheet["filtered"],
    )


def _typed(cell: object) -> object:
    """Return a cell as it was before it was sent from the process that read it."""
    if not isinstance(cell, tuple):
        return cell
    kind, text = cell
    readers: dict[str, Callable[[str], object]] = {
        "datetime": datetime.datetime.fromisoformat,
        "date": datetime.date.fromisoformat,
        "time": datetime.time.fromisoformat,
    }
    return readers[kind](text) if kind in readers else text


def fill_merged(values: list[list[Any]], ranges: list[Any]) -> int:
    """Give the text of a merged range to all its cells; numbers stay where they are written."""
    filled = 0
    for (top, left), (bottom, right) in ranges:
        text = values[top][left] if top < len(values) and left < len(values[top]) else ""
        if not isinstance(text, str) or not text or _is_title(left, right, len(values[top])):
            continue
        for row in range(top, min(bottom, len(values) - 1) + 1):
            for column in range(left, right + 1):
                if values[row][column] == "":
                    values[row][column] = text
                    filled += 1
    return filled


def _is_title(left: int, right: int, width: int) -> bool:
    """Return whether a merged range is a title over the sheet, which must not look like a header."""
    return (left == 0 and right >= 2) or right - left + 1 > 0.7 * width > 1


def cell_as_text(value: object) -> str:
    """Return one cell as text: 3411810000.0 as "3411810000", a day as 2025-03-31."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT
        return str(int(value)) if whole else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _wide_text(cell: str) -> str:
    """Return a cell of an old xls whose two-byte text was read byte by byte."""
    if "\x00" not in cell and (len(cell) % 2 or cell.isascii()):
        return cell
    try:
        raw = b"".join(
            sign.encode("cp1252") if ord(sign) > 255 else bytes([ord(sign)]) for sign in cell
        )
        return raw.decode("utf-16-le")
    except UnicodeError:
        return cell.replace("\x00", "")
