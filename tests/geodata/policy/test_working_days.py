from __future__ import annotations

import datetime

import pytest

from geodata.errors import ThemeError
from geodata.policy.working_days import CALENDAR_FILE, WorkCalendar, read_calendar


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2024-02-29", True),  # a leap day, a Thursday
        ("2026-02-14", True),  # a Saturday moved into the week before the Spring Festival
        ("2026-02-23", False),  # a Monday that was moved to a Saturday
        ("2026-02-28", True),
        ("2026-03-01", False),
        ("2026-10-01", False),
    ],
)
def test_a_moved_holiday_is_worked_on_as_its_notice_says(day, worked):
    assert WorkCalendar().is_working(_day(day)) is worked


def test_days_are_counted_from_the_day_after_over_a_leap_day_and_a_moved_holiday():
    calendar = WorkCalendar()
    assert calendar.after(_day("2024-02-28"), 2) == _day("2024-03-01")
    # 14 February is worked on, 15 to 23 are not.
    assert calendar.after(_day("2026-02-13"), 2) == _day("2026-02-24")
    assert calendar.after(_day("2026-02-13"), 0) == _day("2026-02-13")


def test_a_year_without_a_notice_has_its_weekdays_and_says_so():
    calendar = WorkCalendar()
    far = _day("2999-01-01")
    assert not calendar.is_published(far)
    assert calendar.is_working(far) is (far.weekday() < 5)
    assert calendar.is_published(_day("2026-12-31"))


@pytest.mark.parametrize("header", ["day,kind,note", "日期,类型,说明"])
def test_a_file_of_the_county_corrects_the_calendar(tmp_path, header):
    rows = f"{header}\n2026-03-02,rest,storm\n2026/03/07,上班,\n,,\n"
    (tmp_path / CALENDAR_FILE).write_text(rows, encoding="utf-8-sig")
    calendar = read_calendar(tmp_path)
    assert not calendar.is_working(_day("2026-03-02"))
    assert calendar.is_working(_day("2026-03-07"))
    assert calendar.after(_day("2026-02-28"), 1) == _day("2026-03-03")
    assert calendar.is_working(_day("2026-03-03"))


def test_every_fault_of_a_damaged_file_is_told_with_row_and_value(tmp_path):
    rows = "day,kind\n2026-02-30,rest\n2026-03-02,half\n2026-03-03,rest\n2026-03-03,work\n"
    file = tmp_path / CALENDAR_FILE
    file.write_text(rows, encoding="utf-8")
    with pytest.raises(ThemeError) as caught:
        read_calendar(tmp_path)
    said = [fault.sentence("en") for fault in caught.value.faults]
    assert len(said) == 3
    for sentence, words in zip(
        said, [("2", "'2026-02-30'"), ("3", "'half'"), ("5", "'2026-03-03'")], strict=True
    ):
        assert str(file) in sentence
        assert f"row {words[0]}" in sentence
        assert words[1] in sentence


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"when,what\n", b""])
def test_a_file_of_another_form_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / CALENDAR_FILE).write_bytes(content)
    with pytest.raises(ThemeError) as caught:
        read_calendar(tmp_path)
    assert CALENDAR_FILE in caught.value.sentence("zh")
    assert "{" not in caught.value.sentence("zh")
