"""The doctor command as a county office uses it."""

from __future__ import annotations

import json
import webbrowser
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.maps.fonts import Typeface
from geodata.config import make_workspace
from geodata.workspace.checkup import Advice


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def test_a_new_workspace_is_told_each_thing_with_a_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "county", code="990101")
    code, out = run(capsys, "doctor", str(folder))
    assert code == 1
    assert "没有设置村级边界文件" in out
    assert f"guatu init {folder} --boundaries FILE" in out
    code, out = run(capsys, "doctor", str(folder), "--json")
    told = json.loads(out)
    assert code == 1
    assert {"kind", "level", "sentence", "command"} == set(told[0])
    assert "no_boundaries" in {one["kind"] for one in told}


def test_what_this_computer_lacks_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_browser() -> None:
        raise webbrowser.Error

    bare = Typeface(("DejaVu Sans",), ("Noto Sans CJK SC",))
    monkeypatch.setattr("dashboard.maps.fonts.typeface", lambda: bare)
    monkeypatch.setattr(webbrowser, "get", no_browser)
    there = {"chromium": "/usr/bin/chromium"}
    monkeypatch.setattr("dashboard.commands.doctor.shutil.which", there.get)
    # One that no screen shows is there all the same.
    assert "--no-open" not in run(capsys, "doctor", str(make_workspace(tmp_path / "other")))[1]
    there.clear()
    _, out = run(capsys, "doctor", str(make_workspace(tmp_path / "county")))
    assert "Noto Sans CJK SC" in out
    assert "--no-open" in out


@pytest.mark.parametrize(
    ("advice", "code", "sentence"),
    [((), 0, "一切正常"), ((Advice("no_accounts", "x", level="notice"),), 0, "提醒 1 项")],
)
def test_nothing_to_do_is_exit_code_0(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    advice: tuple[Advice, ...],
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr("geodata.workspace.checkup.check_workspace", lambda *_, **__: advice)
    monkeypatch.setattr("dashboard.commands.doctor._computer", lambda _: ())
    assert run(capsys, "doctor", str(tmp_path))[0] == code
    assert sentence in run(capsys, "doctor", str(tmp_path))[1]


def test_a_folder_that_is_no_workspace_cannot_be_looked_at(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out = run(capsys, "doctor", str(tmp_path))
    assert code == 2
    assert "guatu init" in out
