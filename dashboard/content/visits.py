"""The visit list: which households to see, why, and what to look at, by village and helper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.texts import text
from geodata.escaping import plain_text
from geodata.rules import Rule

# A list that somebody carries: more is printed village by village.
LONGEST = 300
_REASONS = 4
_HEADS = ("household", "reason", "check", "last", "found")


@dataclass(frozen=True)
class Visit:
    """One household to be seen: code, masked head, why, what to check, when it was last seen."""

    code: str
    head: str
    severity: str
    reasons: tuple[str, ...]
    checks: tuple[str, ...]
    last: str


@dataclass(frozen=True)
class VisitGroup:
    """The households of one village that one helper (or nobody) answers for."""

    village: str
    helper: str
    visits: tuple[Visit, ...]

    def titled(self, lang: str) -> str:
        """Return the village, who helps and how many, as it stands over the households."""
        known = {"village": self.village, "helper": self.helper, "count": len(self.visits)}
        return text("visits.group", lang, **known)


@dataclass(frozen=True)
class VisitList:
    """All of one print: title, notes (what it holds, who printed it, the watermark), groups."""

    title: str
    notes: tuple[str, ...]
    groups: tuple[VisitGroup, ...]

    @property
    def count(self) -> int:
        """Return how many households are on the list."""
        return sum(len(group.visits) for group in self.groups)


def visit_heads(lang: str) -> list[str]:
    """Return the heads of the columns of a visit list."""
    return [text(f"visits.{name}", lang) for name in _HEADS]


def visit_groups(
    households: pd.DataFrame,
    flags: pd.DataFrame,
    rules: Mapping[str, Rule],
    *,
    village: Callable[[str], str],
    lang: str,
) -> tuple[VisitGroup, ...]:
    """Return the households (rows of the household list) by village and helper, worst first.

    `flags` are the open findings with household_code, rule and reason; what to check is the
    remedy of each rule, once.
    """
    order = {"high": 0, "medium": 1, "low": 2}
    by_household: dict[str, list[tuple[Rule, str]]] = {}
    for code, key, reason in flags[["household_code", "rule", "reason"]].itertuples(index=False):
        if key in rules:
            by_household.setdefault(code, []).append((rules[key], reason))
    groups: dict[tuple[str, str], list[Visit]] = {}
    nobody = text("visits.no_helper", lang)
    row: Any
    for row in households.itertuples(index=False):
        broken = sorted(
            by_household.get(row.household_code, []), key=lambda one: order[one[0].severity]
        )
        helper = nobody if pd.isna(row.helper) else str(row.helper).replace(",", "、")
        visit = _visit(row, broken, lang)
        groups.setdefault((row.place_code, plain_text(helper, 60)), []).append(visit)
    return tuple(
        VisitGroup(plain_text(village(place), 40), helper, tuple(visits))
        for (place, helper), visits in groups.items()
    )


def _visit(row: Any, broken: list[tuple[Rule, str]], lang: str) -> Visit:
    checks = dict.fromkeys(plain_text(rule.remedy[lang], 80) for rule, _ in broken)
    days = row.days_since_visit
    never = text("visits.not_in_a_year", lang)
    last = never if pd.isna(days) else text("visits.days_ago", lang, days=int(days))
    head = "" if pd.isna(row.head_name) else plain_text(row.head_name, 20)
    return Visit(
        plain_text(row.household_code, 40),
        head,
        broken[0][0].severity if broken else "",
        tuple(plain_text(reason, 120) for _, reason in broken[:_REASONS]),
        tuple(checks)[:_REASONS],
        last,
    )
