"""Every table of a month against the months before: delivered again it is refused or told, moved on it is not."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pandas as pd
import pytest

from geodata.intake.aside import SetAside
from geodata.intake.combining import TableRows, combine
from geodata.intake.converting import pandas_type
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues
from geodata.intake.landing import as_arrow
from geodata.intake.repeats import repeats
from geodata.intake.schema import Schema
from geodata.store import SnapshotStore, new_snapshot

MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04")
SCHEMA = Schema()
TABLES = [table for name, table in SCHEMA.tables.items() if name != "place"]
SHEET = SimpleNamespace(file="表.xlsx", sheet="sheet1", layout=SimpleNamespace(name="any", rank=0))


def _value(column, row, month):
    """Return a value that differs from month to month in every third row."""
    at = MONTHS.index(month) if row % 3 == 0 else 0
    if column.choices is not None:
        return column.choices.values[(row + at) % len(column.choices.values)]
    day = datetime.date(int(month[:4]), int(month[5:]), 1 + row % 28)
    return {
        "flag": (row + at) % 2 == 0,
        "count": row + at,
        "money": 100 * (row + at),
        "number": row + at / 2,
        "day": day,
        "month": month,
    }.get(column.kind, f"{column.name}{row}")


def rows_of(table, month, count, dated=True, beside="", leading=False) -> TableRows:
    """Return some rows of a table as a month brings them, with or without dates of the month.

    Another file says of most of them, and of more, how they are in the month `beside`; it fills what
    their own one leaves empty, and may be `leading`.
    """
    part = part_of(table, month, count, dated)
    if not beside:
        return combined(table, [part])
    kept = [name for name in part.frame if name in table.key or name in ("sheet_number", "row")]
    open_to_all = [name for name in part.frame if name not in kept]
    holed = part.frame[open_to_all[0]].mask(part.frame["row"] % 4 == 0)
    own = part.frame.drop(columns=open_to_all[1::3]).assign(**{open_to_all[0]: holed})
    headers = {name: header for name, header in part.headers.items() if name in own}
    other = part_of(table, beside, count + count // 2, dated)
    frame = other.frame.iloc[count // 3 :].assign(sheet_number=1)
    parts = [
        Part(table, own, headers, main=True),
        Part(table, frame, other.headers, main=False),
    ]
    # Which file comes first is decided by their names.
    return combined(table, parts[::-1] if leading else parts)


def combined(table, parts) -> TableRows:
    """Return the rows of a table from the parts of several files."""
    sheets = [SHEET] * len(parts)
    return combine(table, parts, sheets, issues=Issues(SCHEMA.tables), aside=SetAside())


def part_of(table, month, count, dated=True) -> Part:
    """Return the rows of a table that one file of a month brings."""
    columns = [
        one
        for one in table.columns.values()
        if dated or one.kind not in ("day", "month") or one.name in table.key
    ]
    frame = pd.DataFrame(
        {
            one.name: pd.Series([_value(one, row, month) for row in range(count)]).astype(
                pandas_type(one)
            )
            for one in columns
        }
    ).assign(sheet_number=0, row=range(1, count + 1))
    return Part(table, frame, {one.name: one.label("zh") for one in columns}, main=True)


def _told(tmp_path, table, month, last, count=60, dated=True, beside=False, leading=False):
    """Return the kinds told of a table of the last month that holds the rows of `month`.

    It may have other files of each month, the last included, beside it.
    """
    for before in MONTHS[:last]:
        with new_snapshot(tmp_path, before) as writer:
            made = rows_of(table, before, count, dated, before if beside else "", leading)
            rows = as_arrow(made, before)
            writer.write_table(table.name, rows, sort=list(table.key))
            writer.commit(who="li", at="2025-05-01T00:00:00", facts={})
    store = SnapshotStore(tmp_path)
    earlier = [
        EarlierMonth(before, {table.name: store.files(store.snapshot_of(before), table.name)})
        for before in reversed(MONTHS[:last])
    ]
    issues, other = Issues(SCHEMA.tables), MONTHS[last] if beside else ""
    faults = repeats(
        {table.name: rows_of(table, month, count, dated, other, leading)},
        EarlierMonths(earlier),
        MONTHS[last],
        missing=frozenset(),
        issues=issues,
    )
    kinds = [fault.kind for fault in faults]
    assert all("{" not in fault.sentence for fault in faults)
    return kinds, issues.frame()["check"].tolist()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_that_is_last_months_is_refused_and_one_of_the_month_is_not(tmp_path, table):
    refused, told = _told(tmp_path / "again", table, MONTHS[2], 3)
    assert len(refused) == 1
    assert not told
    assert _told(tmp_path / "new", table, MONTHS[3], 3) == ([], [])


@pytest.mark.parametrize("leading", [False, True], ids=["behind", "leading"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_of_last_month_is_refused_beside_files_of_the_month(tmp_path, table, leading):
    refused, told = _told(tmp_path / "again", table, MONTHS[2], 3, beside=True, leading=leading)
    assert len(refused) == 1
    assert not told
    assert _told(tmp_path / "new", table, MONTHS[3], 3, beside=True, leading=leading) == ([], [])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_few_rows_and_few_months_are_told(tmp_path, table):
    refused, told = _told(tmp_path / "few", table, MONTHS[2], 3, count=19)
    assert not refused
    assert len(told) == 1
    # Two months whose dates were their own are sure, rows that changed once are not.
    refused, told = _told(tmp_path / "early", table, MONTHS[1], 2)
    assert len(told) + len(refused) == 1
    assert set(refused) <= {"undated"}
    assert _told(tmp_path / "new", table, MONTHS[3], 3, count=19) == ([], [])


@pytest.mark.parametrize("name", ["household", "low_income", "project", "works"])
def test_a_table_without_dates_is_last_months_by_its_rows(tmp_path, name):
    table = SCHEMA.tables[name]
    refused, told = _told(tmp_path / "again", table, MONTHS[2], 3, dated=False)
    assert refused == ["repeated_month"]
    assert not told


UNDATED = [
    table
    for table in TABLES
    if table.nature == "state"
    if not any(table.column(name).kind in ("day", "month") for name in table.key)
]


@pytest.mark.parametrize("table", UNDATED, ids=lambda table: table.name)
def test_nothing_is_said_of_what_happens_by_chance(tmp_path, table):
    # Of four rows two change from month to month: that none does says nothing.
    assert _told(tmp_path, table, MONTHS[2], 3, count=4, dated=False) == ([], [])
