"""A value counts when a second person published it; what its days mean is said, and nothing is lost when cut off."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.access import Actor, open_guard
from geodata.config import make_workspace, read_config
from geodata.errors import PolicyError, ScopeError, WriteError
from geodata.policy.setting import CountyValue
from geodata.workspace.value_proposals import ValueProposals, months_touched, turned_back

COUNTY, KEY = "990101", "aid.dibao_line"
STATED = (KEY, "6000", "某县〔2026〕1号", "2026-01-15")
DAY = datetime.date(2026, 1, 31)


@pytest.fixture
def changes(tmp_path: Path) -> ValueProposals:
    make_workspace(tmp_path / "county", code=COUNTY, name="某县")
    guard = open_guard(tmp_path / "county")
    return ValueProposals(read_config(tmp_path / "county"), guard, Actor("li", "leader", (COUNTY,)))


def _other(changes: ValueProposals, name: str = "wang") -> ValueProposals:
    return replace(changes, actor=Actor(name, "administrator"))


def test_a_value_is_in_force_only_once_another_person_published_it(
    changes: ValueProposals,
) -> None:
    entry = changes.propose(*STATED)
    assert changes.policy()[KEY].at(COUNTY, DAY).value is None
    with pytest.raises(WriteError):
        changes.publish(entry.id, entry.version)
    _other(changes).publish(entry.id, entry.version)
    assert changes.policy()[KEY].at(COUNTY, DAY).value == 6000
    (told,) = changes.all(changes.policy())
    assert (told.proposer, told.publisher, told.is_open) == ("li", "wang", False)
    with pytest.raises(PolicyError):
        _other(changes).publish(entry.id, told.entry.version)


def test_two_values_for_one_day_are_named_and_neither_wins_in_silence(
    changes: ValueProposals,
) -> None:
    changes.propose(*STATED)
    with pytest.raises(PolicyError, match="li"):
        _other(changes).propose(KEY, "7000", *STATED[2:])
    other = changes.propose(KEY, "7000", STATED[2], "2026-02-01")
    changes.withdraw(other.id, other.version)
    assert [one.setting.value for one in changes.all(changes.policy())] == [6000]


def test_what_was_approved_and_cut_off_is_written_by_the_next(changes: ValueProposals) -> None:
    entry = changes.propose(*STATED)
    boss = _other(changes)
    approved = changes.guard.writes.approve(
        boss.actor, entry.id, version=entry.version, now=changes.guard.trail.clock()
    )
    (waiting,) = changes.all(changes.policy())
    assert waiting.is_open
    assert not waiting.stored
    changes.publish(entry.id, approved.version)
    assert changes.policy()[KEY].at(COUNTY, DAY).value == 6000


def test_who_may_not_set_values_there_proposes_nothing(changes: ValueProposals) -> None:
    for role, places in (("leader", ("990101100",)), ("leader", ("990202",)), ("auditor", ("*",))):
        stranger = replace(changes, actor=Actor("zhao", role, places))
        with pytest.raises(ScopeError):
            stranger.propose(*STATED)
        assert stranger.all(changes.policy()) == []


def test_a_value_set_back_is_told_since_when_it_was_in_force(changes: ValueProposals) -> None:
    for value, since in (("6000", "2025-01-01"), ("6500", "2025-07-01")):
        entry = changes.propose(KEY, value, STATED[2], since)
        _other(changes).publish(entry.id, entry.version)
    parameter = changes.policy()[KEY]
    back = CountyValue(6000, "x", datetime.date(2026, 1, 1), COUNTY)
    assert turned_back(parameter, back) == datetime.date(2025, 1, 1)
    assert turned_back(parameter, replace(back, value=6500)) is None
    assert turned_back(parameter, replace(back, value=7000)) is None


def test_a_month_is_judged_by_its_last_day() -> None:
    months = ("2025-12", "2026-01", "2026-02")
    assert months_touched(months, datetime.date(2026, 1, 31)) == ["2026-01", "2026-02"]
    assert months_touched(months, datetime.date(2026, 3, 1)) == []
