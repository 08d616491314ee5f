"""The figures of a month: what is unknown is missing, what is out of scope is not there."""

from __future__ import annotations

import dataclasses
import datetime
import itertools

import pandas as pd
import pytest

from geodata.figures import Indicator, month_figures
from geodata.quantity import shipped_words
from geodata.rules import Binding, Rule
from geodata.store.embedded import DuckDBEngine
from tests.geodata.rules.test_rule import rule

WORDS = shipped_words()
HOUSEHOLD, PERCENT = WORDS.things["household"], WORDS.units["percent"]
SHARE = Indicator(
    "share",
    {"zh": "甲", "en": "a"},
    "share",
    PERCENT,
    HOUSEHOLD,
    HOUSEHOLD,
    theme="tiny",
    numerator="n",
    denominator="d",
    scope="s",
)
# Every case of known and unknown of scope, numerator and denominator, and of two answers.
CASES = list(
    itertools.product((True, False, None), (3.25, 0.0, None), (4.5, None), (10, 30, None), (0, 1))
)
LINE = 20


def engine(cases: list[tuple]) -> DuckDBEngine:
    rows = [
        (f"h{number}", f"99010100120{place}", scope, n, d, income)
        for number, (scope, n, d, income, place) in enumerate(cases)
    ]
    columns = ["household_code", "place_code", "s", "n", "d", "income"]
    frame = pd.DataFrame(rows, columns=columns)
    kinds = {"s": "boolean", "n": "Float64", "d": "Float64", "income": "Int64"}
    made = DuckDBEngine()
    made.add_rows("tiny_household", frame.astype(kinds))
    return made


def figures(cases: list[tuple], *indicators: Indicator, rules: tuple[Rule, ...] = ()) -> dict:
    known = {one.key: one for one in rules}
    table = month_figures(engine(cases), indicators, known, Binding("2025-06", {"a.line": LINE}))
    return {(row.pop("indicator"), row.pop("place")): row for row in table.to_pylist()}


@pytest.mark.parametrize("place", [0, 1])
def test_sums_are_of_the_subjects_whose_parts_are_both_known(place):
    found = figures(CASES, SHARE)["share", f"99010100120{place}"]
    inside = [case for case in CASES if case[0] and case[4] == place]
    known = [case for case in inside if case[1] is not None and case[2] is not None]
    assert found == {
        "numerator": sum(case[1] for case in known),
        "denominator": sum(case[2] for case in known),
        "missing": len(inside) - len(known),
        "subjects": len(inside),
    }


@pytest.mark.parametrize("scoped", [True, False], ids=["in a scope", "all"])
def test_with_rules_a_subject_is_counted_where_any_rule_is_broken(scoped):
    low = rule(key="low", when="income < :a.line", scope="s" if scoped else "TRUE")
    odd = rule(key="odd", when="n > 1")
    shown = dataclasses.replace(
        SHARE, numerator="", denominator="1", scope="TRUE", rules=("low", "odd")
    )
    found = figures(CASES, shown, rules=(low, odd))["share", "990101001200"]
    answers = [
        [
            _judged(scope if scoped else True, _below(income)),
            _judged(True, n if n is None else n > 1),
        ]
        for scope, n, _, income, place in CASES
        if place == 0
    ]
    broken = [any(one is True for one in both) for both in answers]
    kept = [any(one is False for one in both) for both in answers]
    counted = sum(broken)
    judged = sum(a or b for a, b in zip(broken, kept, strict=True))
    assert found == {
        "numerator": counted,
        "denominator": judged,
        "missing": len(answers) - judged,
        "subjects": len(answers),
    }


@pytest.mark.parametrize("rules", [(), ("low",)], ids=["parts", "rules"])
def test_nobody_is_counted_before_what_it_needs_is_known(rules):
    """Also who is found by then is missing: a figure of part of a window is none."""
    low = rule(key="low", when="income < :a.line")
    parts = {"numerator": "" if rules else "n", "denominator": "1", "rules": rules}
    shown = dataclasses.replace(SHARE, scope="TRUE", known="d > 1", **parts)
    cases = [(True, 1.0, known, 10, 0) for known in (4.5, 4.5, 0.5, None)]
    found = figures(cases, shown, rules=(low,))["share", "990101001200"]
    assert found == {"numerator": 2.0, "denominator": 2.0, "missing": 2.0, "subjects": 4.0}


def test_a_subject_out_of_the_scope_or_judged_by_no_rule_is_not_there():
    low = rule(key="low", when="income < :a.line", scope="d > 1")
    shown = dataclasses.replace(SHARE, numerator="", denominator="1", scope="s", rules=("low",))
    cases = [
        (True, 0.0, 4.5, 10, 0),
        (True, 0.0, 4.5, 30, 0),
        (True, 0.0, 0.5, 10, 0),
        (False, 0.0, 4.5, 10, 0),
        (False, 0.0, 0.5, 10, 0),
        (None, 0.0, 4.5, 10, 0),
    ]
    found = figures(cases, shown, rules=(low,))["share", "990101001200"]
    assert found == {"numerator": 1.0, "denominator": 2.0, "missing": 0.0, "subjects": 2.0}


def _below(income: int | None) -> bool | None:
    return None if income is None else income < LINE


def _judged(scope: bool | None, when: bool | None) -> bool | str | None:
    """Return True where a rule is broken, False where it is kept, "unknown", None not judged."""
    if scope is False:
        return None
    if when is False:
        return False
    return True if scope and when else "unknown"


def test_a_place_where_nobody_is_in_scope_has_no_row_and_where_nothing_is_known_no_sum():
    found = figures(
        [(False, 1.0, 1.0, 0, 0), (None, 1.0, 1.0, 0, 0), (True, None, 1.0, 0, 1)], SHARE
    )
    assert list(found) == [("share", "990101001201")]
    assert found["share", "990101001201"] == {
        "numerator": None,
        "denominator": None,
        "missing": 1.0,
        "subjects": 1.0,
    }


def test_rows_are_sorted_by_indicator_and_place_whatever_the_order_of_what_is_asked():
    other = dataclasses.replace(SHARE, key="also")
    for asked in itertools.permutations((SHARE, other)):
        for cases in (CASES, CASES[::-1]):
            found = list(figures(cases, *asked))
            assert found == sorted(found)
            assert len(found) == 4


def test_a_rule_counts_only_on_the_days_it_is_applied():
    first, second = datetime.date(2025, 7, 1), datetime.date(2025, 6, 29)
    later = rule(key="later", when="income < :a.line", threshold=":a.line", since=first)
    ended = rule(key="ended", when="income < :a.line", threshold=":a.line", until=second)
    kept = rule(key="kept", when="income >= :a.line", threshold=":a.line", since=second)
    by_rules = {"quantity": "count", "unit": WORDS.units["household"], "base": None}
    rows = [(True, 1.0, 1.0, income, 0) for income in (10, 10, 30)]
    both = dataclasses.replace(SHARE, key="both", rules=("later", "kept"), scope="TRUE", **by_rules)
    none = dataclasses.replace(
        SHARE, key="none", rules=("later", "ended"), scope="TRUE", **by_rules
    )
    found = figures(rows, both, none, rules=(later, ended, kept))
    assert found["both", "990101001200"]["numerator"] == 1
    assert ("none", "990101001200") not in found
