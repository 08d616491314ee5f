"""The auditor's page as a browser asks for it."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest

from geodata.access import (
    Actor,
    AuditEntry,
    KeyRing,
    Shown,
    open_guard,
    read_export,
    verify_records,
)
from tests.dashboard.server.served import make_folder, serve
from tests.hostile_names import NAMES

PLACE = "990181001002"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("audited"))
    guard = open_guard(folder)
    guard.trail.record(AuditEntry("li", "unmask", "leader", PLACE, "H-1", "上门核查", "allowed"))
    guard.trail.record(AuditEntry("li", "card", "leader", PLACE, "H-2"))
    guard.trail.record(AuditEntry("li", "card", "leader", "990182001001", "H-3"))
    for number, name in enumerate(NAMES.values()):
        guard.trail.record(AuditEntry(name, "note", name, PLACE, f"N-{number}", name, name))
    guard.trail.database.close()
    with serve(folder) as running:
        yield running


def cells(body: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(<td>.*?)</tr>", body, re.S)
    return [re.findall(r"<td>(.*?)</td>", row, re.S) for row in rows]


def test_the_auditor_lands_there_and_sees_reading_in_full_first(server):
    browser = server.browser()
    assert browser.sign_in("auditor").location == "/audit"
    page = browser.ask("/audit").body
    assert page.index("H-1") < page.index("H-2")
    assert "查看明文" in page
    assert "上门核查" in page


def test_nobody_else_sees_it_and_the_try_is_recorded(server):
    for name in ("leader", "analyst", "administrator", "township_officer"):
        answer = server.browser(name).ask("/audit")
        assert (answer.status, "H-1" in answer.body) == (403, False)
    browser = server.browser("leader")
    browser.ask("/password")
    for wanted in ("verify", "export"):
        hidden = re.findall(r'name="_xsrf" value="([^"]*)"', browser.ask("/password").body)
        answer = browser.ask("/audit", {"do": wanted, "_xsrf": hidden[0]})
        assert (answer.status, "H-1" in answer.body) == (403, False)
    guard = open_guard(server.folder)
    tried = guard.trail.records(actor="leader", outcome="refused")
    assert [one.act for one in tried] == ["audit", "audit_verify", "audit_export"]
    guard.trail.database.close()


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("place=990181", "H-2", "H-3"),
        ("place=990182001001", "H-3", "H-2"),
        ("act=unmask", "H-1", "H-2"),
        ("actor=li", "H-3", "N-0"),
        ("day=1999-01-01", "没有符合的记录", "H-1"),
        ("place=%25", "没有符合的记录", "H-1"),
        ("day=tomorrow", "“tomorrow”不是日期", "H-1"),
        ("act=gossip", "没有“gossip”这种操作", "H-1"),
    ],
)
def test_filters_narrow_what_is_shown(server, query, seen, unseen):
    body = server.browser("auditor").ask(f"/audit?{query}").body
    assert seen in body
    assert unseen not in body


def test_no_name_in_the_audit_runs_or_breaks_the_page(server):
    body = server.browser("auditor").ask("/audit?act=note").body
    assert len([row for row in cells(body) if row[8].startswith("N-")]) == len(NAMES)
    assert not re.search(r"<(script|img|svg|b)[\s/>]", body)
    assert "\u202e" not in body


def test_the_chain_is_checked_and_copied_with_one_click(server, tmp_path):
    browser = server.browser("auditor")
    said = browser.submit("/audit", do="verify").body
    assert "审计记录完整" in said
    answer = browser.submit("/audit", do="export")
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    file = tmp_path / "copy.jsonl"
    file.write_text(answer.body, encoding="utf-8")
    records = list(read_export(file))
    assert verify_records(records, keys=KeyRing.usual().keys).whole
    assert records[-1].act == "audit_export"
    assert json.loads(answer.body.splitlines()[0])["seq"] == 1
    assert browser.submit("/audit", do="forget").status == 400


def test_an_edited_record_or_account_is_named_on_the_page(tmp_path):
    folder = make_folder(tmp_path)
    with sqlite3.connect(folder / "audit" / "access.sqlite") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")
        raw.execute("UPDATE accounts SET prefixes = '99' WHERE name = 'analyst'")
    raw.close()
    with serve(folder) as running:
        said = running.browser("auditor").submit("/audit", do="verify").body
        refused = running.browser().sign_in("analyst")
    assert "审计记录不完整" in said
    assert "第 2 条被修改过" in said
    assert "账号“analyst”在数据库中被直接改过" in said
    assert refused.status != 303


def test_who_saw_a_household_and_what_an_account_saw_in_a_month_are_on_the_page(server):
    guard = open_guard(server.folder)
    zhou = Actor("zhou", "leader", (PLACE,), "5e55", "10.0.0.7")
    guard.trail.record(AuditEntry.by(zhou, "rows", place=PLACE), Shown(codes=("Z-1", "Z-2")))
    month = f"{guard.trail.clock().astimezone():%Y-%m}"
    guard.trail.database.close()
    browser = server.browser("auditor")
    found = cells(browser.ask("/audit?household=Z-2").body)
    assert [row[2:7] for row in found if row[2] == "zhou"] == [
        ["zhou", "领导", "5e55", "10.0.0.7", "查看农户名单"]
    ]
    assert len(cells(browser.ask(f"/audit?actor=zhou&month={month}").body)) == 1
    assert cells(browser.ask("/audit?actor=zhou&month=2001-01").body) == []
    assert "不是月份" in browser.ask("/audit?month=2001-99").body
    # That somebody looked it up is on record as well.
    asked = [row for row in cells(browser.ask("/audit?act=audit").body) if "Z-2" in row]
    assert len(asked) == 1
