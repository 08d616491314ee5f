"""What tables of one month say of each other, and phones and points, over every table with such a column."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.config import Config
from geodata.intake.between import check_between
from geodata.intake.contacts import check_phones
from geodata.intake.converting import pandas_type
from geodata.intake.issues import Issues, sentences
from geodata.intake.points import check_points
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

COUNT = 30
PHONES = [table for table in TABLES if "phone" in table.columns]
POINTS = [table for table in TABLES if {"longitude", "latitude"} <= set(table.columns)]


def _rows(table, **values):
    """Return rows of a table with the values given in columns, of a list one for each row."""
    part = part_of(table, MONTHS[0], COUNT)
    for name, given in values.items():
        listed = given if isinstance(given, list) else [given] * COUNT
        part.frame[name] = pd.Series(listed).astype(pandas_type(table.column(name)))
        part.headers.setdefault(name, name)
    return combined(table, [part])


def _told(issues, check):
    listed = issues.frame()
    listed = listed[listed["check"] == check]
    said = sentences(listed, SCHEMA.tables, "zh")
    assert "{" not in "".join([*said["sentence"], *said["advice"]])
    return listed


@pytest.mark.parametrize("table", PHONES, ids=lambda table: table.name)
def test_what_is_no_telephone_number_is_told(table):
    good = ["13800001234", "0571-88881234", "138 0000 1234", "12345", "+8613800001234"]
    good += ["13800001234、0571-8888123", "400-800-1234", "１３８００００１２３４", "138****1234"]
    bad = ["1380000123", "138000012345", "13800001234（办）", "没有", "88"]
    filled = good + bad + [None] * (COUNT - len(good) - len(bad))
    issues = Issues(SCHEMA.tables)
    check_phones({table.name: _rows(table, phone=filled)}, issues)
    told = _told(issues, "not_a_phone")
    assert len(told) == len(bad)
    if table.columns["phone"].identifies:
        assert not set(bad[:3]) & set(told["value"])


@pytest.mark.parametrize("table", POINTS, ids=lambda table: table.name)
def test_points_outside_the_county_are_told(table, tmp_path):
    x = [0.0, 12.5, None, 105.0] + [104.0] * (COUNT - 4)
    y = [0.0, 30.0, 30.0, 60.0] + [30.0] * (COUNT - 4)
    issues = Issues(SCHEMA.tables)
    rows = _rows(table, longitude=x, latitude=y)
    check_points({table.name: rows}, Config(folder=tmp_path), issues)
    assert len(_told(issues, "point_outside")) == 3


def _households(**values):
    rows = _rows(SCHEMA.tables["household"], **values)
    return rows, list(rows.frame["household_code"])


@pytest.mark.parametrize(
    ("first", "month", "kind", "told"),
    [
        (None, "2024-05", "一般农户", True),
        ("2023-05", "2024-05", "一般农户", False),
        (None, "2024-05", "脱贫户", False),
        (None, None, "一般农户", False),
        (None, "2024-01", "一般农户", False),
    ],
)
def test_a_measure_before_the_household_was_identified_is_told(first, month, kind, told):
    homes, codes = _households(
        first_identified_month=first, identified_month=month, household_type=kind
    )
    measures = _rows(SCHEMA.tables["measure"], household_code=codes, start_month="2024-01")
    issues = Issues(SCHEMA.tables)
    check_between({"household": homes, "measure": measures}, issues)
    assert len(_told(issues, "measure_before_identified")) == (COUNT if told else 0)


def test_a_list_with_more_persons_than_the_household_has_is_told():
    homes, codes = _households(members=[2, None] + [3] * (COUNT - 2))
    listed = _rows(SCHEMA.tables["low_income"], household_code=codes, persons=3)
    issues = Issues(SCHEMA.tables)
    check_between({"household": homes, "low_income": listed}, issues)
    told = _told(issues, "persons_over_members")
    assert told["detail"].tolist() == ["2"]
