"""The administrator's page as a browser asks for it."""

from __future__ import annotations

import re

import pytest

from geodata.access import load_roles, open_guard
from tests.dashboard.server.served import make_folder, serve


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(make_folder(tmp_path_factory.mktemp("accounts") / "served")) as running:
        yield running


def submit(browser, account: str, do: str):
    page = browser.ask("/accounts").body
    (xsrf, *_) = re.findall(r'name="_xsrf" value="([^"]+)"', page)
    return browser.ask("/accounts", {"_xsrf": xsrf, "account": account, "do": do})


def test_the_administrator_lands_there_and_sees_every_account(server):
    browser = server.browser("administrator")
    assert browser.ask("/").location == "/accounts"
    page = browser.ask("/accounts").body
    assert all(f"<td>{role}</td>" in page for role in load_roles())
    assert "首次登录须改密码" in page
    assert "127.0.0.1" in page


@pytest.mark.parametrize("role", sorted(set(load_roles()) - {"administrator"}))
def test_nobody_else_sees_or_changes_accounts_and_the_try_is_on_record(server, role):
    browser = server.browser(role)
    (xsrf,) = [browser.cookies.get("_xsrf", "")]
    assert browser.ask("/accounts").status == 403
    form = {"_xsrf": xsrf, "account": "analyst", "do": "disable"}
    assert browser.ask("/accounts", form).status == 403
    guard = open_guard(server.folder)
    assert [one.outcome for one in guard.trail.records(act="users", actor=role)][-1:] == ["refused"]
    assert not guard.accounts.get("analyst").disabled
    guard.trail.database.close()


def test_an_account_is_shut_out_let_in_and_its_sign_ins_end(server):
    browser, other = server.browser("administrator"), server.browser("township_officer")
    assert other.ask("/sessions").status == 200
    assert submit(browser, "township_officer", "end").status == 200
    assert other.ask("/sessions").status == 403
    submit(browser, "township_officer", "disable")
    assert server.browser().sign_in("township_officer").status == 401
    submit(browser, "township_officer", "enable")
    assert server.browser().sign_in("township_officer").status == 303
    guard = open_guard(server.folder)
    acts = [one.act for one in guard.trail.records(subject="township_officer")]
    guard.trail.database.close()
    assert acts[-3:] == ["session_end", "user_disable", "user_enable"]


def test_nobody_shuts_himself_out_and_what_is_no_act_is_refused(server):
    browser = server.browser("administrator")
    assert "不能停用自己" in submit(browser, "administrator", "disable").body
    assert browser.ask("/accounts").status == 200
    assert submit(browser, "analyst", "promote").status == 400
    assert submit(browser, "nobody", "end").status == 400
    assert "没有“nobody”这个用户" in submit(browser, "nobody", "disable").body
