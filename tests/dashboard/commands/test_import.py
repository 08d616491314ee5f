"""The clerk's commands, as typed."""

from __future__ import annotations

import json

import pytest

from dashboard.cli import main

HOUSEHOLDS = (
    "乡,村,户编号,户主姓名,人均纯收入\n青龙镇,上河村,H1,张三,8500\n青龙镇,无名村,H2,李四,9000\n"
)
PLACES = "区划代码,名称\n990101,示例县\n990101100,青龙镇\n990101100201,上河村\n"


@pytest.fixture
def folder(tmp_path):
    _run("init", str(tmp_path / "county"), "--code", "990101", "--name", "示例县")
    raw = tmp_path / "county" / "raw" / "2025-03"
    raw.mkdir()
    (raw / "户信息.csv").write_text(HOUSEHOLDS, encoding="gb18030")
    (raw / "区划.csv").write_text(PLACES, encoding="utf-8")
    return tmp_path / "county"


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code or 0


def test_import_says_what_became_of_every_file(folder, capsys):
    assert _run("import", str(folder), "--month", "202503", "--who", "王五") == 0
    said = capsys.readouterr().out
    assert "户信息.csv：读入 2 行，入库 1 行，搁置 1 行" in said
    assert "青龙镇无名村" in said
    assert (folder / "reports" / "2025-03-001" / "report.html").is_file()
    assert (folder / "reports" / "2025-03-001" / "issues.xlsx").is_file()


def test_import_of_a_month_that_is_none_is_bad_usage(folder):
    assert _run("import", str(folder), "--month", "2025-13") == 2


def test_bad_file_leaves_with_2_and_names_it(folder, capsys):
    (folder / "raw" / "2025-03" / "乱.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert _run("import", str(folder), "--month", "2025-03") == 2
    assert "乱.csv" in capsys.readouterr().err
    assert not (folder / "store" / "pointer.json").exists()


def test_snapshots_are_listed_verified_and_restored(folder, capsys):
    for _ in range(2):
        _run("import", str(folder), "--month", "2025-03", "--who", "王五")
    capsys.readouterr()
    assert _run("snapshots", "list", "--workspace", str(folder)) == 0
    assert "* 2025-03-002" in capsys.readouterr().out
    assert _run("snapshots", "restore", "2025-03-001", "--workspace", str(folder)) == 0
    _run("snapshots", "list", str(folder))
    assert "* 2025-03-001" in capsys.readouterr().out
    assert _run("snapshots", "show", "2025-03-001", "--workspace", str(folder)) == 0
    assert "农户：1 行" in capsys.readouterr().out
    assert _run("snapshots", "verify", "--workspace", str(folder)) == 0
    next((folder / "store").rglob("part-0.parquet")).write_bytes(b"")
    assert _run("snapshots", "verify", "--workspace", str(folder)) == 1
    assert "文件内容与清单不符" in capsys.readouterr().out


def test_reconcile_prints_counts_and_writes_the_differences(folder, capsys, tmp_path):
    card = tmp_path / "户卡.csv"
    card.write_text("户编号,户主姓名,人均纯收入\nH1,张三,8600\n", encoding="utf-8")
    raw = str(folder / "raw" / "2025-03" / "户信息.csv")
    out = tmp_path / "差异.xlsx"
    assert _run("reconcile", raw, str(card), "--on", "人均纯收入", "--out", str(out)) == 0
    assert "比较 1 户，不同 1 户（100.0%）" in capsys.readouterr().out
    assert out.is_file()


def test_templates_are_written_into_a_folder(tmp_path, capsys):
    assert _run("template", "xlsx", "--table", "ledger", "--out", str(tmp_path / "t")) == 0
    assert [file.name for file in (tmp_path / "t").iterdir()] == ["收支台账.xlsx"]


def test_strict_import_leaves_with_1_where_rows_are_set_aside(folder):
    assert _run("import", str(folder), "--month", "2025-03", "--strict") == 1


def test_trial_stores_nothing_and_writes_its_report(folder, capsys):
    assert _run("import", str(folder), "--month", "2025-03", "--dry-run") == 0
    assert "没有入库" in capsys.readouterr().out
    assert not (folder / "store" / "pointer.json").exists()
    assert (folder / "reports" / "2025-03-trial" / "report.html").is_file()


def test_json_tells_sheets_findings_and_totals(folder, capsys):
    assert _run("import", str(folder), "--month", "2025-03", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    households = next(file for file in told["files"] if file["file"] == "户信息.csv")
    assert (told["month"], told["stored"], households["taken_as"]) == (
        "2025-03",
        True,
        "households",
    )
    assert (households["rows_read"], households["rows_stored"], households["rows_aside"]) == (
        2,
        1,
        1,
    )
    uses = {column["header"]: column["use"] for column in households["columns"]}
    assert uses == {
        "乡": "area",
        "村": "area",
        "户编号": "used",
        "户主姓名": "used",
        "人均纯收入": "used",
    }
    (issue,) = told["issues"]
    assert (issue["severity"], issue["kind"], issue["row"]) == ("error", "unknown_place", 3)
    assert told["totals"]["rows_aside"] == 1


def test_json_of_a_refused_month_says_why(folder, capsys):
    (folder / "raw" / "2025-03" / "乱.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert _run("import", str(folder), "--month", "2025-03", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["stored"], told["issues"][0]["kind"]) == (False, "unlike")
