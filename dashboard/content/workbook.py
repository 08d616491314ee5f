"""Lists as workbooks: masked as it is seen, marked, and with no cell that runs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import pandas as pd
import xlsxwriter

from dashboard.content.rows import COLUMNS, HouseholdRows
from dashboard.texts import text
from geodata.escaping import cell_text

_WIDTHS = {"code": 18, "name": 16, "text": 16, "number": 12}
_WIDE = {"findings": 60, "helper": 20}
_ALL = 10**6


def households_workbook(
    frame: pd.DataFrame,
    rows: HouseholdRows,
    names: Sequence[str],
    *,
    title: str,
    notes: Sequence[str],
) -> io.BytesIO:
    """Return an xlsx of the list: the title, notes such as the watermark, then one row a household.

    `names` are the columns that the page shows; a place is told by name and by code.
    """
    heads = []
    titles = [*rows.titles(names), text("households.place", rows.lang)]
    for name, said in zip((*names, "place"), titles, strict=True):
        kind = COLUMNS[name].kind if name in COLUMNS else "code"
        heads.append((said, _WIDE.get(name, _WIDTHS[kind])))
    cells = (
        [*rows.cells(row, names, findings=_ALL), str(row.place_code)] for row in frame.itertuples()
    )
    return _workbook(heads, cells, title=title, notes=notes)


def subjects_workbook(
    titles: Sequence[str], rows: Iterable[Sequence[str]], *, title: str, notes: Sequence[str]
) -> io.BytesIO:
    """Return an xlsx of what a rule found that is no household; the last column is the reason."""
    heads = [(said, _WIDTHS["text"]) for said in titles[:-1]]
    return _workbook([*heads, (titles[-1], _WIDE["findings"])], rows, title=title, notes=notes)


def _workbook(
    heads: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    notes: Sequence[str],
) -> io.BytesIO:
    """Return one sheet: title, notes, the heads with their widths, then the rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, cell_text(title), bold)
        for at, note in enumerate(notes, start=1):
            sheet.write_string(at, 0, cell_text(note))
        head = len(notes) + 1
        for column, (said, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, said, bold)
        # A workbook is written cell by cell.
        for at, row in enumerate(rows, start=head + 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell_text(cell))
                elif cell is not None:
                    sheet.write_number(at, column, cell, money)
        sheet.freeze_panes(head + 1, 1)
    file.seek(0)
    return file
