"""The first rows of a workbook, for a process of its own."""

from __future__ import annotations

import datetime

import python_calamine as calamine


def first_rows(path: str, count: int) -> list[tuple[str, list[list[str]]]]:
    """Return name and first rows, as text, of the visible sheets; none where the workbook is damaged."""
    try:
        with open(path, "rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
            return [
                (
                    one.name,
                    [
                        [_text(cell) for cell in row]
                        for row in book.get_sheet_by_name(one.name).to_python(
                            skip_empty_area=False, nrows=count
                        )
                    ],
                )
                for one in book.sheets_metadata
                if one.visible in (None, calamine.SheetVisibleEnum.Visible)
            ]
    # A damaged workbook fails in many ways, Rust panics among them; whoever reads it whole says which.
    except BaseException:
        return []


def _text(cell: object) -> str:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell).strip()
