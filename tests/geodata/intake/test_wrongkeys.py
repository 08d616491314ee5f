"""Every table with codes of its own: those of another form are told at their rows, households twice, too."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.issues import Issues, sentences
from geodata.intake.landing import as_arrow
from geodata.intake.wrongkeys import wrong_keys
from geodata.store import SnapshotStore, new_snapshot
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

COUNT = 60
CODED = [
    (table, name) for table in TABLES for name in table.key if table.column(name).kind == "code"
]


NONE = EarlierMonths()


def _told(table, months=NONE, **columns):
    """Return the kinds of faults and what is told of a table with some columns of its own."""
    part = part_of(table, MONTHS[1], COUNT)
    for name, values in columns.items():
        part.frame[name] = pd.Series(values).astype("str")
    issues = Issues(SCHEMA.tables)
    faults = list(wrong_keys({table.name: combined(table, [part])}, months, issues))
    listed = issues.frame()
    said = [*sentences(listed, SCHEMA.tables, "zh")["sentence"]] if len(listed) else []
    assert all("{" not in sentence for sentence in [*said, *(one.sentence for one in faults)])
    return [fault.kind for fault in faults], listed


def _codes(wrong, start=1):
    phones = [f"1380000{at:04d}" for at in range(wrong)]
    return [*phones, *(f"{990100000000 + start + at}" for at in range(COUNT - wrong))]


@pytest.mark.parametrize(("table", "name"), CODED, ids=lambda one: getattr(one, "name", one))
def test_codes_of_another_form_are_told_at_their_rows(table, name):
    # A few codes may be of the form of others in the same row: one column at a time is spoilt.
    fine = {key: _codes(0) for _, key in CODED if key in table.key}
    assert _told(table, **fine)[0] == []
    faults, listed = _told(table, **{**fine, name: _codes(5)})
    assert not faults
    told = listed[listed["check"] == "code_form"]
    assert told["row"].tolist() == [1, 2, 3, 4, 5]
    assert set(told["column"]) == {name}


@pytest.mark.parametrize(("table", "name"), CODED, ids=lambda one: getattr(one, "name", one))
def test_a_table_whose_codes_are_mostly_of_another_form_is_refused(tmp_path, table, name):
    fine = {key: _codes(0) for _, key in CODED if key in table.key}
    part = part_of(table, MONTHS[0], COUNT)
    for key, values in fine.items():
        part.frame[key] = pd.Series(values).astype("str")
    with new_snapshot(tmp_path, MONTHS[0]) as writer:
        rows = as_arrow(combined(table, [part]), MONTHS[0])
        writer.write_table(table.name, rows, sort=list(table.key))
        snapshot = writer.commit(who="li", at="2025-05-01T00:00:00", facts={}).snapshot
    files = SnapshotStore(tmp_path).files(snapshot, table.name)
    months = EarlierMonths([EarlierMonth(MONTHS[0], {table.name: files})])
    assert _told(table, months, **fine)[0] == []
    assert _told(table, months, **{**fine, name: _codes(COUNT // 2 + 1)})[0] == ["code_form"]


@pytest.mark.parametrize("twice", [4, COUNT // 2])
def test_households_that_come_under_two_codes_are_told_or_refused(twice):
    table = SCHEMA.tables["household"]
    numbers = [f"{510101199001010000 + at}" for at in range(COUNT)]
    kinds = {"household_code": _codes(0), "head_certificate": numbers}
    assert not len(_told(table, **kinds)[1])
    numbers[-twice:] = numbers[:twice]
    faults, listed = _told(table, **kinds)
    assert (listed["check"] == "household_twice").sum() == 2 * twice
    assert faults == (["household_twice"] if 2 * twice > COUNT / 2 else [])
