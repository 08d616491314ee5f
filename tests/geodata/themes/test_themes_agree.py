"""What rules of one theme say of a household does not contradict what else is known of it."""

from __future__ import annotations

import re
from itertools import product

import pytest

from geodata.policy import load_policy
from geodata.rules.case import Case, run_cases
from geodata.rules.example import Example, find_differences
from geodata.themes import own_themes

_THEMES = {theme.key: theme for theme in own_themes()}
_CANDIDATES = [rule.key for rule in _THEMES["assistance"].rules if rule.key.endswith("_candidate")]
_LINES = {
    "aid.dibao_line": 6000,
    "aid.margin_line": 9000,
    "aid.rigid_line": 8000,
    "aid.rigid_spending": 1000,
}


def _yes(given, rules):
    """Return the rules of assistance and households, by number, that are answered yes."""
    theme = _THEMES["assistance"]
    cases = [
        Case(rule, str(number), household, "yes", _LINES, "2026-01")
        for number, household in given.items()
        for rule in rules
    ]
    told = run_cases(cases, theme.rules_by_key, theme.feature_sets, theme.features, load_policy())
    return {(one.case.rule, int(one.case.name)) for one in told if one.passed}


@pytest.mark.parametrize("candidate", _CANDIDATES)
def test_a_candidate_for_a_list_would_stand_rightly_on_it(candidate):
    listed = f"on_{candidate.removesuffix('_candidate')}"
    reviews = [
        rule.key
        for rule in _THEMES["assistance"].rules
        if rule.kind == "record" and re.search(rf"\b{listed}\b", rule.scope)
    ]
    lists = {"on_assistance": False, "on_dibao": False, "on_margin": False, "on_rigid": False}
    spent = product((0, 5000, 7000, 20_000), (0, 500, 1000, 3000, 15_000))
    given = {
        number: {
            **lists,
            "persons": 2,
            "income_per_person": income,
            "rigid_per_person": rigid,
            "rigid_expense": 2 * rigid,
            "after_rigid_per_person": income - rigid,
        }
        for number, (income, rigid) in enumerate(spent)
    }
    named = [number for _, number in _yes(given, [candidate])]
    assert named
    assert reviews
    assert _yes({number: given[number] | {listed: True} for number in named}, reviews) == set()


@pytest.mark.parametrize("months", [None, 0, 12])
@pytest.mark.parametrize("labour", ["普通劳动力", "弱劳动力或半劳动力", "无劳动力", None])
def test_whoever_holds_a_public_post_is_employed(labour, months):
    holder = {"person_code": "1", "labour": labour, "schooling": "非在校生", "work_months": months}
    other = {"person_code": "2", "labour": "普通劳动力", "work_months": 0}
    example = Example(
        "holds a post",
        household={"relocated": True},
        tables={
            "person": [holder, other],
            "public_post": [{"person_code": "1", "item": "村级公益岗", "start_month": "2021-01"}],
        },
        features={"relocation_household": {"holders": 1.0, "employed": 1.0}},
        answers={"nobody_employed": False},
    )
    theme = _THEMES["relocation"]
    found = find_differences(example, theme.rules_by_key, theme.feature_sets, load_policy())
    assert found == ()
