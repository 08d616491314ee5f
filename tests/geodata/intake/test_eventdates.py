"""Every table of events: rows of another year or month are told with their number, late ones are not."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.intake.converting import pandas_type
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.eventdates import check_event_dates
from geodata.intake.issues import Issues, sentences
from geodata.intake.landing import as_arrow
from geodata.store import SnapshotStore, new_snapshot
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

COUNT, NONE = 400, EarlierMonths()
DATED = [
    (table, column.name)
    for table in TABLES
    if table.nature == "events" and not table.lasting
    for column in table.columns.values()
    if column.kind in ("month", "day") and column.required
]


def _rows(table, name, month, others):
    """Return rows of a month, the first `others` of them (month, rows) of other months."""
    part = part_of(table, month, COUNT)
    column = table.column(name)
    months = [other for other, rows in others for _ in range(rows)]
    months += [month] * (COUNT - len(months))
    dates = pd.Series(months)
    if column.kind == "day":
        dates = pd.Series([pd.Timestamp(f"{one}-05").date() for one in months])
    part.frame[name] = dates.astype(pandas_type(column))
    return combined(table, [part])


def _told(table, rows, months=NONE):
    issues = Issues(SCHEMA.tables)
    check_event_dates({table.name: rows}, months, MONTHS[1], issues)
    listed = issues.frame()
    if len(listed):
        assert "{" not in "".join(sentences(listed, SCHEMA.tables, "zh")["sentence"])
    return [*zip(listed["value"], listed["detail"], strict=True)]


@pytest.mark.parametrize(("table", "name"), DATED, ids=lambda one: getattr(one, "name", one))
def test_events_of_another_month_are_told_where_last_month_had_none(tmp_path, table, name):
    year_off, long_ago = "2024-02", "2024-09"
    spoilt = _rows(table, name, MONTHS[1], [(year_off, 40), (long_ago, 30)])
    assert _told(table, spoilt) == [(year_off, "40")]
    with new_snapshot(tmp_path, MONTHS[0]) as writer:
        late = as_arrow(_rows(table, name, MONTHS[0], [("2024-08", 30)]), MONTHS[0])
        writer.write_table(table.name, late, sort=list(table.key))
        snapshot = writer.commit(who="li", at="2025-05-01T00:00:00", facts={}).snapshot
    files = {table.name: SnapshotStore(tmp_path).files(snapshot, table.name)}
    months = EarlierMonths([EarlierMonth(MONTHS[0], files)])
    # What is as late as some of last month's were is late, and no slip.
    assert _told(table, spoilt, months) == [(year_off, "40")]
    assert _told(table, _rows(table, name, MONTHS[1], [(year_off, 8)]), months) == []
    told = _told(table, _rows(table, name, MONTHS[1], [("2024-10", 30)]), months)
    assert told == [("2024-10", "30")]
