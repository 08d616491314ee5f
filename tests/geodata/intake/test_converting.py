"""Text into typed values: what is read, what is refused, what stays unknown."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from geodata.intake.converting import Reading, convert
from geodata.tables import table, tables


def _converted(name, column, *texts, reading=None):
    return convert(pd.Series(texts, dtype="str"), table(name).column(column), reading)


def _value(name, column, text, reading=None):
    value = _converted(name, column, text, reading=reading).values.iloc[0]
    return None if pd.isna(value) else value


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("8500", 850000),
        ("8,500.5", 850050),
        (" ￥12 ", 1200),
        ("12元", 1200),
        ("12", 1200),
        ("0.1", 10),
    ],
)
def test_money_is_stored_in_fen(text, fen):
    assert _value("household", "per_capita_income", text.strip()) == fen


def test_money_in_ten_thousand_yuan_is_scaled():
    assert _value("household", "per_capita_income", "1.25", Reading(factor=10_000)) == 1_250_000


def test_unit_in_a_cell_is_turned_into_that_of_the_column_and_told():
    found = _converted("household", "per_capita_income", "1万")
    assert found.values.tolist() == [1_000_000]
    assert found.faults["unit_converted"].all()


@pytest.mark.parametrize("text", ["1斤", "万", "abc", "inf", "nan", "1.2.3", "一千"])
def test_text_that_is_no_number_is_unknown_and_reported(text):
    found = _converted("household", "per_capita_income", text)
    assert found.values.isna().all()
    assert found.faults["not_a_number"].all()


@pytest.mark.parametrize("text", ["", "-", "—", "/", "NULL"])
def test_missing_is_unknown_and_no_fault(text):
    found = _converted("household", "per_capita_income", text)
    assert found.values.isna().all()
    assert found.faults == {}


@pytest.mark.parametrize(
    ("text", "fault"), [("12", None), ("13", "out_of_range"), ("0", None), ("-1", "out_of_range")]
)
def test_bounds_of_months_worked_are_inclusive(text, fault):
    assert list(_converted("person", "work_months", text).faults) == ([fault] if fault else [])


def test_unusual_value_is_kept_and_reported():
    found = _converted("work", "monthly_wage", "30000", "30000.01", "100", "99.99")
    assert found.values.tolist() == [3000000, 3000001, 10000, 9999]
    assert found.faults["unusual"].tolist() == [False, True, False, True]


def test_half_a_person_is_not_whole():
    assert _converted("household", "members", "2.5").faults["not_whole"].all()


@pytest.mark.parametrize(
    ("text", "month"),
    [("202503", "2025-03"), ("2025-3", "2025-03"), ("2025/03", "2025-03"), ("2025年3月", "2025-03"),
     ("2025-03-31", "2025-03"), ("20250331", "2025-03"), ("2025-03-31 00:00:00", "2025-03"),
     ("202513", None), ("2025", None), ("20250", None), ("三月", None), ("202500", None)],
)  # fmt: skip
def test_month_is_read_or_reported(text, month):
    assert _value("household", "identified_month", text) == month
    assert ("not_a_month" in _converted("household", "identified_month", text).faults) == (
        month is None
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-02-28", (2025, 2, 28)),
        ("20250228", (2025, 2, 28)),
        ("2025年2月28日", (2025, 2, 28)),
        ("2025-02-29", None),
        ("2025-02", None),
    ],
)
def test_day_is_read_or_reported(text, day):
    expected = datetime.date(*day) if day else None
    assert _value("visit", "day", text) == expected


def test_day_in_the_files_own_form_is_read():
    assert _value("visit", "day", "9/20/2021", Reading(dates="%m/%d/%Y")) == datetime.date(
        2021, 9, 20
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("是", True), ("否", False), ("享受低保", True), ("未享受", False), ("也许", None)],
)
def test_flag_reads_yes_no_and_the_columns_own_words(text, value):
    assert (
        _value("household", "dibao", text) is value or _value("household", "dibao", text) == value
    )


def test_choice_takes_word_code_and_alias_and_keeps_the_unknown():
    found = _converted("household", "risk_1", "因病", "0203", "因灾", "因火星")
    assert found.values.tolist() == ["因病", "因自然灾害-旱灾", "因自然灾害", "因火星"]
    assert found.faults["unknown_choice"].tolist() == [False, False, False, True]


def test_several_choices_come_in_the_order_of_the_list():
    assert _value("person", "health", "残疾,长期慢性病") == "长期慢性病,残疾"
    assert _value("person", "health", "残疾、长期慢性病") == "长期慢性病,残疾"


CODES = [
    (name, column.name)
    for name, entry in tables().items()
    for column in entry.columns.values()
    if column.kind == "code"
]


def test_every_column_that_names_by_code_is_one():
    named = {
        (name, column.name)
        for name, entry in tables().items()
        for column in entry.columns.values()
        if column.name.endswith("_code") and column.kind != "place"
    }
    assert named == set(CODES)


@pytest.mark.parametrize(("name", "column"), CODES)
@pytest.mark.parametrize(
    "written", ["９９００Ａ１", "99 00A1", "9900\u3000A1", "\u200b9900A1", "9900A1\ufeff", "99\u00a000A1"]
)  # fmt: skip
def test_code_is_one_however_wide_or_spaced(name, column, written):
    found = _converted(name, column, "9900A1", written, "", "－")
    assert found.values.dropna().tolist() == ["9900A1", "9900A1"]
    assert found.faults["code_rewritten"].tolist() == [False, True, False, False]
    assert "code_lost_digits" not in found.faults


@pytest.mark.parametrize("written", ["9900001.0", "'9900001", "\u20189900001", "' 9900001.00"])
def test_what_a_spreadsheet_adds_is_no_part_of_a_code(written):
    found = _converted("household", "household_code", written, "9900001", "1.2.0")
    assert found.values.tolist() == ["9900001", "9900001", "1.2.0"]
    assert found.faults["code_rewritten"].tolist() == [True, False, False]


@pytest.mark.parametrize("written", ["Mlani Msyasya", "Énéas José", "Иван Иванов"])
def test_a_space_between_words_of_an_alphabet_is_no_slip(written):
    found = _converted("household", "household_code", written, "9900 01", "甲 乙", "A 1")
    assert found.faults["code_rewritten"].tolist() == [False, True, True, True]


@pytest.mark.parametrize("text", ["9.90E+12", "9.9e12", "9E+12", "９．９Ｅ＋１２"])
def test_code_that_lost_its_digits_is_unknown(text):
    found = _converted("household", "household_code", text, "9900000000001")
    assert found.values.isna().tolist() == [True, False]
    assert found.faults["code_lost_digits"].tolist() == [True, False]


def test_plain_codes_stay_as_they_are():
    found = _converted("household", "household_code", "H1", "99-0001", "0012", "青龙1")
    assert found.values.tolist() == ["H1", "99-0001", "0012", "青龙1"]
    assert found.faults == {}


def test_code_in_scientific_form_is_refused():
    assert _converted("household", "place_code", "9.90101E+11").faults["not_a_code"].all()


def test_values_of_a_mapping_replace_all_others():
    reading = Reading(values={"1": True, "2": False, "": None})
    found = _converted("household", "water_solved", "1", "2", "3", "", reading=reading)
    assert found.values.astype(object).where(found.values.notna(), None).tolist() == [
        True,
        False,
        None,
        None,
    ]
    assert found.faults["unmapped_value"].tolist() == [False, False, True, False]
