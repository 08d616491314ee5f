"""Local accounts: passwords, the lock, sessions, and the same answer for known and unknown."""

from __future__ import annotations

import datetime
import random
import sqlite3
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.commands.user import _made_password
from geodata.access import Accounts, Actor, Sessions
from geodata.access.passwords import password_faults
from geodata.errors import AccountError
from tests.geodata.access.county import NOW, PASSWORD, accounts, limits, trail

MINUTE = datetime.timedelta(minutes=1)
OFFICER = Actor("li.na", "township_officer", ("990101001",))


@pytest.fixture
def people(tmp_path):
    made = accounts(tmp_path)
    made.add(OFFICER, PASSWORD, by="admin", now=NOW)
    return made


def outcomes(folder) -> list[tuple[str, str]]:
    return [(one.act, one.outcome) for one in trail(folder).records()]


def fail(people, name="li.na", now=NOW, password="wrong"):
    with pytest.raises(AccountError) as refused:
        people.sign_in(name, password, now=now)
    return refused.value


def test_the_right_password_gives_the_actor_with_role_and_places(tmp_path, people):
    assert people.sign_in("li.na", PASSWORD, now=NOW).actor == OFFICER
    assert people.sign_in(" LI.NA ", PASSWORD, now=NOW).actor == OFFICER
    assert outcomes(tmp_path) == [("user_add", "done"), ("sign_in", "done"), ("sign_in", "done")]


def test_neither_password_nor_hash_leaves_the_database(tmp_path, people):
    people.sign_in("li.na", PASSWORD, now=NOW)
    raw = sqlite3.connect(tmp_path / "access.sqlite")
    everything = "\n".join(raw.iterdump())
    raw.close()
    assert PASSWORD not in everything
    assert "$argon2id$" in everything
    assert "argon2" not in str(trail(tmp_path).records()) + str(people.all())


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab-123456", "10 至 256"),
        ("Ab-1" * 65, "10 至 256"),
        ("abcdefghijk1", "至少要有 3 种"),
        ("Li.Na-12345", "不能有用户名"),
        ("Aa-Aa-Aa-Aa-", "重复的字符太多"),
        ("", "10 至 256"),
    ],
)
def test_a_weak_password_is_refused_with_every_fault(tmp_path, password, fault):
    with pytest.raises(AccountError, match=fault):
        accounts(tmp_path).add(OFFICER, password, by="admin", now=NOW)
    assert accounts(tmp_path).all() == []


@pytest.mark.parametrize("name", ["", "a", "x" * 65, "../etc", "a b", "<b>", "a\nb", "a,b"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path, name):
    with pytest.raises(AccountError, match="不能用"):
        accounts(tmp_path).add(Actor(name, "analyst", ("99",)), PASSWORD, by="admin", now=NOW)


def test_a_name_is_given_once_however_it_is_written(people):
    for name in ("li.na", "LI.NA", "ｌｉ.ｎａ"):
        with pytest.raises(AccountError, match="已经存在"):
            people.add(Actor(name, "analyst", ("99",)), PASSWORD, by="admin", now=NOW)


def test_unknown_wrong_and_disabled_get_the_same_sentence(people):
    people.add(Actor("gone", "analyst", ("99",)), PASSWORD, by="admin", now=NOW)
    people.set_disabled("gone", True, by="admin")
    answers = {
        str(fail(people)),
        str(fail(people, "nobody")),
        str(fail(people, "gone", password=PASSWORD)),
        str(fail(people, "'; DROP TABLE accounts; --")),
        str(fail(people, "\ud800" * 3)),
    }
    assert len(answers) == 1


def test_unknown_names_take_as_long_as_wrong_passwords(people):
    def seconds(name, number):
        start = time.perf_counter()
        fail(people, name, NOW + number * 40 * MINUTE)
        return time.perf_counter() - start

    seconds("warm.up", 0)
    pairs = [(seconds("li.na", n), seconds("nobody", n)) for n in range(1, 16)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_the_name_is_locked_after_five_failures_and_open_after_thirty_minutes(people):
    for _ in range(5):
        assert fail(people).key == "access.sign_in_failed"
    assert fail(people, password=PASSWORD).key == "access.locked"
    last = NOW + 30 * MINUTE - datetime.timedelta(seconds=1)
    assert fail(people, password=PASSWORD, now=last).key == "access.locked"
    assert people.sign_in("li.na", PASSWORD, now=NOW + 30 * MINUTE).name == "li.na"


def test_the_fifth_attempt_may_still_be_right_and_clears_the_count(people):
    for _ in range(4):
        fail(people)
    assert people.sign_in("li.na", PASSWORD, now=NOW).name == "li.na"
    for _ in range(4):
        fail(people)
    assert people.sign_in("li.na", PASSWORD, now=NOW).name == "li.na"


def test_an_unknown_name_is_locked_like_a_known_one(people):
    answers = [[fail(people, name).key for _ in range(7)] for name in ("li.na", "nobody")]
    assert answers[0] == answers[1]


def test_guesses_at_the_same_time_all_count(tmp_path, people):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: fail(people).key, range(16)))
    assert keys.count("access.sign_in_failed") == 5
    assert keys.count("access.locked") == 11
    assert trail(tmp_path).verify().whole


