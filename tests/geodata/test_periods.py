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


@pytest.mark.parametrize("count", [-25, -12, -1, 0, 1, 11, 12, 13])
@pytest.mark.parametrize("month", ["2025-01", "2024-02", "1999-12"])
def test_a_month_is_shifted_as_the_calendar_has_it(month, count):
    step, day = (1 if count > 0 else -1), datetime.date.fromisoformat(f"{month}-15")
    for _ in range(abs(count)):
        day += datetime.timedelta(days=30 * step)
        day = day.replace(day=15)
    assert periods.shift_month(month, count) == day.isoformat()[:7]


def test_months_until_are_as_many_as_asked_for():
    assert periods.months_until("2025-03", 1) == ("2025-03",)
    assert periods.months_until("2025-03", 0) == ()
    assert len(periods.months_until("2025-03", 37)) == 37


@pytest.mark.parametrize(
    ("period", "kind"), [("2025", "year"), ("2025Q3", "quarter"), ("2025-03", "month")]
)
def test_only_a_month_is_read_as_a_month(period, kind):
    assert periods.kind_of(period) == kind
    if kind == "month":
        assert periods.parse_month("2025年3月") == "2025-03"
    else:
        with pytest.raises(ValueError, match="is not a month"):
            periods.parse_month(period)


@pytest.mark.parametrize(
    ("month", "day"), [("2025-02", 28), ("2024-02", 29), ("2025-04", 30), ("2025-12", 31)]
)
def test_the_last_day_of_a_month_is_that_of_the_calendar(month, day):
    assert periods.last_day(month) == datetime.date(int(month[:4]), int(month[5:]), day)
