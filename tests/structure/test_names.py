"""One name for one thing: no class is called like another, no public name tells nothing."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

FILES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])
EMPTY = {"found", "one", "asked", "drawn"}
# How many public names are still empty; the number only falls.
MOST_EMPTY = 4


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


def test_public_names_say_what_they_are():
    empty = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES
        for name in _empty_names(file.read_text(encoding="utf-8"))
    ]
    assert len(empty) <= MOST_EMPTY, empty


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
