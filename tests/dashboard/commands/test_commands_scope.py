"""The command line on a workspace with accounts: it reads everywhere, says so, and is on record."""

from __future__ import annotations

import os
import shutil

import pytest

from dashboard.cli import main
from geodata.access import Actor, open_guard, system_user, utc_now
from geodata.access.accounts import account_name
from geodata.errors import AccountError
from tests.dashboard.briefing.briefed import AT
from tests.invented_county import HOSTILE_HOUSEHOLD, TOWNSHIP, VILLAGES

SAID = "读全部地方"


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    """Return a copy of the invented county in which one officer of a village has an account."""
    copied = tmp_path_factory.mktemp("accounts") / "county"
    shutil.copytree(county.setup.config.folder, copied)
    officer = Actor("zhang.san", "village_officer", (VILLAGES[0],))
    accounts = open_guard(copied).accounts
    accounts.add(officer, "Lang-genug-2025!", by="cli:test", now=utc_now())
    return copied


def _commands(folder, out):
    """Return the commands that write rows about people, or figures, to a file."""
    stamp = ["--at", AT, "--lang", "zh"]
    return {
        "visits": ["--place", TOWNSHIP, "--out", str(out / "list.pdf"), *stamp],
        "card": ["--household", HOSTILE_HOUSEHOLD, "--out", str(out / "card.pdf"), *stamp],
        "briefing": ["--place", VILLAGES[1], "--out", str(out / "deck.pdf"), *stamp],
    }


@pytest.mark.parametrize("name", ["visits", "card", "briefing"])
def test_command_reads_everywhere_says_so_and_is_recorded(folder, tmp_path, capsys, name):
    with pytest.raises(SystemExit) as left:
        main([name, str(folder), *_commands(folder, tmp_path)[name]])
    assert left.value.code == 0
    told = [line for line in capsys.readouterr().err.splitlines() if SAID in line]
    assert len(told) == 1
    assert f"cli:{system_user()}" in told[0]
    assert open_guard(folder).trail.records()[-1].actor == f"cli:{system_user()}"


def test_without_accounts_nothing_is_said(county, tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["card", str(county.setup.config.folder), *_commands(None, tmp_path)["card"]])
    assert left.value.code == 0
    assert SAID not in capsys.readouterr().err


def test_name_of_a_command_can_be_no_account():
    with pytest.raises(AccountError):
        account_name(f"cli:{system_user()}")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no other source of the name")
def test_user_is_the_systems_and_not_that_of_a_variable(monkeypatch):
    before = system_user()
    monkeypatch.setenv("LOGNAME", "liu.wei")
    monkeypatch.setenv("USER", "liu.wei")
    assert system_user() == before
