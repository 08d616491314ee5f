"""Which days are worked on: the published calendar of holidays, and what a county's own file corrects."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import chinese_calendar

from geodata.errors import ThemeError
from geodata.escaping import plain_text
from geodata.yaml_entries import Faults

CALENDAR_FILE = "holidays.csv"
_COLUMNS = {"day": ("day", "日期"), "kind": ("kind", "类型")}
_KINDS = {
    **dict.fromkeys(("work", "上班", "工作日"), True),
    **dict.fromkeys(("rest", "放假", "休息日"), False),
}
_DAY = datetime.timedelta(days=1)
_SATURDAY = 5
_LONGEST = 40


@dataclass(frozen=True)
class WorkCalendar:
    """Working days by the yearly notice of holidays; `corrected` says of a day whether it is worked on.

    A year whose notice the calendar does not hold has its Mondays to Fridays, and `is_published` says so.
    """

    corrected: Mapping[datetime.date, bool] = field(default_factory=dict)

    def is_working(self, day: datetime.date) -> bool:
        """Return whether a day is worked on."""
        if day in self.corrected:
            return self.corrected[day]
        if not self.is_published(day):
            return day.weekday() < _SATURDAY
        return bool(chinese_calendar.is_workday(day))

    def is_published(self, day: datetime.date) -> bool:
        """Return whether the notice of the day's year is known, or the county's file names the day."""
        if day in self.corrected:
            return True
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:
            return False
        return True

    def after(self, day: datetime.date, count: int) -> datetime.date:
        """Return the last of so many working days that follow a day; the day itself does not count."""
        for _ in range(count):
            day += _DAY
            while not self.is_working(day):
                day += _DAY
        return day


def read_calendar(folder: Path) -> WorkCalendar:
    """Return the calendar of a workspace with what its file CALENDAR_FILE corrects, if it has one.

    The file has the columns day (日期) and kind (类型): work (上班) or rest (放假). Raises ThemeError
    naming file, row, column and value of everything that cannot be read.
    """
    file = folder / CALENDAR_FILE
    if not file.is_file():
        return WorkCalendar()
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.reader(opened, strict=True))
    except (OSError, ValueError, csv.Error) as problem:
        raise ThemeError("policy.calendar_unread", file=file) from problem
    header = [cell.strip() for cell in rows[0]] if rows else []
    places = {}
    for name, known in _COLUMNS.items():
        at = next((at for at, cell in enumerate(header) if cell in known), None)
        if at is None:
            raise ThemeError("policy.calendar_columns", file=file, missing="/".join(known))
        places[name] = at
    return WorkCalendar(_corrections(file, rows, places))


def _corrections(
    file: Path, rows: list[list[str]], places: Mapping[str, int]
) -> dict[datetime.date, bool]:
    corrected: dict[datetime.date, bool] = {}
    faults = Faults()
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        if not any(cell.strip() for cell in row):
            continue
        with faults:
            day = _day(file, number, cells["day"])
            kind = _KINDS.get(cells["kind"])
            if kind is None:
                raise _fault("kind", file, number, cells["kind"])
            if corrected.setdefault(day, kind) != kind:
                raise _fault("twice", file, number, cells["day"])
    faults.tell()
    return corrected


def _day(file: Path, row: int, cell: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(cell.replace("/", "-"))
    except ValueError as problem:
        raise _fault("day", file, row, cell) from problem


def _fault(key: str, file: Path, row: int, value: str) -> ThemeError:
    told = plain_text(value, _LONGEST)
    return ThemeError(f"policy.calendar_{key}", file=file, row=row, value=told)
