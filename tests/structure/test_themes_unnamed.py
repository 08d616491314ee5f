"""No module outside the themes names a theme, its tables, its feature sets or its rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from geodata.themes import own_themes
from tests.conftest import ROOT

THEMES = own_themes()
KEYS = {theme.key for theme in THEMES}
RULES = {rule.key for theme in THEMES for rule in theme.rules}
# The file pyproject.toml has a table that is called as one of ours.
TABLES = {name for theme in THEMES for name in theme.tables} - {"project"}
SETS = {one.name for theme in THEMES for one in theme.feature_sets}
_THEMES = ROOT / "geodata" / "themes"
# The invented county is made so that our rules find what was planted in it.
_SAMPLE = ROOT / "geodata" / "sample"
_KINDS = {".py", ".yaml", ".js", ".css", ".html", ".typ", ".toml"}


def _sources() -> list[Path]:
    found = [file for root in ("geodata", "dashboard") for file in (ROOT / root).rglob("*")]
    own = {theme.folder for theme in THEMES}
    return [file for file in sorted(found) if file.suffix in _KINDS and not own & set(file.parents)]


def _literals(file: Path) -> set[str]:
    """Return the texts in quotes of a module or a script."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        constants = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
        return {node.value for node in constants if isinstance(node.value, str)}
    return set(re.findall(r"""["'`]([a-z0-9_]+)["'`]""", text)) if file.suffix == ".js" else set()


@pytest.mark.parametrize("file", _sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_core_names_no_theme(file: Path) -> None:
    words = set(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    assert not words & SETS
    if _SAMPLE not in file.parents:
        assert not _literals(file) & (KEYS | RULES | TABLES)


def test_the_names_looked_for_are_there() -> None:
    assert len(KEYS) == 6
    assert len(SETS) >= 12
    assert len(RULES) >= 80
    assert len(TABLES) >= 8
    named = _THEMES / "monitoring" / "features" / "village.sql"
    assert set(re.findall(r"\w+", named.read_text(encoding="utf-8"))) & SETS
