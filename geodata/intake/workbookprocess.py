"""What is in one workbook, for a process of its own: cells, merged ranges and what is hidden."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

_CELL = re.compile(r'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_HIDDEN_ROW = re.compile(r'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(r'<col (?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_LAST_COLUMN = 2_000
_SPAN = re.compile(r'\b(min|max)="(\d+)"')
_FORMULA = re.compile(r"<f[^>]*?(?:/>|>([^<]*)</f>)")
_VALUE = re.compile(r"<v>([^<]+)</v>")


def sheets_of(path: str, wanted: list[str]) -> list[dict[str, Any]]:
    """Return name, cells, merged ranges and what is hidden of each sheet, or of those wanted."""
    with open(path, "rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
        shown = {one.name: one.visible for one in book.sheets_metadata}
        sheets = []
        for name in wanted or book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            values = [[_plain(cell) for cell in row] for row in _cells(sheet)]
            hidden = shown.get(name) not in (None, calamine.SheetVisibleEnum.Visible)
            ranges = [tuple(map(tuple, one)) for one in sheet.merged_cell_ranges or []]
            sheets.append({"name": name, "values": values, "merged": ranges, "hidden": hidden})
    _add_unseen(path, sheets)
    return sheets


def _cells(sheet: calamine.CalamineSheet) -> list[list[Any]]:
    return list(sheet.to_python(skip_empty_area=False))


def _plain(cell: object) -> object:
    """Return a cell as a value that can be sent: days and times as (kind, text)."""
    if isinstance(cell, (str, bool, int, float)):
        return cell
    return (type(cell).__name__, cell.isoformat() if hasattr(cell, "isoformat") else str(cell))


def _add_unseen(path: str, sheets: list[dict[str, Any]]) -> None:
    """Add hidden rows and columns, and write errors and formulas without a value where they stand."""
    for one in sheets:
        one["hidden_rows"], one["hidden_columns"], one["filtered"] = [], [], False
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as book:
        parts = _parts(book)
        for one in sheets:
            if one["name"] not in parts:
                continue
            content = book.read(parts[one["name"]]).decode("utf-8", "replace")
            one["hidden_rows"] = [int(row) for row in _HIDDEN_ROW.findall(content)]
            one["hidden_columns"] = hidden_columns(content[: content.find("<sheetData")])
            one["filtered"] = "<autoFilter" in content
            if 't="e"' in content or "<f" in content:
                _write_lost(content, one["values"])


def _write_lost(content: str, values: list[list[Any]]) -> None:
    for letters, row, kind, inner in _CELL.findall(content):
        if 't="e"' not in kind and "<f" not in inner:
            continue
        at, column = int(row) - 1, column_number(letters)
        if at >= len(values) or column >= len(values[at]) or values[at][column] != "":
            continue
        value = _VALUE.search(inner)
        formula = _FORMULA.search(inner)
        if 't="e"' in kind and value:
            values[at][column] = value[1]
        elif formula and not value and 't="str"' not in kind:
            values[at][column] = f"={formula[1] or ''}"


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return the path of each sheet of an xlsx by its name; none for other workbooks."""
    try:
        links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        listed = ElementTree.fromstring(book.read("xl/workbook.xml")).findall(".//{*}sheet")
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile):
        return {}
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    names = set(book.namelist())
    paths = {}
    for sheet in listed:
        link = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        target = targets.get(link, "").lstrip("/")
        path = target if target in names else f"xl/{target}"
        if path in names:
            paths[str(sheet.get("name"))] = path
    return paths


def hidden_columns(head: str) -> list[int]:
    """Return the 0-based numbers of the columns that are not shown, from what stands over the rows."""
    spans = [dict(_SPAN.findall(column)) for column in _HIDDEN_COLUMN.findall(head)]
    # A span to the end of the sheet hides what is empty.
    return [
        number - 1
        for span in spans
        if span.keys() == {"min", "max"}
        for number in range(int(span["min"]), min(int(span["max"]), _LAST_COLUMN) + 1)
    ]


def column_number(letters: str) -> int:
    """Return the 0-based number of a column named A, B ... AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def answer(work: Callable[[], object]) -> dict[str, object]:
    """Return what some work gives as `found`, or the kind of its failure as `fault`."""
    try:
        return {"found": work()}
    except calamine.PasswordError:
        return {"fault": "locked"}
    except MemoryError:
        return {"fault": "too_large"}
    except (calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError, KeyError) as error:
        return {"fault": "locked" if "assword" in str(error) else "damaged_workbook"}
    # Rust panics come as their own kind of BaseException.
    except BaseException:
        return {"fault": "damaged_workbook"}


def read_names(path: str) -> dict[str, object]:
    """Return the names of all sheets as `found`, or `fault`."""
    return answer(lambda: _names(path))


def read_workbook(path: str, wanted: list[str]) -> dict[str, object]:
    """Return what `sheets_of` gives as `found`, or `fault`."""
    return answer(lambda: sheets_of(path, wanted))


def _names(path: str) -> list[str]:
    with open(path, "rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
        return list(book.sheet_names)
