"""The first rows of a workbook, for a process of its own."""

from __future__ import annotations

import datetime

import openpyxl


def first_rows(path: str, count: int) -> list[tuple[str, list[list[str]]]]:
    """Return name and first rows, as text, of the visible sheets; none where the workbook is damaged."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        return [
            (
                sheet.title,
                [
                    [_text(cell) for cell in row]
                    for row in sheet.iter_rows(max_row=count, values_only=True)
                ],
            )
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    except Exception:
        # A damaged workbook fails in many ways; whoever reads it whole says which.
        return []


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()
