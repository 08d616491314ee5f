"""The visit list of what one viewer looks at: whom to see, why, what to look at, by village and helper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard.answers.listing import EVERYONE, list_of, list_text
from dashboard.session.people import People
from dashboard.texts import text
from geodata.access import Request
from geodata.cartography.words import period_text
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


def visit_list(people: People) -> VisitList:
    """Return the households of the list that have findings, by village and helper, worst first.

    More than LONGEST households are not taken, and that is said. The watermark is the audit's.
    """
    state, lang = people.state, people.state.lang
    asked = people.request()
    filters = (*asked.filters, ("findings", "at_least", 1))
    total = people.reader.count(replace(asked, filters=filters))
    order = ("place_code", "helper", "-score", "household_code")
    wanted = replace(asked, filters=filters, order=order, offset=0, limit=LONGEST)
    rows = people.reader.export(wanted, reason="visit list")
    place, level = state.atlas.name(state.place), text(f"atlas.{state.level}", lang)
    if state.selected:
        picked = {"place": place, "count": len(state.selected), "level": level}
        place = text("visits.picked", lang, **picked)
    about = {"place": place, "month": period_text(state.period, lang)}
    counts = text("visits.counts", lang, count=f"{len(rows.frame):,}", total=f"{total:,}")
    if total > LONGEST:
        counts += text("visits.narrow", lang, limit=LONGEST)
    mark = text("visits.watermark", lang, mark=f"{people.actor.name} {rows.watermark}")
    groups = visit_groups(
        rows.frame,
        _flags(people, rows.frame["household_code"]),
        people.county.setup.rules,
        village=people.village,
        lang=lang,
    )
    # Whom it is made of, unless of everybody in the place.
    setup, shown = people.county.setup, state.shown
    if list_of(setup, shown) != EVERYONE:
        counts = text("visits.filters", lang, filters=list_text(setup, shown)) + counts
    notes = (counts, mark) if groups else (text("visits.none", lang),)
    return VisitList(plain_text(text("visits.title", lang, **about)), notes, groups)


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


def _flags(people: People, households: pd.Series) -> pd.DataFrame:
    """Return the open findings of some households with their sentences as `reason`."""
    if households.empty:
        return pd.DataFrame(columns=["household_code", "rule", "reason"])
    filters = (("household_code", "in", tuple(households)), ("answer", "is", "yes"))
    asked = Request("flags", people.place, filters=filters)
    flags = people.reader.rows(asked, leaving=True).frame
    month = people.county.month(people.state.period)
    return flags.assign(reason=month.reasons(flags, people.state.lang))


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
