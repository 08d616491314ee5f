"""The second factor: who needs it, what is good once, and what lies in the database."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import sqlite3

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from geodata.access import AccessLimits, Accounts, Actor, load_roles
from geodata.errors import AccountError, ScopeError
from geodata.policy import load_policy
from tests.geodata.access.county import NOW, PASSWORD, limits, trail

STEP = datetime.timedelta(seconds=30)
NAME = "li.na"
# What none of the rights of one role may go with in another: separation of duties.
APART = ("users", "audit", "rows")


def people(folder, *roles) -> Accounts:
    bound = dataclasses.replace(limits(), factor_roles=frozenset(roles))
    return Accounts(trail(folder), bound)


@pytest.fixture
def enrolled(tmp_path):
    made = people(tmp_path)
    made.add(Actor(NAME, "auditor"), PASSWORD, by="admin", now=NOW)
    return made, made.factors.enrol(NAME, by="admin", issuer="guatu")


def code(given, at) -> str:
    secret = base64.b32decode(given.secret)
    return TOTP(secret, 6, SHA1(), 30).generate(int(at.timestamp())).decode()


def refused(made, text, *, at=NOW, name=NAME, password=PASSWORD) -> AccountError:
    with pytest.raises(AccountError) as told:
        made.sign_in(name, password, now=at, code=text)
    return told.value


def test_a_code_lets_in_once_and_so_does_that_of_the_step_before_or_after(enrolled):
    made, given = enrolled
    assert f"secret={given.secret}" in given.address
    for off in (-1, 0, 1):
        assert (
            made.sign_in(NAME, PASSWORD, now=NOW, code=code(given, NOW + off * STEP)).name == NAME
        )
        assert refused(made, code(given, NOW + off * STEP)).key == "access.sign_in_failed"
        made.sign_in(NAME, PASSWORD, now=NOW, code=None)
    # An earlier one is not good after a later one, nor one from too long ago or ahead.
    for off in (-1, 0, 1):
        assert refused(made, code(given, NOW + off * STEP)).key == "access.sign_in_failed"
        made.sign_in(NAME, PASSWORD, now=NOW, code=None)
    later = NOW + 10 * STEP
    for off in (-2, 2):
        assert (
            refused(made, code(given, later + off * STEP), at=later).key == "access.sign_in_failed"
        )


def test_wrong_codes_say_no_more_than_a_wrong_password_and_lock_alike(enrolled):
    made, given = enrolled
    told = {
        refused(made, text, password=password).sentence("zh")
        for text, password in (("", PASSWORD), ("000000", PASSWORD), (code(given, NOW), "wrong"))
    }
    assert len(told) == 1
    for _ in range(limits().failures):
        last = refused(made, "123456")
    assert last.key == "access.locked"
    assert refused(made, code(given, NOW)).key == "access.locked"
    reasons = {one.reason for one in made._trail.records(act="sign_in") if one.outcome == "failed"}
    assert reasons == {"", "second factor"}


def test_each_recovery_code_is_good_once_and_written_down_by_its_number_left(enrolled):
    made, given = enrolled
    assert len(set(given.codes)) == 8
    for left, each in enumerate(reversed(given.codes)):
        typed = each.lower() if left % 2 else f" {each} "
        assert made.sign_in(NAME, PASSWORD, now=NOW, code=typed).name == NAME
        refused(made, each)
        made.sign_in(NAME, PASSWORD, now=NOW, code=None)
    assert len(made._trail.records(act="recovery_code")) == 8
    assert refused(made, given.codes[0]).key == "access.sign_in_failed"


def test_a_role_that_wants_one_does_not_come_in_without_and_others_are_not_asked(tmp_path):
    made = people(tmp_path, "auditor")
    made.add(Actor(NAME, "auditor"), PASSWORD, by="admin", now=NOW)
    made.add(Actor("wang.wu", "data_officer"), PASSWORD, by="admin", now=NOW)
    assert refused(made, "").key == "access.factor_missing"
    # Whoever does not know the password is told nothing of it.
    assert refused(made, "", password="wrong").key == "access.sign_in_failed"
    assert made.sign_in("wang.wu", PASSWORD, now=NOW).name == "wang.wu"
    given = made.factors.enrol(NAME, by="admin", issuer="guatu")
    assert made.sign_in(NAME, PASSWORD, now=NOW, code=code(given, NOW)).name == NAME


def test_a_new_one_ends_the_old_and_what_was_taken_away_is_not_asked_for(enrolled):
    made, old = enrolled
    new = made.factors.enrol(NAME, by="admin", issuer="guatu")
    assert refused(made, code(old, NOW)).key == "access.sign_in_failed"
    assert refused(made, old.codes[0]).key == "access.sign_in_failed"
    assert made.sign_in(NAME, PASSWORD, now=NOW, code=code(new, NOW)).name == NAME
    assert made.factors.remove(NAME, by="admin")
    assert not made.factors.remove(NAME, by="admin")
    assert made.sign_in(NAME, PASSWORD, now=NOW).name == NAME


def test_the_database_alone_makes_no_code(tmp_path, enrolled):
    _, given = enrolled
    raw = sqlite3.connect(tmp_path / "access.sqlite")
    everything = "\n".join(raw.iterdump())
    raw.close()
    secret = base64.b32decode(given.secret)
    for one in (given.secret, secret.hex(), base64.b64encode(secret).decode(), *given.codes):
        assert one not in everything
    assert given.secret not in repr(given)


def test_roles_are_named_by_a_parameter_and_an_unknown_one_is_refused():
    policy, day = load_policy(), NOW.date()

    def bound(text: str) -> frozenset[str]:
        told = policy.with_values({"security.second_factor_roles": text})
        return AccessLimits.of(lambda key: told.at(key, "990101", day).value).factor_roles

    assert bound("none") == frozenset()
    assert bound("auditor，administrator") == {"auditor", "administrator"}
    with pytest.raises(ScopeError):
        bound("auditors")


def test_no_role_administers_accounts_reads_the_audit_and_reads_people_at_once():
    for name, role in load_roles().items():
        assert len(set(APART) & set(role.acts)) <= 1, name
    # Whoever reads people grants nothing, and whoever grants reads none of the records of it.
    for act in APART:
        assert [name for name, role in load_roles().items() if act in role.acts]
