"""Which of several values of one parameter holds: by place, then by day, then as it is written."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

from geodata.policy.parameter import DatedValue, Parameter
from geodata.policy.reference import Reference
from geodata.quantity import NO_UNIT

DAY = datetime.date(2025, 6, 30)
VILLAGE = "530102001201"
WORDS = {"zh": "线", "en": "line"}


def dated(value: object, places: tuple[str, ...] = ("",), **said: object) -> DatedValue:
    return DatedValue(value, places, WORDS, Reference("county", "W"), **said)  # type: ignore[arg-type]


def chosen(*values: DatedValue, place: str = VILLAGE, day: datetime.date = DAY) -> object:
    return Parameter("a.b", WORDS, "index", NO_UNIT, values, Path("b.yaml")).at(place, day).value


def since(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (dated(1, ("5301",)), dated(2, ("53",), since=since("2025-06-30"))),
        (dated(1, ("", "530102")), dated(2, ("5301", "53"))),
        (dated(1, since=since("2025-06-30")), dated(2, since=since("2025-06-29"))),
        (dated(1, since=since("2025-06-29")), dated(2)),
        (dated(1, since=since("2024-01-01")), dated(2, since=since("2025-07-01"))),
        (dated(1, since=since("2024-01-01")), dated(2, until=since("2025-06-29"))),
        (dated(1), dated(2, ("54",))),
    ],
    ids=["place before day", "longest prefix", "latest day", "dated", "begun", "not over", "place"],
)
def test_one_value_holds_whichever_is_written_first(better: DatedValue, worse: DatedValue) -> None:
    assert [chosen(better, worse), chosen(worse, better)] == [1, 1]


def test_of_values_equal_in_place_and_day_the_one_written_first_holds() -> None:
    values = [dated(number, ("53",), since=since("2025-01-01")) for number in range(3)]
    for order in itertools.permutations(values):
        assert chosen(*order) == order[0].value


@pytest.mark.parametrize(
    ("day", "covered"),
    [("2024-12-31", False), ("2025-01-01", True), ("2025-03-31", True), ("2025-04-01", False)],
)
def test_first_and_last_day_are_both_included(day: str, covered: bool) -> None:
    value = dated(1, since=since("2025-01-01"), until=since("2025-03-31"))
    assert value.covers(since(day)) is covered
    assert chosen(value, day=since(day)) == (1 if covered else None)


def test_an_open_value_holds_on_every_day() -> None:
    assert chosen(dated(1), day=datetime.date.min) == chosen(dated(1), day=datetime.date.max) == 1


@pytest.mark.parametrize(
    ("place", "prefix"),
    [(VILLAGE, "5301"), ("5301", "5301"), ("530", "53"), ("53", "53"), ("5", None), ("", None)],
)
def test_the_longest_prefix_that_the_place_lies_in_is_told(place: str, prefix: str | None) -> None:
    assert dated(1, ("53", "5301", "54")).prefix_for(place) == prefix


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        ("sourced", {"since": DAY}, "in_force"),
        ("sourced", {}, "unconfirmed"),
        ("unverified", {"since": DAY}, "in_force"),
        ("unverified", {}, "unconfirmed"),
        ("county", {}, "in_force"),
        ("county", {"proposal": True}, "unconfirmed"),
    ],
)
def test_a_value_without_a_first_day_or_only_proposed_is_not_in_force(
    status: str, said: dict[str, object], state: str
) -> None:
    value = DatedValue(1, ("",), WORDS, Reference(status, "W"), **said)  # type: ignore[arg-type]
    assert value.state == state
    assert DatedValue(None, ("",), WORDS, Reference(status, "W")).state == "not_set"
