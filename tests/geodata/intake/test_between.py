"""What tables of one month say of each other, and phones and points, over every table with such a column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.config import Config
from geodata.intake.between import check_between
from geodata.intake.contacts import check_phones
from geodata.intake.converting import pandas_type
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.issues import Issues, sentences
from geodata.intake.layouts import HOUSEHOLD
from geodata.intake.namesbeside import check_names
from geodata.intake.pointsoutside import check_points
from geodata.intake.readers import SourceTable
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, TABLES, combined, part_of

COUNT = 30
OF_PERSONS = [one for one in TABLES if "person_code" in one.columns and one.name != "person"]
OF_HOUSEHOLDS = [
    layout
    for layout in SCHEMA.layouts
    if HOUSEHOLD in layout.tables[0].columns
    and layout.tables[0].name not in ("household", "person")
]
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
    check_between({"household": homes, "measure": measures}, [], issues)
    assert len(_told(issues, "measure_before_identified")) == (COUNT if told else 0)


def test_a_list_with_more_persons_than_the_household_has_is_told():
    homes, codes = _households(members=[2, None] + [3] * (COUNT - 2))
    listed = _rows(SCHEMA.tables["low_income"], household_code=codes, persons=3)
    issues = Issues(SCHEMA.tables)
    check_between({"household": homes, "low_income": listed}, [], issues)
    told = _told(issues, "persons_over_members")
    assert told["detail"].tolist() == ["2"]


@pytest.mark.parametrize("table", OF_PERSONS, ids=lambda table: table.name)
def test_a_person_listed_in_another_household_is_told(table):
    persons = _rows(SCHEMA.tables["person"])
    homes, people = (list(persons.frame[name]) for name in (HOUSEHOLD, "person_code"))
    slipped = [homes[0]] * 3 + homes[3:]
    for codes, count in ((homes, 0), (slipped, 2)):
        rows = _rows(table, household_code=codes, person_code=people)
        issues = Issues(SCHEMA.tables)
        check_between({"person": persons, table.name: rows}, [], issues)
        assert len(_told(issues, "person_of_another_household")) == count


@pytest.mark.parametrize("layout", OF_HOUSEHOLDS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("header", ["户主姓名", "姓名"])
def test_names_of_another_household_are_told_with_their_number(layout, header):
    """A column of names counts as well where the table keeps none."""
    homes, codes = _households()
    heads = list(homes.frame["head_name"])
    persons = _rows(SCHEMA.tables["person"], household_code=codes, name=heads)
    rows = _rows(layout.tables[0], household_code=codes)
    rows.frame["sheet_number"] = 0
    hidden = ["张*", "", heads[2].replace("h", " h"), *heads[3:]]
    for names, count in ((heads, None), (hidden, None), ([*heads[1:], heads[0]], str(COUNT))):
        frame = pd.DataFrame({"户编号": codes, header: names}, dtype="str")
        numbers = rows.frame["row"].to_numpy()
        source = SourceTable(Path("表.xlsx"), frame, rows=numbers)
        sheet = DeliveredSheet.of(source, layout, "表.xlsx", "")
        issues = Issues(SCHEMA.tables)
        tables = {"household": homes, "person": persons, layout.tables[0].name: rows}
        check_names(tables, [sheet], issues)
        told = _told(issues, "names_of_others")
        assert list(told["value"]) == ([] if count is None else [count])
        assert not set(heads) & set(told["value"])