def test_a_name_typed_wrong_is_not_kept_readable(tmp_path, people):
    fail(people, "MySecret-Passw0rd")
    raw = sqlite3.connect(tmp_path / "access.sqlite")
    assert "passw0rd" not in "\n".join(raw.iterdump()).casefold()
    raw.close()


def test_a_reset_password_must_be_changed_and_unlocks(people):
    for _ in range(6):
        fail(people)
    people.set_password("li.na", "Another-9876", by="admin", now=NOW)
    assert people.sign_in("li.na", "Another-9876", now=NOW).must_change
    people.set_password("li.na", "Mine-is-4321", by="li.na", now=NOW)
    assert not people.sign_in("li.na", "Mine-is-4321", now=NOW).must_change
    with pytest.raises(AccountError, match="不能与原密码相同"):
        people.set_password("li.na", "Mine-is-4321", by="li.na", now=NOW)


def test_changes_of_an_account_that_is_not_there_say_so(people):
    for change in (
        lambda: people.set_disabled("nobody", True, by="admin"),
        lambda: people.set_password("nobody", PASSWORD, by="admin", now=NOW),
    ):
        with pytest.raises(AccountError, match="没有“nobody”这个用户"):
            change()


@pytest.fixture
def sessions(tmp_path, people):
    return Sessions(people, trail(tmp_path), limits())


def test_a_session_lives_while_it_is_used_and_ends_after_idling(people, sessions):
    token = sessions.start(people.get("li.na"), NOW)
    moments = [NOW + n * 29 * MINUTE for n in range(1, 4)]
    assert [sessions.seen(token, now).actor for now in moments] == [OFFICER] * 3
    assert sessions.seen(token, moments[-1] + 30 * MINUTE) is None


def test_only_asking_whether_a_session_lives_does_not_put_off_its_end(people, sessions):
    token = sessions.start(people.get("li.na"), NOW)
    assert sessions.seen(token, NOW + 29 * MINUTE, used=False) is not None
    assert sessions.seen(token, NOW + 30 * MINUTE) is None


def test_a_forged_token_is_nobodys(people, sessions):
    token = sessions.start(people.get("li.na"), NOW)
    for forged in ("", token[:-1], token + "x", "li.na", "\ud800", "' OR 1=1 --"):
        assert sessions.seen(forged, NOW) is None


def test_signing_out_ends_the_session_everywhere(tmp_path, people, sessions):
    token, other = (sessions.start(people.get("li.na"), NOW) for _ in range(2))
    sessions.end(token)
    sessions.end(token)
    assert sessions.seen(token, NOW) is None
    assert sessions.seen(other, NOW) is not None
    assert outcomes(tmp_path).count(("sign_out", "done")) == 1


