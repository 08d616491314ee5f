"""The build command as the clerk uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cli import main
from geodata.config import make_workspace


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out + printed.err


def test_a_workspace_without_months_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "county", code="990101", name="某县")
    code, out = run(capsys, "build", str(folder))
    assert code == 0
    assert "请先运行 guatu import" in out


def test_a_folder_that_is_no_workspace_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out = run(capsys, "build", str(tmp_path))
    assert code == 2
    assert "guatu.toml" in out


def test_a_month_that_was_not_imported_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = make_workspace(tmp_path / "county", code="990101", name="某县")
    code, out = run(capsys, "build", str(folder), "--month", "2025-06")
    assert code == 2
    assert "2025-06" in out
