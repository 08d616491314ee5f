"""Every list and every column of it against last month: renumbered, slipped, emptied, turned round, all one value."""

from __future__ import annotations

import functools

import pandas as pd
import pytest

from geodata.config import ImportSettings
from geodata.intake.combining import POINT
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues, sentences
from geodata.intake.landing import as_arrow
from geodata.intake.lastmonth import Before, check_against
from geodata.store import SnapshotStore, new_snapshot
from tests.geodata.intake.test_repeats import (
    MONTHS,
    SCHEMA,
    SHEET,
    UNDATED,
    combined,
    part_of,
    rows_of,
)

COUNT, TOWNSHIPS = 120, ("990101100", "990101101")
LISTS = UNDATED
CODED = [
    table
    for table in LISTS
    if any(table.column(name).kind == "code" for name in table.key)
    # Of two columns it cannot be said which of them slipped.
    if table.name not in ("low_income", "supply_zone")
]


def _placed(rows, table):
    """Return rows half of which lie in each of two townships."""
    if not _in_townships(table):
        return rows
    places = [f"{TOWNSHIPS[at % 2]}{200 + at}" for at in range(len(rows.frame))]
    rows.frame = rows.frame.assign(place_code=pd.Series(places, rows.frame.index, dtype="str"))
    return rows


