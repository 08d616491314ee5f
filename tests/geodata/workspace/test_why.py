"""A cause is told of those whom a figure counts, with how many of them, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from geodata.periods import last_day
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.evidence import Evidence, Months
from geodata.workspace.why import Why, explain_place

pytestmark = pytest.mark.xdist_group("sampled")
_TOLD = re.compile(r"^计入的 ([\d,]+) \S+中，([\d,]+) \S+?")


@pytest.fixture(scope="module")
def county(counties) -> Workspace:
    return open_workspace(counties.built_sample().setup.config.folder)


@pytest.fixture(scope="module")
def evidence(county: Workspace) -> Evidence:
    evidence = Months(county.setup, county.cube).at(county.months[-1])
    assert evidence is not None
    return evidence


def told(evidence: Evidence, level: str, count: int) -> Iterator[tuple[Why, str]]:
    """Yield the reasons of every indicator in some places, and the line of a cause or nothing."""
    places = [place for place, known in evidence.levels.items() if known == level][:count]
    for key in evidence.indicators:
        for place in places:
            why = explain_place(evidence, place, indicator=key, lang="zh")
            yield why, next((line for line in why.lines if line.startswith("计入的")), "")


@pytest.mark.parametrize(("level", "count"), [("county", 1), ("township", 2), ("village", 3)])
def test_a_cause_is_about_those_counted_and_no_tautology(evidence, level, count):
    least = evidence.setup.policy.at("why.least_share", "", last_day(evidence.built.month)).value
    causes = 0
    for why, line in told(evidence, level, count):
        assert not any("主要原因" in one or "主要问题" in one for one in why.lines)
        if not line:
            continue
        shown = evidence.indicators[why.indicator]
        match = _TOLD.match(line)
        assert match is not None, line
        base, part = (int(number.replace(",", "")) for number in match.groups())
        figure = evidence.ranks(shown, level).at[why.place, "numerator"]
        assert base == figure, why.indicator
        assert least * base <= 100 * part <= 100 * base
        rule = next(one for one in evidence.setup.rules.values() if line.endswith(one.title["zh"]))
        assert rule.subject == shown.lists
        assert shown.rules != (rule.key,)
        assert part == evidence.found_among(why.place, shown)[rule.key]
        causes += 1
    assert causes or level == "village"


def test_each_row_of_the_rules_says_its_own_unit(evidence):
    place = next(iter(evidence.levels))
    why = explain_place(evidence, place, lang="zh")
    rules = evidence.setup.rules
    assert why.rules["rule"].map(lambda key: rules[key].subject).nunique() > 2
    for row in why.rules.itertuples():
        assert row.found == f"{row.yes:,.0f} {rules[row.rule].about.count}"


@pytest.mark.parametrize(("level", "count"), [("county", 1), ("village", 2)])
def test_what_is_due_is_due_by_the_theme_of_the_indicator(evidence, level, count):
    rules, due = evidence.setup.rules.values(), 0
    for why, _ in told(evidence, level, count):
        theme = evidence.indicators[why.indicator].theme
        foreign = [rule.title["zh"] for rule in rules if rule.theme != theme]
        lines = [one for one in (*why.lines, *why.details) if "限期事项：" in one]
        assert not [title for title in foreign for line in lines if title in line]
        due += bool(lines)
    assert due
