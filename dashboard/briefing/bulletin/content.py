"""A bulletin as sentences and tables, each with the addresses of the views that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

# Where papers lie in a workspace when no other folder is named.
FOLDER = Path("briefings") / "bulletins"
PERIODS = ("week", "month", "quarter", "year")


@dataclass(frozen=True)
class Line:
    """One sentence, and the addresses of the views whose answers it tells."""

    text: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulletinTable:
    """A table with its title, heads and rows as written, and the views its numbers are answers of."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of a bulletin under one heading; `method` says how its order was made, where there is one."""

    key: str
    title: str
    lines: tuple[Line, ...]
    table: BulletinTable | None = None
    method: str = ""


@dataclass(frozen=True)
class Bulletin:
    """One bulletin before it is issued.

    `since` is the day of the issue before, None for the first; `late` that it tells of data which came
    after that issue and about its month. `told` is what the next one is compared with.
    """

    kind: str
    place: str
    name: str
    number: int
    day: date
    since: date | None
    month: str
    lang: str
    title: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    late: bool
    by: str
    told: Mapping[str, Any]

    @property
    def file_name(self) -> str:
        """Return the name of its paper without an ending; nothing about a person is in it."""
        return f"bulletin-{self.kind}-{self.place}-{self.day:%Y%m%d}-{self.number}"


def span_of(kind: str, day: date) -> date:
    """Return the first day of the week (from Monday), month, quarter or year that a day lies in."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)