def _in_townships(table):
    return "place_code" in table.columns and "place_code" not in table.key


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Return how a list stood in the month before, stored once for all tests."""
    store = tmp_path_factory.mktemp("before")

    @functools.cache
    def stored(name):
        table = SCHEMA.tables[name]
        with new_snapshot(store / name, MONTHS[0]) as writer:
            rows = as_arrow(_placed(rows_of(table, MONTHS[0], COUNT), table), MONTHS[0])
            writer.write_table(name, rows, sort=list(table.key))
            snapshot = writer.commit(who="li", at="2025-05-01T00:00:00", facts={}).snapshot
        files = {name: SnapshotStore(store / name).files(snapshot, name)}
        return EarlierMonths([EarlierMonth(MONTHS[0], files)])

    return lambda table: _Compared(table, stored(table.name))


class _Compared:
    """A table in two months, the later of which is changed."""

    def __init__(self, table, months):
        self.table, self.months = table, months
        self.rows = _placed(rows_of(table, MONTHS[1], COUNT), table)

    def change(self, **columns):
        frame = self.rows.frame
        for name, values in columns.items():
            frame[name] = pd.Series(values, frame.index).astype(frame[name].dtype)
        return self

    def told(self):
        """Return the kinds of faults, and what is told of the county and of townships."""
        issues = Issues(SCHEMA.tables)
        faults = check_against(
            Before(self.months),
            {self.table.name: self.rows},
            ImportSettings(),
            names={},
            villages={},
            issues=issues,
        )
        listed = issues.frame()
        said = sentences(listed, SCHEMA.tables, "zh")
        assert all("{" not in sentence for sentence in said["sentence"])
        assert all("{" not in fault.sentence for fault in faults)
        assert all(fault.file == SHEET.file for fault in faults)
        return [fault.kind for fault in faults], listed


def _columns(table):
    return [
        one
        for one in table.columns.values()
        if one.name not in table.key and not one.derived and one.kind != "place"
    ]


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_nothing_is_told_of_a_list_that_moved_on(before, table):
    faults, listed = before(table).told()
    assert not faults
    assert not set(listed["check"]) & {
        "column_changed",
        "column_changed_there",
        "column_emptied_there",
        "column_one_value",
        "answers_one_value",
        "keys_changed",
    }


@pytest.mark.parametrize("table", CODED, ids=lambda table: table.name)
def test_a_list_that_was_numbered_anew_is_refused(before, table):
    compared = before(table)
    codes = [name for name in table.key if table.column(name).kind == "code"]
    fresh = {name: [f"88{value}" for value in compared.rows.frame[name]] for name in codes}
    compared.change(**fresh)
    compared.rows.frame.index = pd.Index([f"88{key}" for key in compared.rows.frame.index])
    piece = compared.rows._pieces[0]
    piece.frame.index = compared.rows.frame.index
    assert compared.told()[0] == ["renumbered"]


@pytest.mark.parametrize("table", CODED, ids=lambda table: table.name)
def test_a_list_whose_codes_slipped_by_a_row_is_refused(before, table):
    compared = before(table)
    frame = compared.rows.frame
    others = [one.name for one in _columns(table)]
    compared.change(**{name: [*frame[name].iloc[1:], frame[name].iloc[0]] for name in others})
    faults, listed = compared.told()
    assert faults == ["slipped"] or "column_changed" in set(listed["check"])
    if table.name in ("household", "person", "works"):
        assert faults == ["slipped"]


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_every_column_that_a_township_left_empty_is_told(before, table):
    compared = before(table)
    frame = compared.rows.frame
    if not _in_townships(table):
        return
    here = frame["place_code"].str.startswith(TOWNSHIPS[0])
    names = [one.name for one in _columns(table)]
    compared.change(**{name: frame[name].mask(here) for name in names})
    listed = compared.told()[1]
    told = listed[listed["check"] == "column_emptied_there"]
    assert set(told["header"]) == {table.column(name).label("zh") for name in names}
    assert set(told["place_code"]) == {TOWNSHIPS[0]}


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_no_column_is_empty_of_a_township_that_only_other_files_name(before, table):
    compared, part = before(table), part_of(table, MONTHS[1], COUNT)
    named = part.frame[[*table.key, "sheet_number", "row"]].assign(sheet_number=1)
    others = Part(table, named, {name: name for name in table.key}, main=False)
    own = Part(table, part.frame[part.frame["row"] % 2 == 0], part.headers, main=True)
    compared.rows = _placed(combined(table, [others, own]), table)
    faults, listed = compared.told()
    assert not faults
    assert not {"column_emptied_there", "column_changed_there"} & set(listed["check"])


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_every_column_of_one_value_is_told(before, table):
    compared = before(table)
    frame = compared.rows.frame
    # All may be of one day or month.
    names = [one.name for one in _columns(table) if one.kind not in ("day", "month")]
    compared.change(**{name: [frame[name].iloc[1]] * COUNT for name in names})
    faults, listed = compared.told()
    told = set(
        listed[listed["check"].isin(["column_changed", "column_one_value", "answers_one_value"])][
            "header"
        ]
    )
    assert faults or told == {table.column(name).label("zh") for name in names}


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_every_flag_that_was_turned_round_is_told_of_county_and_township(before, table):
    flags = [one.name for one in _columns(table) if one.kind == "flag"]
    if not flags:
        return
    turned = before(table)
    turned.change(**{name: ~turned.rows.frame[name] for name in flags})
    faults, listed = turned.told()
    headers = {table.column(name).label("zh") for name in flags}
    assert faults or headers <= set(listed[listed["check"] == "column_changed"]["header"])
    if not _in_townships(table):
        return
    there = before(table)
    frame = there.rows.frame
    here = frame["place_code"].str.startswith(TOWNSHIPS[1])
    there.change(**{name: frame[name].mask(here, ~frame[name]) for name in flags})
    listed = there.told()[1]
    assert headers == set(listed[listed["check"] == "column_changed_there"]["header"])


def _numbers(table, *kinds):
    return [
        one.name
        for one in _columns(table)
        if one.kind in kinds and one.name not in POINT and not one.unit_of
    ]


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_rows_that_became_so_many_times_what_they_were_are_told_each(before, table):
    compared = before(table)
    names = _numbers(table, "money", "number", "count")
    values = compared.rows.frame[names].copy()
    values.iloc[60:90] = values.iloc[60:90] * 10
    listed = compared.change(**{name: values[name] for name in names}).told()[1]
    told = listed[listed["check"].isin(["same_times", "own_shift"])]
    # What changes in every third row by itself is not ten times what it was.
    wanted = {row + 1 for row in range(60, 90) if row % 3}
    for name in names:
        assert set(told[told["column"] == name]["row"]) >= wanted


@pytest.mark.parametrize("table", LISTS, ids=lambda table: table.name)
def test_rows_that_became_so_much_more_are_told_each(before, table):
    compared = before(table)
    names, rows = _numbers(table, "money"), [at for at in range(COUNT) if at % 3]
    values = compared.rows.frame[names].copy()
    values.iloc[rows] = values.iloc[rows] + 3_000
    listed = compared.change(**{name: values[name] for name in names}).told()[1]
    told = listed[listed["check"] == "same_more"]
    for name in names:
        assert set(told[told["column"] == name]["row"]) == {row + 1 for row in rows}
