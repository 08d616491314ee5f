"""The import report as a workbook: every finding, townships, places, changes and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from geodata import i18n
from geodata.escaping import cell_text, plain_text
from geodata.intake.import_result import ImportResult

# A sheet of a workbook holds no more rows.
_MOST_ROWS = 1_048_575
_WIDTHS = {
    "sentence": 70,
    "advice": 46,
    "file": 34,
    "value": 24,
    "header": 22,
    "title": 34,
    "village": 24,
}


def write_workbook(file: Path, result: ImportResult, said: pd.DataFrame, *, lang: str) -> None:
    """Write the workbook; `said` are the issues with their sentences."""
    names = result.quality.set_index("township")["name"].to_dict()
    place = said["place_code"].fillna("").str[:9].map(names).astype("str").fillna("")
    issues = said.assign(
        township=place,
        severity=said["severity"].map(lambda name: i18n.text(f"report.{name}", lang)),
        set_aside=said["set_aside"].map({True: i18n.text("report.is_set_aside", lang), False: ""}),
    )
    outcomes = {name: i18n.text(f"report.{name}", lang) for name in ("matched", "unmatched")}
    places = result.places.assign(outcome=result.places["outcome"].map(outcomes))
    sheets = {
        "section_details": (issues, _ISSUE_COLUMNS),
        "section_townships": (result.quality, _QUALITY_COLUMNS),
        "section_places": (places, _PLACE_COLUMNS),
        "section_changes": (
            result.changes.assign(township=result.changes["township"].map(names)),
            _CHANGE_COLUMNS,
        ),
        "section_files": (pd.DataFrame([vars(s) for s in result.manifest.sources]), _FILE_COLUMNS),
    }
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEF1F4", "border": 1})
        for key, (frame, columns) in sheets.items():
            page = book.add_worksheet(i18n.text(f"report.{key}", lang))
            _fill(page, frame, columns, head=head, lang=lang)


_ISSUE_COLUMNS = {
    "severity": "severity",
    "township": "township",
    "file": "file",
    "sheet": "sheet",
    "row": "row",
    "header": "column",
    "value": "value",
    "household_code": "household",
    "sentence": "what",
    "advice": "advice",
    "set_aside": "set_aside",
}
_QUALITY_COLUMNS = {
    "township": "place_code",
    "name": "township",
    "score": "score",
    "rows": "rows",
    "households": "households",
    "set_aside": "set_aside",
    "errors": "errors",
    "warnings": "warnings",
    "notices": "notices",
}
_PLACE_COLUMNS = {
    "outcome": "outcome",
    "township": "township",
    "village": "written",
    "rows": "rows",
    "partner": "taken_as",
    "code": "place_code",
    "proposal": "proposal",
    "score": "similarity",
}
_CHANGE_COLUMNS = {
    "title": "feed",
    "township": "township",
    "before": "before",
    "now": "now",
    "change": "change",
}
_FILE_COLUMNS = {
    "file": "file",
    "sheet": "sheet",
    "rows": "rows",
    "stored": "stored",
    "set_aside": "set_aside",
}


def _fill(page: Any, frame: pd.DataFrame, columns: dict[str, str], *, head: Any, lang: str) -> None:
    for place, (name, key) in enumerate(columns.items()):
        page.set_column(place, place, _WIDTHS.get(name, 13))
        page.write_string(0, place, i18n.text(f"report.{key}", lang), head)
    page.freeze_panes(1, 0)
    rows = frame.reindex(columns=list(columns)).head(_MOST_ROWS)
    page.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    # Cell by cell, because the writer keeps only one row in memory.
    for number, row in enumerate(rows.itertuples(index=False), 1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, place, cell_text(plain_text(value, 2000)))
            elif not pd.isna(value):
                page.write_number(number, place, float(value))
