"""The theme of the guide is one that holds together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geodata.themes import check_theme
from geodata.themes.answers import wrong_answers
from tests.conftest import ROOT


@pytest.mark.parametrize("guide", ["theme.md", "theme.zh.md"])
def test_the_files_of_the_guide_are_a_theme_whose_cases_hold(guide: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    files = re.findall(r"^`([\w./]+)` — [^\n]*\n\n```\w*\n(.*?)```", text, flags=re.S | re.M)
    assert len(files) == 10
    for name, content in files:
        file = tmp_path / "yard" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    theme, faults = check_theme(tmp_path / "yard")
    assert [fault.sentence() for fault in faults] == []
    assert theme is not None
    assert list(wrong_answers(theme)) == []


@pytest.mark.parametrize("guide", ["theme.md", "theme.zh.md"])
def test_every_field_of_theme_yaml_is_in_the_guide(guide: str) -> None:
    from geodata.themes.theme_file import FIELDS

    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("guide", ["theme.md", "theme.zh.md"])
def test_the_units_of_each_quantity_of_a_parameter_are_those_of_the_guide(guide: str) -> None:
    from geodata.quantity import QUANTITIES

    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    table = text.partition("`of:` |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines()[2:]]
    told = {
        name: set(re.findall("[a-z]+", re.sub("[(（].*", "", units)))
        for names, units in rows
        for name in re.findall("[a-z_]+", names)
    }
    for name, units in told.items():
        assert set(QUANTITIES[name].units) == units, name
    bare = {"sum", "ratio", "plain"}  # of a table without declared quantities
    assert set(told) == set(QUANTITIES) - bare
