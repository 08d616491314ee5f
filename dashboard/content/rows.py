"""The cells of the household list: the same on the page, in a workbook and on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.texts import text
from geodata.escaping import plain_text
from geodata.i18n import parted
from geodata.rules import Rule
from geodata.tables import enumeration

Cell = str | float | None
_SEVERITIES = ("high", "medium", "low")
_TITLES_SHOWN = 2


@dataclass(frozen=True)
class ListColumn:
    """A column of the list: its name, kind (code, name, text or number), and what it is sorted by."""

    name: str
    kind: str = "text"
    sort: str = ""


COLUMNS = {
    column.name: column
    for column in (
        ListColumn("code", "code", "household_code"),
        ListColumn("head"),
        ListColumn("village", "name", "place_code"),
        ListColumn("persons", "number", "-persons"),
        ListColumn("income", "number", "income_per_person"),
        ListColumn("category"),
        ListColumn("visited", "number", "-unvisited_days"),
        ListColumn("helper", "text", "helper"),
        ListColumn("site"),
        ListColumn("zone"),
        ListColumn("findings", "text", "-score"),
    )
}
DEFAULT = ("code", "head", "village", "income", "visited", "helper", "findings")


@dataclass(frozen=True)
class HouseholdRows:
    """What turns rows of the household list into cells, in one language.

    `name_of` names a place; `rule` is the rule that the list is filtered by, told first.
    """

    rules: Mapping[str, Rule]
    name_of: Callable[[str], str]
    lang: str
    rule: str = ""

    def titles(self, names: Sequence[str]) -> list[str]:
        """Return the titles of columns."""
        return [text(f"households.{name}", self.lang) for name in names]

    def cells(self, row: Any, names: Sequence[str], *, findings: int = _TITLES_SHOWN) -> list[Cell]:
        """Return the cells of one row (a named tuple with the household code as Index).

        A number that is not known is None. At most `findings` titles of rules are told.
        """
        known: dict[str, Callable[[], Cell]] = {
            "code": lambda: plain_text(row.Index, 40),
            "head": lambda: self._text(row.head_name),
            "village": lambda: plain_text(self.name_of(row.place_code), 20),
            "persons": lambda: _number(row.persons),
            "income": lambda: _number(row.income_per_person),
            "category": lambda: self._category(row.monitored_category),
            "visited": lambda: _number(row.days_since_visit),
            "helper": lambda: self._text(row.helper) or None,
            "site": lambda: self._text(row.site_code),
            "zone": lambda: self._text(row.zone_code),
            "findings": lambda: self._findings(row.rules, findings),
        }
        return [known[name]() for name in names]

    def broken(self, keys: str) -> list[Rule]:
        """Return the rules of a list of keys, the one asked for first, then worst first."""
        rules = [self.rules[key] for key in keys.split(",") if key in self.rules]
        return sorted(rules, key=lambda rule: (rule.key != self.rule, _rank(rule)))

    def severity(self, row: Any) -> str:
        """Return the worst severity among a row's findings; empty without one."""
        return min((rule.severity for rule in self.broken(row.rules)), key=_order, default="")

    def _findings(self, keys: str, shown: int) -> str:
        broken = self.broken(keys)
        said = plain_text(
            parted((rule.title[self.lang] for rule in broken[:shown]), self.lang), 400
        )
        more = len(broken) - shown
        return said + (text("households.more", self.lang, count=more) if more > 0 else "")

    def _category(self, value: Any) -> str:
        if pd.isna(value):
            return text("households.not_monitored", self.lang)
        return enumeration("monitored_category").label(str(value), self.lang)

    def _text(self, value: Any) -> str:
        if pd.isna(value):
            return ""
        return plain_text(str(value).replace(",", "、"), 60)


def _order(severity: str) -> int:
    return _SEVERITIES.index(severity)


def _rank(rule: Rule) -> int:
    return _order(rule.severity)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
