"""Type checkers see the same public names as Python, and every exemption says what and why."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

import geodata
from tests.conftest import ROOT

SOURCES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def test_type_checkers_see_every_public_name_of_geodata():
    tree = ast.parse((ROOT / "geodata" / "__init__.py").read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: statement.module
        for statement in checked.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert seen == geodata._PUBLIC
    assert {"__version__", *seen} == set(geodata.__all__)


@pytest.mark.parametrize("name", geodata.__all__)
def test_every_public_name_is_there(name):
    assert getattr(geodata, name) is not None


def test_no_ignore_covers_more_than_one_named_error():
    blanket = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in SOURCES
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*(type:\s*ignore(?!\[)|mypy:)", line)
    ]
    assert blanket == []


def test_no_module_is_left_out():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"]
    assert [one for one in settings["overrides"] if one.get("ignore_errors")] == []
