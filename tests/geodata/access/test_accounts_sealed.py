"""A row of an account that was written past the accounts: nobody gets in by it, and it is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Boolean

from geodata.access import Actor, Sessions
from geodata.access.accounts import _ACCOUNTS
from geodata.errors import AccountError
from tests.geodata.access.county import NOW, PASSWORD, accounts, limits, trail

OFFICER = Actor("li.na", "township_officer", ("990101001",))
LEADER = Actor("wang.wu", "leader", ("990101",))
OWN = {"li.na": "Shanpo-tian-31", "wang.wu": "Hebian-shu-52"}
DECIDING = [one.name for one in _ACCOUNTS.columns if one.name not in ("name", "seal")]


@pytest.fixture
def people(tmp_path):
    made = accounts(tmp_path)
    for actor in (OFFICER, LEADER):
        made.add(actor, PASSWORD, by="admin", now=NOW)
        made.set_password(actor.name, OWN[actor.name], by=actor.name, now=NOW)
    return made


def write(folder, statement: str, *values: object) -> None:
    """Write into the database as somebody without the key does."""
    with closing(sqlite3.connect(folder / "access.sqlite")) as raw, raw:
        raw.execute(statement, values)


def sign_in(people, actor):
    return people.sign_in(actor.name, OWN[actor.name], now=NOW)


@pytest.mark.parametrize("column", DECIDING)
def test_whatever_of_a_row_is_changed_ends_and_shuts_the_account(tmp_path, people, column):
    sessions = Sessions(people, trail(tmp_path), limits())
    token = sessions.start(sign_in(people, OFFICER), NOW)
    assert sessions.seen(token, NOW) is not None
    other = f"(SELECT {column} FROM accounts WHERE name = 'wang.wu')"
    if isinstance(_ACCOUNTS.c[column].type, Boolean):
        other = f"1 - {column}"
    elif column == "changed":
        other = "'2020-01-01T00:00:00+00:00'"
    write(tmp_path, f"UPDATE accounts SET {column} = {other} WHERE name = 'li.na'")
    found = people.get("li.na")
    assert found.altered
    assert found.disabled
    assert not people.get("wang.wu").altered
    assert sessions.seen(token, NOW) is None
    with pytest.raises(AccountError):
        sign_in(people, OFFICER)
    with pytest.raises(AccountError):
        people.admit("li.na", now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts SET role = 'leader', seal = NULL",
        "UPDATE accounts SET role = 'leader', seal = (SELECT seal FROM accounts WHERE name = 'wang.wu')",
        "INSERT INTO accounts SELECT 'zhao.liu', role, prefixes, password, disabled, must_change,"
        " changed, seal FROM accounts WHERE name = 'wang.wu'",
    ],
)
def test_no_seal_is_taken_away_or_borrowed(tmp_path, people, statement):
    write(tmp_path, statement)
    again = accounts(tmp_path)
    bad = {one.name for one in again.all() if one.altered}
    assert bad
    assert bad <= {"li.na", "wang.wu", "zhao.liu"}
    for name in bad:
        with pytest.raises(AccountError):
            again.sign_in(name, OWN["wang.wu"], now=NOW)


def test_accounts_from_before_are_sealed_once_and_on_record(tmp_path):
    made = accounts(tmp_path)
    with closing(sqlite3.connect(tmp_path / "access.sqlite")) as raw, raw:
        raw.execute(
            "INSERT INTO accounts VALUES ('old', 'leader', '990101', 'x', 0, 0, '2024-01-01', NULL)"
        )
    assert made.get("old").altered
    assert not accounts(tmp_path).get("old").altered
    write(tmp_path, "UPDATE accounts SET role = 'county_officer', seal = NULL")
    assert accounts(tmp_path).get("old").altered
    assert [one.act for one in trail(tmp_path).records()] == ["user_seal"]


def test_who_takes_an_altered_row_into_use_is_held_to_what_stood_there(tmp_path, people):
    write(tmp_path, "UPDATE accounts SET role = 'leader' WHERE name = 'li.na'")
    people.set_password("li.na", "Another-way-47", by="admin", now=NOW)
    assert not people.get("li.na").altered
    last = trail(tmp_path).records(act="user_reset")[-1]
    assert '"altered":true' in last.detail
    assert '"role":"leader"' in last.detail
