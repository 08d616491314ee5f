from __future__ import annotations

import datetime

import pytest

from geodata import codes, periods


def test_code_v11_is_a_township_200_and_a_recoded_village():
    code = "522632210500"
    assert codes.level_of(code) == "village"
    assert codes.at_level(code, "county") == "522632"
    assert codes.parent_of(code) == "522632210"
    assert codes.is_within(code, "5226")


@pytest.mark.parametrize("text", ["", "5", "52263", "52263221050", "5226322105OO", "５２２６３２"])
def test_text_that_is_no_code_is_refused(text):
    assert not codes.is_code(text)
    with pytest.raises(ValueError, match="does not have"):
        codes.level_of(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("2025Q3", "2025Q3"),
        ("2025年3季度", "2025Q3"),
        ("2025年第3季度", "2025Q3"),
        ("202503", "2025-03"),
        ("2025-3", "2025-03"),
        ("2025/12", "2025-12"),
        ("2025年03月", "2025-03"),
    ],
)
def test_period_is_read_in_the_usual_spellings(text, period):
    assert periods.parse_period(text) == period


@pytest.mark.parametrize("text", ["", "25", "202513", "2025-00", "2025Q5", "13", "2025-03-01"])
def test_text_that_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="is not a year"):
        periods.parse_period(text)


def test_months_until_crosses_the_new_year():
    assert periods.months_until("2026-02", 4) == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert periods.last_day("2024-02") == datetime.date(2024, 2, 29)
