"""Every number, choice and event column: zeros, one value or a lost kind are told, a month's changes are not."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from geodata.config import ImportSettings
from geodata.intake.distributions import check_distributions
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.issues import Issues, sentences
from geodata.intake.landing import as_arrow
from geodata.intake.layouts import NUMBERS
from geodata.store import SnapshotStore, new_snapshot
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

COUNT, TOWNSHIPS = 400, {"990101100": "甲乡", "990101101": "乙乡"}


def _rows(table, month, **columns):
    """Return rows of a month, half of them in each of two townships, some columns overwritten."""
    part = part_of(table, month, COUNT)
    if "place_code" in part.frame and "place_code" not in table.key:
        places = [f"{[*TOWNSHIPS][at % 2]}{200 + at % 20}" for at in range(COUNT)]
        part.frame["place_code"] = pd.Series(places).astype("str")
    for name, values in columns.items():
        part.frame[name] = pd.Series(values).astype(part.frame[name].dtype)
    return combined(table, [part])


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    """Return the two months before for a table, each stored once."""
    store = tmp_path_factory.mktemp("months")

    @functools.cache
    def stored(name):
        table, found = SCHEMA.tables[name], []
        for month in MONTHS[:2]:
            with new_snapshot(store / name, month) as writer:
                writer.write_table(name, as_arrow(_rows(table, month), month), sort=[*table.key])
                snapshot = writer.commit(who="li", at="2025-05-01T00:00:00", facts={}).snapshot
            files = {name: SnapshotStore(store / name).files(snapshot, name)}
            found.insert(0, EarlierMonth(month, files))
        return found

    return stored


def _told(months, table, **columns):
    issues = Issues(SCHEMA.tables)
    with EarlierMonths(months(table.name)) as earlier:
        rows = {table.name: _rows(table, MONTHS[2], **columns)}
        check_distributions(rows, earlier, ImportSettings(), names=TOWNSHIPS, issues=issues)
    listed = issues.frame()
    if len(listed):
        said = sentences(listed, SCHEMA.tables, "zh")["sentence"]
        assert "{" not in "".join(said)
    return listed["check"].tolist()


def _plain(table, name):
    return part_of(table, MONTHS[2], COUNT).frame[name]


NUMBERED = [
    (table, column.name)
    for table in TABLES
    for column in table.columns.values()
    if column.kind in NUMBERS and column.name not in table.key
    if not (column.derived or column.sealed or column.unit_of)
]
CHOSEN = [
    (table, column.name)
    for table in TABLES
    for column in table.columns.values()
    if column.kind == "choice" and not column.derived and table.nature == "state"
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_nothing_is_told_of_a_month_like_others(months, table):
    assert _told(months, table) == []


@pytest.mark.parametrize(("table", "name"), NUMBERED, ids=lambda one: getattr(one, "name", one))
def test_zeros_and_a_value_filled_down_are_told(months, table, name):
    values, every = _plain(table, name), np.arange(COUNT)
    assert _told(months, table, **{name: values.mask(every % 3 == 0, 0)}) == ["zeros_more"]
    assert _told(months, table, **{name: values.mask(every < 0.15 * COUNT, 0)}) == []
    filled = values.mask(every < 0.3 * COUNT, values.iloc[77])
    assert _told(months, table, **{name: filled}) == ["value_repeated"]
    if "place_code" in table.columns and "place_code" not in table.key:
        there = values.mask(every % 2 == 0, 0)
        assert _told(months, table, **{name: there}) == ["zeros_more_there"]


@pytest.mark.parametrize(("table", "name"), CHOSEN, ids=lambda one: getattr(one, "name", one))
def test_a_kind_of_each_month_that_is_gone_is_told(months, table, name):
    values = _plain(table, name)
    each = [part_of(table, month, COUNT).frame[name].value_counts() for month in MONTHS[:2]]
    usual = pd.concat(each, axis=1).fillna(0).min(axis=1)
    # What the law renamed is no loss.
    renamed = {one.value for one in table.columns[name].choices.choices if one.successor}
    kinds = usual.index[usual >= 0.06 * COUNT].difference(renamed)
    if len(kinds) > 1:
        lost = values.where(values != kinds[0], kinds[1])
        assert "kind_gone" in _told(months, table, **{name: lost})
