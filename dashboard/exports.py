"""The household list as a workbook: masked as it is seen, marked, and with no cell that runs."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import xlsxwriter

from dashboard.texts import text
from geodata.escaping import cell_text

_WIDTHS = {"code": 18, "head": 10, "place": 16, "persons": 8, "income": 12, "findings": 60}


def households_workbook(
    frame: pd.DataFrame, titles: Mapping[str, str], *, mark: str, title: str, lang: str
) -> io.BytesIO:
    """Return an xlsx of the list: the title, the watermark row, then one row for each household.

    `titles` names the rules by key; `mark` says who exported and the number of the audit.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, cell_text(title), bold)
        sheet.write_string(1, 0, cell_text(text("households.watermark", lang, mark=mark)))
        for column, (name, width) in enumerate(_WIDTHS.items()):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, text(f"households.{name}", lang), bold)
        # A workbook is written cell by cell.
        for at, row in enumerate(frame.itertuples(), start=3):
            head = "" if pd.isna(row.head_name) else row.head_name
            for column, value in enumerate((row.Index, head, row.place_code)):
                sheet.write_string(at, column, cell_text(str(value)))
            for column, number in ((3, row.persons), (4, row.income_per_person)):
                if pd.notna(number):
                    sheet.write_number(at, column, float(number), money)
            broken = [titles.get(key, key) for key in row.rules.split(",") if key]
            sheet.write_string(at, 5, cell_text("；".join(broken)))
        sheet.freeze_panes(3, 1)
    file.seek(0)
    return file
