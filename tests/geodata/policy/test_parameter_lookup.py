"""What a looked-up value may be used for: in force, compared, or only proposed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from geodata.i18n import default_language
from geodata.policy.parameter import DatedValue, Lookup, Parameter
from geodata.policy.reference import Reference
from geodata.quantity import NO_UNIT, Unit, shipped_words

DAY = datetime.date(2025, 6, 30)
WORDS = {"zh": "线", "en": "line"}
YUAN = shipped_words().units["yuan_per_year"]


def lookup(
    value: object, state: str = "in_force", *, unit: Unit = NO_UNIT, other: bool = False
) -> Lookup:
    kind = "per_head" if unit is not NO_UNIT else "index"
    dated = DatedValue(value, ("",), WORDS, Reference("county", "W"), unit=unit if other else None)  # type: ignore[arg-type]
    parameter = Parameter("a.line", WORDS, kind, unit, (dated,), Path("line.yaml"))
    return Lookup(parameter, "990101", DAY, state, dated)


@pytest.mark.parametrize(
    ("state", "value", "proposed"),
    [
        ("in_force", 5, None),
        ("unconfirmed", None, 5),
        ("not_set", None, None),
        ("other", None, None),
    ],
)
def test_only_a_value_in_force_is_used_and_only_an_unconfirmed_one_is_proposed(
    state: str, value: object, proposed: object
) -> None:
    found = lookup(5, state)
    assert (found.value, found.proposed, found.comparable) == (value, proposed, value)


def test_where_no_value_covers_place_and_day_nothing_is_used_or_proposed() -> None:
    for state in ("in_force", "unconfirmed", "not_in_force"):
        found = Lookup(lookup(5).parameter, "990101", DAY, state, None)
        assert (found.value, found.proposed, found.comparable) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "compared"),
    [(True, 1), (False, 0), ("first 2", "first 2"), (2.5, 2.5), (3, 3), (0, 0)],
)
def test_truth_is_compared_as_a_number_and_words_as_they_are(
    value: object, compared: object
) -> None:
    found = lookup(value).comparable
    assert found == compared
    assert type(found) is type(compared)


def test_money_is_compared_in_whole_fen() -> None:
    assert lookup(8600.125, unit=YUAN).comparable == 860_012
    assert isinstance(lookup(8600, unit=YUAN).comparable, int)


def test_a_value_in_another_unit_is_used_and_not_compared() -> None:
    found = lookup(20, unit=YUAN, other=True)
    assert (found.value, found.comparable) == (20, None)


def test_the_reason_is_in_the_language_asked_for_and_empty_where_there_is_a_value() -> None:
    assert lookup(5).reason("zh") == lookup(5).reason() == ""
    absent = lookup(None, "not_set")
    assert "线" in absent.reason("zh")
    assert "line" in absent.reason("en")
    assert absent.reason() == absent.reason(default_language())
    assert "5" in lookup(5, "unconfirmed").reason("en")
