"""``guatu user`` and ``guatu audit`` as an administrator and an auditor use them."""

from __future__ import annotations

import json
import re
import sqlite3

import pytest

from geodata.access import Actor, AuditEntry, Shown, open_guard
from geodata.config import make_workspace, read_config

TOWN = "990101001"


@pytest.fixture
def county(tmp_path, run):
    role = ("--role", "township_officer", "--place", "990101001")
    code, printed = run("user", "add", "li.na", *role, "--workspace", tmp_path)
    assert code == 0
    return tmp_path, re.search(r"首次登录密码：(\S+)", printed)[1]


def test_a_new_user_signs_in_with_the_password_shown_once(county, run):
    folder, password = county
    guard = open_guard(folder)
    account = guard.accounts.sign_in("li.na", password, now=guard.trail.clock())
    assert account.must_change
    code, printed = run("user", "list", "--workspace", folder)
    assert (code, password in printed) == (0, False)
    assert "li.na  乡镇干部  990101001  首次登录须改密码\n共 1 个用户。" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "x.y", "--role", "boss"), "没有“boss”这个角色"),
        (("add", "x.y", "--role", "analyst", "--place", "990101000000"), "不是完整的区划代码"),
        (("add", "<b>", "--role", "analyst"), "用户名“<b>”不能用"),
        (("add", "LI.NA", "--role", "analyst"), "已经存在"),
        (("disable", "nobody"), "没有“nobody”这个用户"),
        (("reset", "nobody"), "没有“nobody”这个用户"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(county, run, arguments, sentence):
    code, printed = run("user", *arguments, "--workspace", county[0])
    assert (code, len(printed.strip().splitlines())) == (2, 1)
    assert sentence in printed


def test_a_user_without_places_is_pointed_out(tmp_path, run):
    for role, noted in (("analyst", True), ("administrator", False)):
        code, printed = run("user", "add", role, "--role", role, "--workspace", tmp_path)
        assert (code, "看不到任何地方的数据" in printed) == (0, noted)


def test_disable_and_reset_change_who_may_sign_in(county, run):
    folder, _ = county
    assert "其会话已结束" in run("user", "disable", "li.na", "--workspace", folder)[1]
    assert "已停用" in run("user", "list", "--workspace", folder)[1]
    assert "重新启用" in run("user", "disable", "li.na", "--undo", "--workspace", folder)[1]
    printed = run("user", "reset", "li.na", "--workspace", folder)[1]
    password = re.search(r"首次登录密码：(\S+)", printed)[1]
    guard = open_guard(folder)
    assert guard.accounts.sign_in("li.na", password, now=guard.trail.clock()).name == "li.na"


def test_the_audit_shows_who_did_what_in_words(county, run):
    code, printed = run("audit", "show", "--workspace", county[0])
    assert code == 0
    assert re.search(
        r"1  20\d\d-\d\d-\d\d \S+  cli:\S+  process \d+  [\d.]+  新增用户  li.na  已完成", printed
    )
    assert "显示 1 条，共 1 条。" in printed
    assert "显示 0 条" in run("audit", "show", "--actor", "nobody", "--workspace", county[0])[1]


def test_a_whole_audit_verifies_and_a_changed_one_does_not(county, run):
    folder, _ = county
    code, printed = run("audit", "verify", "--workspace", folder)
    assert (code, "审计记录完整：第 1 至第 1 条" in printed) == (0, True)
    head = re.search(r"[0-9a-f]{64}", printed)[0]
    assert run("audit", "verify", "--noted", head, "--workspace", folder)[0] == 0
    assert run("audit", "verify", "--noted", "0" * 63 + "1", "--workspace", folder)[0] == 1
    with sqlite3.connect(folder / "audit" / "access.sqlite") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET subject = 'wang'")
    raw.close()
    code, printed = run("audit", "verify", "--workspace", folder)
    assert (code, "第 1 条被修改过" in printed) == (1, True)


def test_an_export_is_recorded_and_verified_elsewhere(county, run):
    folder, _ = county
    file = folder / "out.jsonl"
    assert "已把 2 条审计记录写入" in run("audit", "export", file, "--workspace", folder)[1]
    assert run("audit", "verify", "--file", file)[0] == 0
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["act"] for line in lines] == ["user_add", "audit_export"]
    file.write_text(file.read_text(encoding="utf-8").replace("li.na", "wang"), encoding="utf-8")
    assert run("audit", "verify", "--file", file)[0] == 1


def test_a_csv_for_reading_runs_no_formula(county, run):
    folder, _ = county
    guard = open_guard(folder)
    from geodata.access import AuditEntry

    guard.trail.record(AuditEntry("=cmd|'/c calc'!A1", "card", reason="@SUM(1)"))
    run("audit", "export", folder / "out.csv", "--workspace", folder)
    content = (folder / "out.csv").read_text(encoding="utf-8-sig")
    assert content.splitlines()[0].startswith("序号,时间（UTC）,用户")
    assert "'=cmd" in content
    assert "'@SUM(1)" in content


def test_a_folder_without_audit_says_so(tmp_path, run):
    for act in (("show",), ("verify",), ("export", tmp_path / "x.jsonl")):
        code, printed = run("audit", *act, "--workspace", tmp_path)
        assert (code, "还没有审计记录" in printed) == (2, True)
    assert list(tmp_path.iterdir()) == []


