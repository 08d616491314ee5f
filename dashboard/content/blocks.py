"""The parts of a page of text in one language, and values of the county's tables in words.

Nothing here is escaped for a medium: HTML and print each escape what they draw.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from dashboard.texts import CATALOGUE, text
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.tables import Column
from geodata.workspace.life_line import LifeLine

_LONGEST = 120


def shown(value: object, lang: str) -> str:
    """Return a value as people write it; what was not reported is said, never shown as nothing."""
    if value is None or pd.isna(value) or value == "":  # type: ignore[call-overload]
        return text("card.not_reported", lang)
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return text("card.yes" if value else "card.no", lang)
    if isinstance(value, (datetime.date, pd.Timestamp)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        said = f"{float(value):,.2f}".rstrip("0").rstrip(".")  # type: ignore[arg-type]
        return "0" if said in ("-0", "") else said
    return plain_text(value, _LONGEST)


def cell(value: object, column: Column, lang: str) -> str:
    """Return a value of a table's column: choices by their labels, money in yuan."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return text("card.not_reported", lang)
    known = column.choices
    if column.kind == "choice" and known is not None:
        return plain_text(known.label(str(value), lang), _LONGEST)
    if column.kind == "choices" and known is not None:
        return plain_text(listed((known.label(one, lang) for one in str(value).split(",")), lang))
    return shown(float(value) / 100 if column.kind == "money" else value, lang)  # type: ignore[arg-type]


def with_unit(value: object, unit: str, words: Mapping[str, str], lang: str) -> str:
    """Return a feature in words: keys by the theme's words, grades by name, then its unit."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return shown(value, lang)
    if isinstance(value, str):
        return shown(listed((words.get(one, one) for one in value.split(",") if one), lang), lang)
    if unit == "grade":
        return text(f"card.grade_{int(value)}", lang)  # type: ignore[call-overload]
    known = f"card.unit_{unit}" in CATALOGUE
    return shown(value, lang) + (text(f"card.unit_{unit}", lang) if known else f" {unit}".rstrip())


@dataclass(frozen=True)
class Facts:
    """Labels with values."""

    kind: ClassVar[str] = "facts"
    title: str
    pairs: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A small table; `kinds` say text or number for each column.

    `marks` hold a word for each row: bad for a contradiction, unknown, sum, or nothing.
    """

    kind: ClassVar[str] = "grid"
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class BrokenRule:
    """A broken rule: severity, title, why, and what is to be done by whom."""

    severity: str
    title: str
    reason: str
    then: str


@dataclass(frozen=True)
class BrokenRules:
    """Broken rules, worst first, and a note on those that cannot be answered."""

    kind: ClassVar[str] = "findings"
    title: str
    rules: tuple[BrokenRule, ...]
    note: str = ""


@dataclass(frozen=True)
class Life:
    """The life line of a household, and its income by month (index) and titled part (columns)."""

    kind: ClassVar[str] = "life"
    title: str
    line: LifeLine
    amounts: pd.DataFrame = field(repr=False, compare=False)
    lang: str
    note: str = ""


@dataclass(frozen=True)
class Person:
    """One member: `figure` is man, woman or person; `state` working, idle or none; lines of words."""

    figure: str
    state: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Persons:
    """Who lives in the household."""

    kind: ClassVar[str] = "persons"
    title: str
    persons: tuple[Person, ...]
    note: str = ""


Block = Facts | Grid | BrokenRules | Life | Persons


@dataclass(frozen=True)
class CardContent:
    """A household card as data: the gravest fact in a sentence, title, where and when, its blocks."""

    sentence: str
    title: str
    where: str
    blocks: tuple[Block, ...]
