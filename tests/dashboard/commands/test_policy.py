"""The policy command as a county office uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cli import main
from geodata.rules.weak import weak_rules
from geodata.workspace import Workspace


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def test_list_shows_value_unit_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(
        capsys, "policy", "list", "monitor.line.per", "--place", "53", "--day", "2025-06-30"
    )
    assert (code, out) == (0, "monitor.line.per_capita  8700 元/人·年 (有出处，待核对原文)\n")


def test_list_since_a_day_shows_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--place", "53", "--since", "2024-12-31", "--day", "2025-01-01")
    code, out = run(capsys, "policy", "list", *arguments)
    assert code == 0
    assert "防返贫监测线未设定  →  8700 元/人·年" in out
    assert "1 个参数有变化" in out


def test_show_lists_every_dated_value(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "policy", "show", "monitor.line.per_capita")
    assert code == 0
    assert "云农办通〔2025〕1号" in out
    assert "815 元/月 × 12 × 2 = 19,560 元" in out


def test_an_unknown_key_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "policy", "show", "monitor.line.percapita")
    assert code == 2
    assert "monitor.line.per_capita" in out


def test_check_says_what_to_set_and_how(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out = run(capsys, "policy", "check", "--workspace", str(tmp_path), "--day", "2025-06-30")
    assert code == 0
    assert "monitor.line.per_capita  防返贫监测线未设定" in out
    assert "parameters 文件夹" in out


def test_check_says_which_cases_change_with_the_values_of_the_county(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "parameters").mkdir()
    file = tmp_path / "parameters" / "local.yaml"
    file.write_text("reloc.policy_share.alarm:\n  - {value: 70}\n", encoding="utf-8")
    code, out = run(capsys, "policy", "check", "--workspace", str(tmp_path), "--day", "2025-06-30")
    assert code == 0
    assert "policy_share_alarm:用例“79.99%”现为“是”，原为“否”" in out
    assert "1 个的结果因本县参数而改变" in out


def test_list_since_a_day_names_the_rules_a_change_touches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ("--place", "53", "--since", "2024-12-31", "--day", "2025-01-01")
    _, out = run(capsys, "policy", "list", *arguments)
    assert "income_below_line" in out.splitlines()[1]


def test_check_names_the_rules_of_a_county_that_are_true_of_most(
    capsys: pytest.CaptureFixture[str], county: Workspace
) -> None:
    counts = county.month().counts
    weak = weak_rules(counts, county.setup.rules)
    folder = str(county.setup.config.folder)
    code, out = run(capsys, "policy", "check", "--workspace", folder, "--day", "2025-12-31")
    assert code == 0
    assert weak
    for one in weak:
        line = next(line for line in out.splitlines() if line.startswith(f"规则 {one.rule.key}（"))
        assert ("都无法判断" in line) == one.unanswered
        assert str(one.unknown if one.unanswered else one.judged) in line
    bare = sum(one.rule.justified is None for one in weak)
    assert f"{len(weak)} 条规则命中过多或无法判断，其中 {bare} 条没有说明" in out


LINE = "monitor.line.per_capita"


def _unset(folder: Path, day: str) -> int:
    """Return how many parameters a run without answers leaves unset."""
    from datetime import datetime

    from geodata.workspace import open_workspace
    from geodata.workspace.checkup import unset_parameters

    return len(unset_parameters(open_workspace(folder).setup, datetime.fromisoformat(day)))


def test_ask_takes_answers_and_leaves_the_rest_unset(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from dashboard.cli import guatu
    from geodata.config import make_workspace

    folder = make_workspace(tmp_path / "county", code="990101", name="某县")
    before = _unset(folder, "2031-06-30")
    answers = ["不知道", "3", "县〔2031〕1号", "明天", "2031-01-01", "y"]
    arguments = ["policy", "ask", str(folder), "--day", "2031-06-30"]
    left = CliRunner().invoke(guatu, arguments, input="\n".join(answers) + "\n" * (before + 5))
    assert left.exit_code == 1
    assert "“不知道”不是数字" in left.output
    assert "“明天”不是日期" in left.output
    assert "写入 1 个" in left.output
    assert _unset(folder, "2031-06-30") == before - 1


def test_ask_takes_values_without_asking(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from geodata.config import make_workspace

    folder = make_workspace(tmp_path / "county", code="990101", name="某县")
    stated = ("--document", "县〔2031〕1号", "--from", "2031-01-01")
    code, out = run(capsys, "policy", "ask", str(folder), "--set", f"{LINE}=9000", *stated)
    assert code == 0
    assert f"{LINE} = 9000" in out
    asked = ("--workspace", str(folder), "--place", "990101", "--day", "2031-06-30")
    code, out = run(capsys, "policy", "list", LINE, *asked)
    assert "9000 元/人·年" in out
    for wrong, sentence in (
        ((f"{LINE}=9000",), "--document"),
        ((f"{LINE}=many", *stated), "“many”不是数字"),
        ((LINE, *stated), "参数名=数值"),
        (("monitor.line=1", *stated), LINE),
    ):
        code, out = run(capsys, "policy", "ask", str(folder), "--set", *wrong)
        assert code == 2
        assert sentence in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2025-13"), "2025-13"),
        (("--from", "2025-12", "--to", "x"), "x"),
        (("--from", "2026-02", "--to", "2025-12"), "2026-02"),
        (("--from", "2025-12", "--out", "page.docx"), "page.docx"),
    ],
)
def test_a_changeover_that_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, out = run(capsys, "policy", "changeover", str(tmp_path), *arguments)
    assert code == 2
    assert said in out
