"""Whatever tests and scripts import from the packages is there, also in those that rarely run."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PACKAGES = ("geodata", "dashboard")
FILES = sorted([*ROOT.glob("tests/**/*.py"), *ROOT.glob("scripts/*.py")])


def _imported(text: str) -> Iterator[tuple[str, str]]:
    """Give module and name of each import from the packages, "" where the module itself is."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in PACKAGES:
            yield from ((str(node.module), alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (alias.name, "") for alias in node.names if alias.name.split(".")[0] in PACKAGES
            )


def _is_there(module: str, name: str) -> bool:
    try:
        read = importlib.import_module(module)
    except ModuleNotFoundError:
        return False
    if not name or hasattr(read, name):
        return True
    return hasattr(read, "__path__") and importlib.util.find_spec(f"{module}.{name}") is not None


def test_every_name_that_a_test_or_script_imports_is_there():
    wanted: dict[tuple[str, str], str] = {}
    for file in FILES:
        for found in _imported(file.read_text(encoding="utf-8")):
            wanted.setdefault(found, str(file.relative_to(ROOT)))
    assert len(wanted) > 300
    missing = [(file, *found) for found, file in wanted.items() if not _is_there(*found)]
    assert missing == []


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("from geodata.themes import find_themes", True),
        ("from geodata.themes import load_themes", False),
        ("from geodata import themes", True),
        ("import geodata.periods", True),
        ("import geodata.sources", False),
    ],
)
def test_a_name_or_module_that_is_gone_is_found(line, there):
    (found,) = _imported(line)
    assert _is_there(*found) is there


def test_asynchronous_work_of_tests_runs_in_a_thread_of_its_own():
    """A browser of other tests leaves a running event loop behind, and which tests follow it is chance."""
    running = re.compile(r"asyncio\.run\(|run_until_complete\(")
    found = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "tests").rglob("*.py")
        if "benchmarks" not in file.parts and running.search(file.read_text(encoding="utf-8"))
    }
    assert not found
