"""Two sheets of one table, over every table that is about places: another village is told as well."""

from __future__ import annotations

import pytest

from geodata.intake.aside import SetAside
from geodata.intake.combining import combine
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, SHEET, TABLES, part_of

PLACED = [
    table for table in TABLES if "place_code" in table.columns and "place_code" not in table.key
]


@pytest.mark.parametrize("table", PLACED, ids=lambda table: table.name)
@pytest.mark.parametrize("column", ["place_code", "area_village"])
def test_rows_that_two_sheets_have_in_different_villages_are_told(table, column):
    first = part_of(table, MONTHS[0], 30)
    headers = {name: said for name, said in first.headers.items() if name != "place_code"}
    headers[column] = "村"
    moved = first.frame.assign(sheet_number=1)
    moved.loc[moved.index[:7], "place_code"] = "990101100999"
    parts = [Part(table, frame, headers, main=True) for frame in (first.frame, moved)]
    issues = Issues(SCHEMA.tables)
    combine(table, parts, [SHEET, SHEET], issues=issues, aside=SetAside())
    told = issues.frame()
    told = told[(told["check"] == "sources_differ") & (told["column"] == "place_code")]
    assert len(told) == 7
    assert set(told["header"]) == {"村"}
