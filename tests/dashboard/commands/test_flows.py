"""``guatu flows``: each term with the households behind it, masked and on record."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.cli import main
from geodata.access import open_guard
from geodata.workspace import Workspace
from tests.invented_county import MONTHS, VILLAGES


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["flows", *arguments])
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out


def test_terms_are_told_for_a_place_and_add_up(
    capsys: pytest.CaptureFixture[str], county: Workspace
) -> None:
    folder = str(county.setup.config.folder)
    code, out = _run(capsys, folder, "--place", VILLAGES[0], "--lang", "zh")
    assert code == 0
    line = next(line for line in out.splitlines() if line.strip().startswith("全部"))
    before, *changes, after = (int(number) for number in re.findall(r"[+-]?\d+", line))
    assert len(changes) == 9
    assert before + sum(changes) == after


@pytest.mark.parametrize("term", ["before", "after", "removed"])
def test_a_list_holds_exactly_its_term_and_is_on_record(
    capsys: pytest.CaptureFixture[str], counties, tmp_path: Path, term: str
) -> None:
    county = counties.copy(tmp_path / "county")
    folder = county.setup.config.folder
    terms = county.flows()
    assert terms is not None
    code, out = _run(capsys, str(folder), "--term", term, "--lang", "zh")
    assert code == 0
    assert f"共 {terms.loc['', term]} 户" in out
    assert any(record.reason == "flows" for record in open_guard(folder).trail.records())


def test_without_a_month_before_it_says_so(
    capsys: pytest.CaptureFixture[str], counties, tmp_path: Path
) -> None:
    county = counties.copy(tmp_path / "county")
    county.build(MONTHS[:1])
    code, out = _run(capsys, str(county.setup.config.folder), "--month", MONTHS[0], "--lang", "zh")
    assert code == 0
    assert "没有快照" in out