def test_disabling_or_a_new_password_ends_every_session(people, sessions):
    token = sessions.start(people.get("li.na"), NOW)
    people.set_disabled("li.na", True, by="admin")
    assert sessions.seen(token, NOW) is None
    people.set_disabled("li.na", False, by="admin")
    assert sessions.seen(token, NOW) is not None
    people.set_password("li.na", "Another-9876", by="admin", now=NOW + MINUTE)
    assert sessions.seen(token, NOW + MINUTE) is None


def test_the_token_itself_is_not_kept(tmp_path, people, sessions):
    token = sessions.start(people.get("li.na"), NOW)
    raw = sqlite3.connect(tmp_path / "access.sqlite")
    assert token not in "\n".join(raw.iterdump())
    raw.close()


@pytest.mark.parametrize("addresses", [1, 90])
def test_outsiders_lock_nobody_out_wherever_he_signs_in(people, addresses, monkeypatch):
    monkeypatch.setattr(f"{Accounts.__module__}.is_password", lambda given, _: given == PASSWORD)
    draw, now, limit = random.Random(addresses), NOW, limits()
    outside = [f"203.0.113.{number}" for number in range(addresses)]
    home, waits = "10.0.0.5", datetime.timedelta(minutes=limit.lock_minutes)
    people.sign_in("li.na", PASSWORD, now=now, origin=home)
    for number in range(4 * limit.address_failures):
        now += draw.choice((0, 1, 5)) * datetime.timedelta(seconds=1)
        tried(people, draw.choice(outside), now=now)
        if number % 9 == 0:
            for origin in (home, f"198.51.100.{number}"):
                assert people.sign_in("li.na", PASSWORD, now=now, origin=origin).name == "li.na"
    # Mistyped at a strange address: whatever strangers do meanwhile, that address waits its time.
    tried(people, "198.51.101.1", now=now)
    for _ in range(30):
        now += waits / 30
        tried(people, draw.choice(outside), now=now)
    assert people.sign_in("li.na", PASSWORD, now=now, origin="198.51.101.1").name == "li.na"


def test_guesses_from_many_addresses_are_one_from_each(people, monkeypatch):
    monkeypatch.setattr(f"{Accounts.__module__}.is_password", lambda given, _: given == PASSWORD)
    keys = [
        tried(people, f"203.0.113.{number}")
        for number in range(60)
        for _ in range(limits().failures)
    ]
    assert keys[: limits().address_failures] == ["sign_in_failed"] * limits().address_failures
    assert keys.count("sign_in_failed") <= limits().address_failures + 60
    # Whoever has an IPv6 network has all its addresses.
    keys = [tried(people, f"2001:db8::{number:x}", "wang") for number in range(1, 60)]
    assert keys.count("sign_in_failed") == limits().failures
    assert tried(people, "2001:db8:0:1::1", "wang") == "sign_in_failed"


def tried(people, origin, name="li.na", now=NOW) -> str:
    with pytest.raises(AccountError) as refused:
        people.sign_in(name, "wrong", now=now, origin=origin)
    return refused.value.key.removeprefix("access.")


def test_one_address_that_tries_many_names_must_wait(people):
    keys = set()
    for number in range(limits().address_failures + 1):
        with pytest.raises(AccountError) as refused:
            people.sign_in(f"name{number}", "wrong", now=NOW, origin="203.0.113.1")
        keys = {refused.value.key}
    assert keys == {"access.locked"}
    assert people.sign_in("li.na", PASSWORD, now=NOW, origin="203.0.113.2").name == "li.na"


def test_first_sign_ins_of_many_behind_one_address_close_it_for_nobody(people):
    origin, most = "203.0.113.7", limits().address_failures
    for number in range(most + 1):
        people.add(Actor(f"new{number}", "leader", ("99",)), PASSWORD, by="admin", now=NOW)
        people.sign_in(f"new{number}", PASSWORD, now=NOW, origin=origin)
    # One's own right password, again and again, does not make room for guesses.
    for number in range(most):
        people.sign_in("new0", PASSWORD, now=NOW, origin=origin)
        with pytest.raises(AccountError):
            people.sign_in(f"other{number}", "wrong", now=NOW, origin=origin)
    with pytest.raises(AccountError) as refused:
        people.sign_in("other", "wrong", now=NOW, origin=origin)
    assert refused.value.key == "access.locked"


