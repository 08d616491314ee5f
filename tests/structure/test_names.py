"""One name for one thing: no class is called like another, no public name tells nothing."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath

import pytest

from tests.conftest import ROOT

FILES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])
# Where a module is called like another one because that is what its name means.
CONVENTIONS = {
    "dashboard/commands/*.py": "named by the command",
    "dashboard/layers/*.py": "named by the kind of layer",
    "dashboard/charts/*.py": "named by the kind of chart",
    "dashboard/panels/*/view.py": "what the panel of the folder shows",
}
# How many modules are called so by a convention; the number only falls.
MOST_CALLED_ALIKE = 21
EMPTY = {"found", "one", "asked", "drawn"}
# How many public names are still empty; the number only falls.
MOST_EMPTY = 0
# How often anything is still bound to `found`; the number only falls.
MOST_FOUND = 20


def _alike(files: Iterable[PurePath]) -> tuple[set[str], int]:
    """Return the names of several modules without a convention, and how many have one by it."""
    plain, counts = Counter[str](), Counter[str]()
    for file in files:
        if file.stem.startswith("__"):
            continue
        counts[file.stem] += 1
        plain[file.stem] += not any(file.match(pattern) for pattern in CONVENTIONS)
    alike = {name for name, count in plain.items() if count > 1}
    return alike, sum(counts[name] - max(plain[name], 1) for name in counts.keys() - alike)


def _classes(text: str) -> list[str]:
    return [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]


def _empty_names(text: str) -> list[str]:
    """Return what a module shows under an empty name: functions, classes, attributes, parameters."""
    return [f"{name} ({line})" for name, line in _public(ast.parse(text).body) if name in EMPTY]


def _public(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((one.id, node.lineno) for one in targets if isinstance(one, ast.Name))
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if node.name.startswith("_") and not node.name.startswith("__"):
            continue
        yield node.name, node.lineno
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body)
            continue
        for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            yield one.arg, node.lineno
        if node.name == "__init__":
            yield from (
                (inner.attr, inner.lineno)
                for inner in ast.walk(node)
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store)
            )


def test_no_two_classes_have_one_name():
    counts = Counter(name for file in FILES for name in _classes(file.read_text(encoding="utf-8")))
    assert len(counts) > 300
    assert {name for name, count in counts.items() if count > 1} == set()


def test_no_two_modules_have_one_name_but_by_a_convention():
    alike, by_convention = _alike(FILES)
    assert alike == set()
    assert by_convention <= MOST_CALLED_ALIKE


def test_modules_called_alike_are_seen():
    named = ["geodata/rules/run.py", "geodata/store/run.py", "dashboard/commands/draw.py"]
    named += [
        "geodata/evaluation/draw.py",
        "geodata/rules/__init__.py",
        "geodata/store/__init__.py",
    ]
    assert _alike(map(PurePath, named)) == ({"run"}, 1)


def test_public_names_say_what_they_are():
    empty = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES
        for name in _empty_names(file.read_text(encoding="utf-8"))
    ]
    assert len(empty) <= MOST_EMPTY, empty


def _bound_to(name: str, text: str) -> int:
    """Return how often a text binds a name: as a variable, a parameter or an import."""
    return sum(
        (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name)
        or (isinstance(node, ast.arg) and node.arg == name)
        for node in ast.walk(ast.parse(text))
    )


def test_what_is_found_is_called_what_it_is():
    bound = sum(_bound_to("found", file.read_text(encoding="utf-8")) for file in FILES)
    assert bound <= MOST_FOUND
    assert _bound_to("found", "def of(found):\n    for found in 1, 2: found += 1") == 3


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("def drawn(): ...", 1),
        ("def visit(asked): ...", 1),
        ("def _visit(asked):\n    found = asked", 0),
        ("class Visit:\n    found: int\n    def of(self, *, one): ...", 2),
        ("class _Visit:\n    found: int", 0),
        ("class Visit:\n    def __init__(self):\n        self.found = 1", 1),
        ("def visit():\n    found = 1", 0),
        ("asked = 1", 1),
    ],
)
def test_an_empty_public_name_is_seen(text, count):
    assert len(_empty_names(text)) == count
