"""The life line of a household: its months, the line of each year, and every event once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.periods import months_until, shift_month
from geodata.workspace.life_line import (
    INCOME_BY_MONTH_COLUMNS,
    LANES,
    MONTHS,
    LifeRows,
    broken_since,
    life_line,
)

AS_OF = "2025-12"
WINDOW = months_until(AS_OF, MONTHS)
LATER = (shift_month(AS_OF, 1), shift_month(AS_OF, 5))
LINES: Mapping[int, int | None] = {2024: 840_000, 2025: 860_000}

some_months = st.lists(st.sampled_from(WINDOW), unique=True, max_size=12)
any_months = st.lists(
    st.sampled_from((shift_month(WINDOW[0], -3), *WINDOW, *LATER)), unique=True, max_size=8
)


def setup_with(lines: Mapping[int, int | None] = LINES) -> Any:
    """Return what the life line asks of a workspace: keys of limits, and their dated values."""

    def at(key: str, place: str, day: Any) -> SimpleNamespace:
        return SimpleNamespace(comparable=60 if key == "minutes" else lines.get(day.year))

    keys = {"income_per_person": "line", "visit_minutes": "minutes"}
    return SimpleNamespace(
        registry=SimpleNamespace(limit=keys.__getitem__), policy=SimpleNamespace(at=at)
    )


def rows(
    income: Mapping[str, float | None] | None = None,
    *,
    ledger: list[tuple[str, str, int]] | None = None,
    measures: list[tuple[str, str | None]] | None = None,
    visits: list[tuple[str, int | None]] | None = None,
    record: Mapping[str, object] | None = None,
) -> LifeRows:
    told = [("h1", "v", month, amount) for month, amount in (income or {}).items()]
    return LifeRows(
        pd.Series(dict(record or {}), dtype="object"),
        pd.DataFrame(told, columns=list(INCOME_BY_MONTH_COLUMNS)),
        pd.DataFrame(ledger or [], columns=["month", "item", "amount"]),
        pd.DataFrame(
            [{"kind": "employment", "start_month": s, "end_month": e} for s, e in measures or []],
            columns=["kind", "detail", "start_month", "end_month", "amount"],
        ),
        pd.DataFrame(
            [{"day": f"{month}-15", "minutes": m} for month, m in visits or []],
            columns=["day", "minutes", "income_fall", "expense_surge"],
        ).astype({"minutes": "Int64", "income_fall": "boolean"}),
    )


@settings(deadline=None)
@given(some_months, st.sampled_from((None, 700_000)))
def test_months_on_the_line_are_the_months_delivered(delivered, amount):
    life = life_line(setup_with(), AS_OF, "v", rows(dict.fromkeys(delivered, amount)))
    known = {m for m, one in zip(life.months, life.income, strict=True) if not math.isnan(one)}
    assert known == (set(delivered) if amount else set())
    assert life.months == WINDOW[WINDOW.index(min([*delivered, AS_OF])) :]


@settings(deadline=None)
@given(any_months, any_months, any_months)
def test_every_event_of_the_tables_is_in_its_lane_once_and_none_is_later(visits, claims, measures):
    delivered = dict.fromkeys(WINDOW, 900_000)
    told = rows(
        delivered,
        ledger=[(month, "d6n", 500) for month in claims],
        measures=[(month, month) for month in measures],
        visits=[(month, 90) for month in visits],
    )
    life = life_line(setup_with(), AS_OF, "v", told)
    for lane, months in (("visit", visits), ("claim", claims), ("measure", measures)):
        assert [one.start[:7] for one in life.lane(lane)] == sorted({*months} & {*WINDOW})
    assert sum(len(life.lane(lane)) for lane in LANES) == len(life.events)
    assert all(one.start[:7] <= AS_OF for one in life.events)


@settings(deadline=None)
@given(st.sampled_from(WINDOW))
def test_a_household_that_came_later_starts_later(first):
    delivered = dict.fromkeys(WINDOW[WINDOW.index(first) :], 900_000)
    assert life_line(setup_with(), AS_OF, "v", rows(delivered)).months[0] == first


def test_a_line_that_is_not_set_is_not_that_of_the_year_before():
    life = life_line(setup_with({2024: 840_000}), AS_OF, "v", rows(dict.fromkeys(WINDOW, 1)))
    assert life.line == (8_400.0,) * 12 + (None,) * 12


@pytest.mark.parametrize(("minutes", "short"), [(59, True), (60, False), (None, False)])
def test_a_visit_is_short_below_the_least_minutes_alone(minutes, short):
    life = life_line(setup_with(), AS_OF, "v", rows(visits=[(AS_OF, minutes)]))
    assert [one.short for one in life.events] == [short]


def test_what_began_before_and_goes_on_is_told_and_what_ended_before_is_not():
    before = shift_month(WINDOW[0], -2)
    told = rows(dict.fromkeys(WINDOW, 1), measures=[(before, None), (before, before)])
    assert [one.end for one in life_line(setup_with(), AS_OF, "v", told).events] == [""]


def test_identification_and_removal_are_one_span_and_an_earlier_time_a_mark():
    record = {
        "first_identified_month": "2024-02",
        "identified_month": "2024-06",
        "risk_removed": True,
        "removed_month": "2025-03",
        "monitored_category": "x",
    }
    told = rows(dict.fromkeys(WINDOW, 1), record=record)
    states = life_line(setup_with(), AS_OF, "v", told).lane("status")
    assert [(one.kind, one.start, one.end) for one in states] == [
        ("first_identified", "2024-02", "2024-02"),
        ("monitored", "2024-06", "2025-03"),
    ]


def test_reported_months_without_wages_are_a_shock_and_unreported_ones_are_none():
    paid = ["2025-01", "2025-02", "2025-06"]
    idle = ["2025-03", "2025-04", "2025-08"]
    ledger = [(month, "a1", 100) for month in paid] + [(month, "e1", 5) for month in idle]
    shocks = life_line(setup_with(), AS_OF, "v", rows(ledger=ledger)).lane("shock")
    assert [(one.start, one.end) for one in shocks] == [
        ("2025-03", "2025-04"),
        ("2025-08", "2025-08"),
    ]


def test_since_when_passes_over_a_month_that_was_not_reported_and_stops_at_a_kept_one():
    months = ["2025-06", "2025-08", "2025-10", "2025-11", "2025-12"]
    found = pd.DataFrame({"rule": "r", "month": months})
    income = rows(dict.fromkeys((*months, "2025-07"), 1.0)).income
    for by_income in (False, True):
        since = partial(broken_since, found, rule="r", month=AS_OF, by_income=by_income)
        assert since(income) == "2025-08"
        assert since(income[income["month"] != "2025-07"]) == "2025-06"


def test_a_month_without_an_income_ends_what_hangs_on_no_income():
    """The household was there and the rule was not broken: it ended, and began again."""
    found = pd.DataFrame({"rule": "r", "month": ["2025-10", "2025-12"]})
    income = rows(dict.fromkeys(["2025-10", "2025-12"], 1.0) | {"2025-11": float("nan")}).income
    assert broken_since(found, income, "r", AS_OF, by_income=False) == "2025-12"
    assert broken_since(found, income, "r", AS_OF, by_income=True) == "2025-10"
