"""Periods as sortable text: year `2025`, quarter `2025Q3` or month `2025-03`."""

from __future__ import annotations

import calendar
import datetime
import re

_PATTERNS = (
    ("month", re.compile(r"^(\d{4})\s*(?:[-/.年]|)\s*(0?[1-9]|1[0-2])\s*月?$")),
    ("quarter", re.compile(r"^(\d{4})\s*年?\s*[-]?(?:Q|第)?([1-4])(?:季度?|(?<=Q[1-4]))$", re.I)),
    ("year", re.compile(r"^(\d{4})\s*年?(?:度)?$")),
)


def parse_period(text: str) -> str:
    """Return the sortable key of a year, quarter or month; raises ValueError for anything else.

    Read are 2025, 2025年, 2025Q3, 2025年3季度, 2025-03, 2025/3, 202503 and 2025年3月.
    """
    cleaned = text.strip()
    for kind, pattern in _PATTERNS:
        match = pattern.match(cleaned)
        if not match:
            continue
        if kind == "month":
            return f"{match[1]}-{int(match[2]):02d}"
        return f"{match[1]}Q{match[2]}" if kind == "quarter" else match[1]
    raise ValueError(f"{text!r} is not a year, quarter or month such as 2025, 2025Q3 or 2025-03")


def parse_month(text: str) -> str:
    """Return a month as YYYY-MM; raises ValueError when the text is not a month."""
    period = parse_period(text)
    if kind_of(period) != "month":
        raise ValueError(f"{text!r} is not a month such as 2025-03")
    return period


def kind_of(period: str) -> str:
    """Return year, quarter or month for a period key."""
    return {4: "year", 6: "quarter", 7: "month"}[len(period)]


def shift_month(month: str, count: int) -> str:
    """Return the month `count` months later (earlier when negative)."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def months_until(month: str, count: int) -> tuple[str, ...]:
    """Return `count` consecutive months that end with `month`."""
    return tuple(shift_month(month, back) for back in range(1 - count, 1))


def last_day(month: str) -> datetime.date:
    """Return the last day of a month, the day as of which its figures hold."""
    year, number = int(month[:4]), int(month[5:])
    return datetime.date(year, number, calendar.monthrange(year, number)[1])
