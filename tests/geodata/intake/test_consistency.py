"""Contradictions within a row: the order of dates, and the class of a works, which bears its scale."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from geodata.intake.consistency import check_consistency, consistencies
from geodata.intake.converting import pandas_type
from geodata.intake.issues import Issues, sentences
from geodata.store.embedded import DuckDBEngine
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

CLASS = next(one for one in consistencies() if one.name == "works_class_differs")


def _contradicts(kind: str | None, capacity: float | None, population: int | None) -> bool:
    def literal(value: object) -> str:
        return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)

    row = zip(("kind", "capacity", "population"), (kind, capacity, population), strict=True)
    cells = ", ".join(f"{literal(value)} AS {name}" for name, value in row)
    with DuckDBEngine() as engine:
        engine.add_view("works", f"SELECT {cells}")
        return len(engine.frame(f"SELECT kind FROM works WHERE {CLASS.when}")) == 1


@pytest.mark.parametrize(
    ("kind", "capacity", "population", "wrong"),
    [
        ("large", 160, 1900, True),
        ("large", 999, 9999, True),
        ("large", 1000, 1900, False),
        ("large", 160, 10_000, False),
        ("large", None, 1900, False),
        ("thousand", 90, 999, True),
        ("thousand", 100, 999, False),
        ("thousand", 90, 1000, False),
        ("thousand", 1000, 10_000, True),
        ("small", 1000, 12_000, True),
        ("small", 100, 1000, True),
        ("small", 99, 1000, False),
        ("urban_rural", 160, 1900, False),
        ("decentralised", 20, 90, False),
        (None, 160, 1900, False),
    ],
)
def test_a_class_of_works_is_told_where_its_scale_does_not_bear_it_out(
    kind: str | None, capacity: float | None, population: int | None, wrong: bool
) -> None:
    assert _contradicts(kind, capacity, population) == wrong


# Of these nobody can say which comes first: they are of several rounds.
UNORDERED = {"survey", "village_plan"}
DATED = [
    table
    for table in TABLES
    for kind in ("day", "month")
    if sum(column.kind == kind for column in table.columns.values()) > 1
]
PAIRS = [one for one in consistencies() if one.name == "end_before_begin"]
STARTS = [one for one in consistencies() if one.name == "starts_far_ahead"]


@pytest.mark.parametrize("table", DATED, ids=lambda table: table.name)
def test_dates_of_a_row_have_an_order(table) -> None:
    assert table.name in UNORDERED | {one.table for one in PAIRS}


def _told(check, **values) -> list[str]:
    table = SCHEMA.tables[check.table]
    part = part_of(table, MONTHS[1], 30)
    for name, given in values.items():
        part.frame[name] = pd.Series([given] * 30).astype(pandas_type(table.column(name)))
        part.headers.setdefault(name, name)
    issues = Issues(SCHEMA.tables)
    check_consistency({table.name: combined(table, [part])}, month=MONTHS[1], issues=issues)
    listed = issues.frame()
    listed = listed[(listed["check"] == check.name) & (listed["column"] == check.columns[-1])]
    said = sentences(listed, SCHEMA.tables, "zh")
    assert "{" not in "".join([*said["sentence"], *said["advice"]])
    return [*listed["value"]]


@pytest.mark.parametrize("check", PAIRS, ids=lambda one: f"{one.table}-{one.needs[1]}")
def test_an_end_before_the_begin_is_told(check) -> None:
    first, last = check.needs
    day = SCHEMA.tables[check.table].column(first).kind == "day"
    early, late = (
        (datetime.date(2024, 3, 4), datetime.date(2025, 1, 2)) if day else ("2024-03", "2025-01")
    )
    assert len(_told(check, **{first: late, last: early})) >= 1
    assert _told(check, **{first: early, last: late}) == []
    assert _told(check, **{first: early, last: early}) == []
    assert _told(check, **{first: late, last: None}) == []


@pytest.mark.parametrize("check", STARTS, ids=lambda one: one.table)
def test_what_begins_long_after_the_month_is_told(check) -> None:
    status = {"status": "已外出务工"} if check.table == "work" else {}
    assert len(_told(check, start_month="2025-04", **status)) >= 1
    assert _told(check, start_month="2025-03", **status) == []
    if status:
        assert _told(check, start_month="2026-01", status="计划外出务工") == []