def read_some(folder):
    """Let one account read a list and a card at a computer of its own; returns the codes."""
    guard, officer = (
        open_guard(folder),
        Actor("li.na", "township_officer", (TOWN,), "s1", "10.0.0.7"),
    )
    shown = Shown((("helper", "contains", "周"),), ("H-1", "H-2"))
    guard.trail.record(
        AuditEntry.by(officer, "rows", place=TOWN, detail={"table": "household_list", "rows": 2}),
        shown,
    )
    guard.trail.record(
        AuditEntry.by(officer, "card", place=f"{TOWN}001", subject="H-1", reason="上门")
    )
    guard.trail.database.close()


def test_who_saw_a_household_when_from_where_and_why_is_one_command(county, run):
    read_some(county[0])
    code, printed = run("audit", "who", "H-1", "--workspace", county[0])
    lines = printed.strip().splitlines()
    assert (code, len(lines), lines[-1]) == (0, 3, "“H-1”被看过 2 次，1 个用户。")
    assert all("li.na  乡镇干部  s1  10.0.0.7" in line for line in lines[:2])
    assert "查看农户名单" in lines[0]
    assert "helper ∋ 周" in lines[0]
    assert "上门" in lines[1]
    assert "H-2" not in printed
    assert run("audit", "who", "H-", "--workspace", county[0])[1] == "“H-”被看过 0 次，0 个用户。\n"
    asked = open_guard(county[0]).trail.records(act="audit")
    assert [one.subject for one in asked] == ["H-1", "H-"]


def test_what_an_account_saw_in_a_month_is_one_command(county, run):
    read_some(county[0])
    now = open_guard(county[0]).trail.clock().astimezone()
    other = f"{now.year + 1}-01"
    where = ("--workspace", county[0])
    code, printed = run(
        "audit", "account", "li.na", "--month", f"{now:%Y-%m}", "--households", *where
    )
    lines = printed.strip().splitlines()
    assert (code, lines[-3:-1]) == (0, ["  H-1  2", "  H-2  1"])
    assert lines[-1] == f"“li.na”在 {now:%Y-%m} 有 2 条记录，看到过 2 户（人）。"
    assert "有 0 条记录" in run("audit", "account", "li.na", "--month", other, *where)[1]


@pytest.mark.parametrize("month", ["May", "2025-13", "2025-5", "", "2025-05-01"])
def test_a_month_that_is_none_is_one_sentence(county, run, month):
    code, printed = run("audit", "account", "li", "--month", month, "--workspace", county[0])
    assert (code, "不是月份" in printed) == (2, True)


def test_an_audit_whose_file_is_gone_is_told_and_not_begun_anew(county, run):
    (county[0] / "audit" / "access.sqlite").unlink()
    code, printed = run("audit", "verify", "--workspace", county[0])
    assert (code, "不见了" in printed, "第 1 条" in printed) == (2, True, True)
    assert not (county[0] / "audit" / "access.sqlite").exists()


def test_a_second_factor_is_shown_once_and_taken_back(tmp_path, run):
    folder = make_workspace(tmp_path / "county", code="990101")
    run("user", "add", "li.na", "--role", "auditor", "--workspace", folder)
    code, printed = run("user", "factor", "li.na", "--workspace", folder)
    assert (code, "otpauth://totp/guatu:li.na?" in printed, "恢复码" in printed) == (0, True, True)
    code, printed = run("user", "factor", "li.na", "--remove", "--workspace", folder)
    assert (code, "已收回" in printed) == (0, True)
    code, printed = run("user", "factor", "li.na", "--remove", "--workspace", folder)
    assert (code, "没有动态码" in printed) == (0, True)
    code, printed = run("user", "factor", "nobody", "--workspace", folder)
    assert (code, "nobody" in printed, printed.count("\n")) == (2, True, 1)


def test_with_the_first_account_numbers_are_sealed_unless_the_county_says_no(tmp_path, run):
    for said, told in (("", True), ("\n[store]\nencrypted = false\n", False)):
        folder = make_workspace(tmp_path / f"county{len(said)}", code="990101")
        file = folder / "guatu.toml"
        if said:
            lines = file.read_text(encoding="utf-8").split("[store]")
            file.write_text(said.join(lines), encoding="utf-8")
        for name in ("li.na", "wang.wu"):
            code, printed = run("user", "add", name, "--role", "auditor", "--workspace", folder)
            assert (code, "加密存放" in printed) == (0, told and name == "li.na")
        assert read_config(folder).storing.encrypted is told


def test_an_account_changed_in_the_database_is_told_by_check_and_list(county, run):
    folder, _ = county
    assert run("audit", "verify", "--workspace", folder)[0] == 0
    with sqlite3.connect(folder / "audit" / "access.sqlite") as raw:
        raw.execute("UPDATE accounts SET role = 'leader'")
    raw.close()
    code, printed = run("audit", "verify", "--workspace", folder)
    assert (code, "“li.na”在数据库中被直接改过" in printed) == (1, True)
    assert "直接改过" in run("user", "list", "--workspace", folder)[1]
    assert run("user", "reset", "li.na", "--workspace", folder)[0] == 0
    assert run("audit", "verify", "--workspace", folder)[0] == 0
