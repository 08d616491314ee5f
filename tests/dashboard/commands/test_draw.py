"""``guatu draw``: the list, what is said about it, the audit, and bad input."""

from __future__ import annotations

import shutil

import openpyxl
import pytest

from dashboard.cli import main
from geodata import open_workspace
from geodata.access import Actor, open_guard, system_user, utc_now
from geodata.config import make_workspace
from geodata.errors import EvaluationError
from geodata.store import new_snapshot
from tests.geodata.workspace.test_workspace import COUNTY, LINE, rows
from tests.invented import HOSTILE

MONTH = "2025-01"
NUMBERS = ["--villages", "2", "--exited", "3", "--missed", "2", "--weak-share", "50"]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Return a built county of four villages with six households of each kind in every one."""
    folder = make_workspace(tmp_path_factory.mktemp("draw") / "county", code=COUNTY, name="某县")
    (folder / "parameters" / "local.yaml").write_text(LINE, encoding="utf-8")
    codes = [f"99010110020{number}" for number in range(1, 5)]
    stamp = {"reported_month": MONTH}
    villages = [{"place_code": c, "exited": n < 2, **stamp} for n, c in enumerate(codes)]
    places = [{"place_code": code, "name": HOSTILE, **stamp} for code in codes]
    households = [
        {
            "household_code": f"h{code[-1]}{number:02d}",
            "place_code": code,
            "head_name": f"王小{number}",
            "members": 2,
            "household_type": "脱贫户" if number % 2 else "一般农户",
            **stamp,
        }
        for code in codes
        for number in range(12)
    ]
    with new_snapshot(folder / "store", MONTH) as writer:
        for name, records in (("village", villages), ("place", places), ("household", households)):
            writer.write_table(name, rows(name, *records))
        writer.commit(who="clerk", at="2025-02-01T08:00:00", facts={})
    open_workspace(folder).build()
    return folder


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_the_same_seed_writes_the_same_masked_list_and_the_audit_knows(county, tmp_path, capsys):
    lists = []
    for name in ("one.xlsx", "two.xlsx"):
        file = tmp_path / name
        assert run("draw", str(county), "--seed", "7", *NUMBERS, "--out", str(file)) == 0
        lists.append(list(openpyxl.load_workbook(file).worksheets[2].values))
    assert lists[0] == lists[1]
    assert len(lists[0]) == 1 + 5
    assert {row[1] for row in lists[0][1:]} == {"王*"}
    said = capsys.readouterr().out
    assert "随机种子：7" in said
    assert "已抽取 2 个村、5 户" in said
    assert "没有在用的界限" in said
    acts = [record.act for record in open_guard(county).trail.records()]
    assert acts.count("export") == 2


def test_draw_where_there_are_accounts_reads_everywhere_says_so_and_is_recorded(
    county, tmp_path, capsys
):
    folder = tmp_path / "county"
    shutil.copytree(county, folder)
    officer = Actor("zhang.san", "village_officer", ("990101100201",))
    open_guard(folder).accounts.add(officer, "Lang-genug-2025!", by="cli:test", now=utc_now())
    file = tmp_path / "draw.xlsx"
    assert run("draw", str(folder), "--seed", "7", *NUMBERS, "--out", str(file)) == 0
    assert (
        f"读全部地方；能读这些文件的人才能这样做。审计记为“cli:{system_user()}”"
        in capsys.readouterr().err
    )
    assert open_guard(folder).trail.records()[-1].actor == f"cli:{system_user()}"


def test_the_rates_can_be_judged_by_the_limits_of_another_day(county, tmp_path, capsys):
    file = str(tmp_path / "x.xlsx")
    run("draw", str(county), "--seed", "7", *NUMBERS, "--limits-of", "2020-12-31", "--out", file)
    assert "界限 2%" in capsys.readouterr().out


def test_numbers_that_are_not_set_are_all_named_and_nothing_is_written(county, tmp_path, capsys):
    file = tmp_path / "x.xlsx"
    assert run("draw", str(county), "--seed", "7", "--villages", "2", "--out", str(file)) != 0
    said = capsys.readouterr().err
    assert "--exited, --missed, --weak-share" in said
    assert "--villages" not in said
    assert not file.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--out", "list.csv"], "应为已有文件夹中的 .xlsx 文件"),
        (["--out", "x.xlsx", "--month", "2024-01"], "2024-01 还没有生成结果"),
        (["--out", "x.xlsx", "--villages", "0"], "村数应为正数"),
        (["--out", "x.xlsx", "--weak-share", "101"], "应在 0 到 100 之间"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(county, tmp_path, monkeypatch, capsys, more, said):
    monkeypatch.chdir(tmp_path)
    assert run("draw", str(county), "--seed", "7", *NUMBERS, *more) != 0
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_draws_the_same_and_is_refused_alike(county):
    opened = open_workspace(county)
    numbers = {"villages": 2, "exited": 3, "missed": 2, "weak_share": 50}
    one, two = (opened.draw_sample(seed=7, **numbers) for _ in range(2))
    assert list(one.households.index) == list(two.households.index)
    with pytest.raises(EvaluationError, match=r"eval\.sample\.villages"):
        opened.draw_sample(seed=7)
