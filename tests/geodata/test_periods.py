from __future__ import annotations

import datetime

import pytest

from geodata import periods


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