@pytest.mark.parametrize("name", ["", " ", "\u3000"])
def test_a_try_without_a_name_is_counted_as_any_other(people, name):
    keys = []
    for _ in range(limits().address_failures + 1):
        with pytest.raises(AccountError) as refused:
            people.sign_in(name, "wrong", now=NOW, origin="203.0.113.8")
        keys.append(refused.value.key)
    assert keys[0] == "access.sign_in_failed"
    assert keys[-1] == "access.locked"


@pytest.mark.parametrize("name", ["ⓛi.na", "ｌi.na", "LI.NA", "Li.na", " li.na", "ſi.na"])
def test_a_provider_names_an_account_letter_for_letter(people, name):
    with pytest.raises(AccountError):
        people.admit(name, now=NOW)
    assert people.admit("li.na", now=NOW).name == "li.na"


def test_a_session_ends_at_its_longest_time_however_much_it_is_used(tmp_path, people):
    sessions = Sessions(people, trail(tmp_path), limits())
    token = sessions.start(people.get("li.na"), NOW)
    hours = datetime.timedelta(hours=limits().session_hours)
    now = NOW
    while now < NOW + hours - 20 * MINUTE:
        now += 20 * MINUTE
        assert sessions.seen(token, now) is not None
    assert sessions.seen(token, NOW + hours) is None


def test_beyond_so_many_sessions_the_oldest_end(tmp_path, people):
    sessions, most = Sessions(people, trail(tmp_path), limits()), limits().sessions_per_account
    account = people.get("li.na")
    tokens = [sessions.start(account, NOW + n * MINUTE, address=f"10.0.0.{n}") for n in range(8)]
    now = NOW + 9 * MINUTE
    live = [sessions.seen(token, now, used=False) is not None for token in tokens]
    assert live == [False] * (8 - most) + [True] * most
    own = sessions.of(account, now)
    assert [one.address for one in own] == [f"10.0.0.{n}" for n in range(7, 7 - most, -1)]


def test_one_ends_ones_own_sessions_and_nobody_elses(tmp_path, people):
    people.add(Actor("zhou", "analyst", ("99",)), PASSWORD, by="admin", now=NOW)
    sessions = Sessions(people, trail(tmp_path), limits())
    mine, other = people.get("li.na"), people.get("zhou")
    token = sessions.start(mine, NOW)
    (own,) = sessions.of(mine, NOW)
    for name in (own.name[:-1], "", "%", own.name + "0"):
        assert not sessions.end_own(mine, name)
    assert not sessions.end_own(other, own.name)
    assert sessions.seen(token, NOW) is not None
    assert sessions.end_own(mine, own.name)
    assert sessions.seen(token, NOW) is None
    assert trail(tmp_path).records(act="session_end")[0].subject == own.name


@pytest.mark.parametrize(
    "password",
    [
        "Password1234",
        "P@ssw0rd-2026",
        "Guatu@2026",
        "Qwerty-12345",
        "Admin_admin_1",
        "Abcdefg-12345",
        "Woaizhongguo1!",
        "Yunling-123456",
        "云岭县Aa-2026",
        "990101-Aa-990101",
        "Xyz-9876543",
    ],
)
def test_common_words_and_the_countys_own_are_no_password(tmp_path, password):
    people = Accounts(trail(tmp_path), limits(), words=("云岭县", "云岭", "yunling", "990101"))
    with pytest.raises(AccountError, match="常用词"):
        people.add(OFFICER, password, by="admin", now=NOW)


def test_a_password_made_at_random_is_never_refused(tmp_path):
    for _ in range(300):
        assert password_faults(_made_password(14), "li.na", limits()) == []


def test_a_phrase_of_ones_own_will_do(tmp_path):
    for password in ("Ma-shang-tu-47", "山前第3棵桃树开花Kx", "Second-2026-y", PASSWORD):
        assert password_faults(password, "li.na", limits()) == []
