"""Results of dashboard/ that are asked for again are kept by geodata.kept, and by no key about a person."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

FILES = sorted(ROOT.glob("dashboard/**/*.py"))
# Parts of a page are made when they are first shown, and none may be given up.
WIDGETS = {"dashboard/pages/map_page.py", "dashboard/pages/side_panel.py"}
# What a whole process reads once is read by functools.cache: files of the program and typefaces.
OF_THE_PROGRAM = {"Path", "tuple[str, ...]", "str"}
ABOUT_PEOPLE = {"household", "person", "search", "helper", "actor", "account", "head_name"}


def _own_caches(text: str) -> Iterator[str]:
    """Give what a text keeps by hand, or by functools.lru_cache, or for each of many arguments."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.If):
            yield from _filled_when_absent(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        ways = {ast.unparse(one).split("(")[0].split(".")[-1] for one in node.decorator_list}
        args = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        kinds = {"" if one.annotation is None else ast.unparse(one.annotation) for one in args}
        if "lru_cache" in ways or ("cache" in ways and not kinds <= OF_THE_PROGRAM):
            yield f"{node.name} ({node.lineno})"


def _filled_when_absent(node: ast.If) -> Iterator[str]:
    """Give the object into which a branch puts what it misses: an item by its key, or itself."""
    test = ast.unparse(node.test)
    for inner in ast.walk(ast.Module(node.body, [])):
        for target in inner.targets if isinstance(inner, ast.Assign) else []:
            item = isinstance(target, ast.Subscript)
            home = ast.unparse(target.value if isinstance(target, ast.Subscript) else target)
            by_key = item and f" not in {home}" in test
            by_pair = isinstance(target, ast.Attribute) and f"{home}[0] != " in test
            if by_key or by_pair:
                yield f"{home} ({node.lineno})"


def _keys_about_people(text: str) -> list[int]:
    """Return the lines in which a result is kept by a key that names something about a person."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "once" and node.args
        for word in ast.walk(node.args[0])
        if ABOUT_PEOPLE & {getattr(word, "id", ""), getattr(word, "attr", "")}
    ]


def test_results_are_kept_in_one_way():
    caches = {
        str(file.relative_to(ROOT)): list(_own_caches(file.read_text(encoding="utf-8")))
        for file in FILES
    }
    assert {name for name, own in caches.items() if own} == WIDGETS


def test_no_result_is_kept_by_a_person():
    sources = {file: file.read_text(encoding="utf-8") for file in FILES}
    assert sum(".once(" in text for text in sources.values()) > 5
    assert {str(file) for file, text in sources.items() if _keys_about_people(text)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "def of(self):\n if key not in self._kept:\n  self._kept[key] = 1",
        "if self._kept is None or self._kept[0] != key:\n self._kept = (key, 1)",
        "@lru_cache(maxsize=4)\ndef of(plane: Plane): ...",
        "@functools.cache\ndef of(place: Place): ...",
    ],
)
def test_a_cache_of_its_own_is_seen(text):
    assert len(list(_own_caches(text))) == 1


def test_a_key_about_a_person_is_seen():
    assert _keys_about_people("kept.once((month, people.household), make)") == [1]
    assert _keys_about_people("kept.once((month, place), make)") == []
