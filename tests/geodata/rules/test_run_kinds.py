"""Properties that every rule of a kind keeps, whatever the figures of a household are."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.periods import months_until
from geodata.policy import Policy, load_policy
from geodata.policy.parameter import DatedValue
from geodata.policy.reference import Reference
from geodata.rules.example import Example, find_differences
from geodata.themes import own_themes

THEMES = {theme.key: theme for theme in own_themes()}
POLICY = load_policy()
MONTH = "2025-06"
LINE = {"monitor.line.per_capita": 8700}
few = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _found(example: Example, theme: str = "monitoring", policy: Policy = POLICY) -> Iterator[str]:
    """Give what differs from the example."""
    chosen = THEMES[theme]
    yield from find_differences(example, chosen.rules_by_key, chosen.feature_sets, policy)


def _account(months: list[str], amount: int) -> list[dict[str, object]]:
    return [{"month": month, "item": "a1", "amount": amount} for month in months]


@few
@given(missing=st.sets(st.integers(0, 11), min_size=1, max_size=11), amount=st.integers(1, 9000))
def test_a_missing_month_never_lowers_an_income(missing: set[int], amount: int) -> None:
    sent = [m for number, m in enumerate(months_until(MONTH, 12)) if number not in missing]
    example = Example(
        "missing",
        household={"members": 1},
        tables={"ledger": _account(sent, amount)},
        parameters=LINE,
        features={"monitoring_household": {"income_per_person": None, "income_basis": None}},
        answers={"income_below_line": "unknown", "removal_ready": "out"},
    )
    assert list(_found(example)) == []


@few
@given(registered=st.integers(1, 9), living=st.integers(1, 9), a_head=st.integers(1, 30000))
def test_a_declared_income_a_head_is_divided_by_the_persons_it_was_multiplied_by(
    registered: int, living: int, a_head: int
) -> None:
    example = Example(
        "declared",
        household={"members": registered, "resident_members": living, "per_capita_income": a_head},
        parameters=LINE,
        features={
            "monitoring_household": {
                "income_per_person": a_head * 100.0,
                "net_income": a_head * 100.0 * living,
            }
        },
        answers={"income_below_line": a_head < 8700},
    )
    assert list(_found(example)) == []


@few
@given(before=st.integers(1, 60000), declared_now=st.booleans())
def test_two_years_are_compared_only_on_one_basis(before: int, declared_now: bool) -> None:
    now = {"net_income": 10} if declared_now else {"previous_net_income": before}
    example = Example(
        "bases",
        household={"members": 1, **now},
        income={} if declared_now else {"a1": 10},
        income_before={"a1": before} if declared_now else {},
        tables={"household_before": [{"members": 1}]},
        parameters={"monitor.drop.pct_threshold": 30},
        answers={"income_fell": "unknown"},
    )
    assert list(_found(example)) == []


@few
@given(days=st.integers(1, 400))
def test_a_date_after_the_month_never_counts(days: int) -> None:
    day = datetime.date(2025, 6, 30) + datetime.timedelta(days=days)
    month = day.isoformat()[:7]
    example = Example(
        "later",
        household={
            "members": 1,
            "monitored_category": "边缘易致贫户",
            "identified_month": "2025-01",
        },
        tables={
            "visit": [{"day": day, "visitor": "甲", "water_problem": True}],
            "measure": [{"kind": "health", "start_month": month}],
            "responsibility": [
                {
                    "household_code": "example",
                    "role": "帮扶责任人",
                    "name": "甲",
                    "start_month": month,
                }
            ],
            "ledger": _account([month], 100),
        },
        features={
            "monitoring_household": {
                "visits": 0.0,
                "measures": 0.0,
                "helpers": 0.0,
                "months_reported": 0.0,
                "days_since_clue": None,
            }
        },
    )
    assert list(_found(example)) == []


@few
@given(old=st.integers(1, 90), ended=st.booleans())
def test_the_clock_of_an_episode_reads_only_what_began_in_it(old: int, ended: bool) -> None:
    months = months_until("2024-12", old)
    end = {"end_month": months[-1]} if ended else {}
    example = Example(
        "episode",
        household={
            "members": 1,
            "monitored_category": "边缘易致贫户",
            "identified_month": "2025-01",
        },
        tables={
            "measure": [
                {"kind": "health", "start_month": months[0], **end},
                {"kind": "industry", "start_month": "2025-06"},
            ]
        },
        features={"monitoring_household": {"measures_begun": 1.0, "months_to_first_measure": 5.0}},
        answers={"first_measure_late": True},
    )
    assert list(_found(example)) == []


def test_a_threshold_is_that_of_the_year_it_judges() -> None:
    scope, reference = {"zh": "", "en": ""}, Reference("county", "W")
    lines = tuple(
        DatedValue(
            value,
            ("",),
            scope,
            reference,
            since=datetime.date(year, 1, 1),
            until=datetime.date(year, 12, 31),
        )
        for year, value in ((2022, 8000), (2025, 8700))
    )
    line = POLICY["monitor.line.per_capita"]
    policy = Policy(
        {
            **POLICY.parameters,
            line.key: replace(line, values=lines),
        }
    )
    for year, answer in ((2022, False), (2023, "unknown"), (2025, True)):
        example = Example(
            "removed",
            household={
                "monitored_category": "边缘易致贫户",
                "risk_removed": True,
                "removed_month": f"{year}-05",
                "removed_per_capita_income": 8100,
            },
            answers={"removed_income_below_line": answer},
        )
        assert list(_found(example, policy=policy)) == []


def test_of_a_household_of_which_nothing_is_known_nothing_is_said_to_be_good() -> None:
    asked = {
        "monitoring": (
            "income_below_line",
            "income_fell",
            "child_out_of_school",
            "insurance_missing",
            "house_unsafe",
            "water_unsafe",
            "adjusted_below_line",
            "rigid_exceeds_last_income",
            "low_income_without_risk",
        ),
        "water": (
            "water_quantity_fails",
            "water_quality_fails",
            "water_convenience_fails",
            "water_reliability_fails",
            "water_not_safe",
        ),
    }
    for theme, rules in asked.items():
        for rule in rules:
            assert list(_found(Example("blank", answers={rule: "unknown"}), theme)) == []
