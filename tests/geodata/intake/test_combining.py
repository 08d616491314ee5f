"""Two sheets of one table, over every table: other villages are told, copies counted once or refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from geodata.config import ImportSettings
from geodata.intake.aside import SetAside
from geodata.intake.combining import combine
from geodata.intake.delivery import delivered_files
from geodata.intake.doubts import doubts
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


COPIES = [
    SimpleNamespace(
        file=f"表{mark}.xlsx", sheet="sheet1", layout=SimpleNamespace(name="any", rank=0)
    )
    for mark in ("", "(1)")
]


TOLD = [
    (table, column)
    for table in TABLES
    for column in table.columns.values()
    if column.kind == "text" and column.name not in table.key
]


def _copied(table, change):
    """Return a table of 30 rows and its copy, after a change of the copy, as both are put together."""
    first = part_of(table, MONTHS[0], 30)
    other = first.frame.assign(sheet_number=1)
    parts = [Part(table, frame, first.headers, main=True) for frame in (first.frame, change(other))]
    issues, aside = Issues(SCHEMA.tables), SetAside()
    rows = combine(table, parts, COPIES, issues=issues, aside=aside)
    faults = doubts({table.name: rows}, ImportSettings(), sources=[], feeds=[], layouts=[])
    return faults, aside, issues.frame()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_of_a_copy_are_counted_once(table):
    # The same in another order and with a few rows less is no copy to the cell.
    faults, aside, issues = _copied(table, lambda frame: frame.iloc[::-1].iloc[:25])
    assert faults == []
    assert aside.reasons(1) == {"row_in_other_sheet": 25}
    assert aside.count(0) == 0
    assert issues[issues["check"] == "row_in_other_sheet"]["value"].tolist() == ["25"]


@pytest.mark.parametrize(("table", "column"), TOLD, ids=lambda one: one.name)
def test_a_copy_with_one_other_cell_stops_and_both_places_are_named(table, column):
    def change(frame):
        frame["row"] += 100
        frame.loc[frame.index[4], column.name] = "别的"
        return frame

    faults, *_ = _copied(table, change)
    (fault,) = faults
    assert fault.kind == "copies_differ"
    row = int(part_of(table, MONTHS[0], 30).frame["row"].iloc[4])
    named = ("表.xlsx", "表(1).xlsx", f"{row} ", f"{row + 100} ")
    assert all(one in fault.sentence for one in named)
    assert "别的" not in fault.sentence


def test_a_file_comes_before_its_copies_and_those_in_folders(tmp_path):
    names = ["表(1).xlsx", "表 - 副本.csv", "表.xlsx", "另表.csv", "上月/表.csv"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    listed = [path.relative_to(tmp_path).as_posix() for path in delivered_files(tmp_path)]
    assert listed.index("表.xlsx") == min(listed.index(n) for n in names if "表" in n[:1])
    assert listed[-1] == "上月/表.csv"
