"""No module reads another that reads it, also where the import is for a type checker alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.conftest import ROOT

FILES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def _module(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imports(text: str, known: set[str]) -> Iterator[str]:
    """Give the known modules that a text imports, at any depth and under any condition."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def _circles(imports: Mapping[str, set[str]]) -> set[tuple[str, ...]]:
    """Return the groups of modules in which each is reached from each other one."""
    reached: dict[str, set[str]] = {}
    for module in imports:
        seen: set[str] = set()
        waiting = [module]
        while waiting:
            new = imports.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        reached[module] = seen
    return {
        tuple(sorted(other for other in reached[module] if module in reached.get(other, ())))
        for module in imports
        if module in reached[module]
    }


def test_no_module_reads_one_that_reads_it():
    known = {_module(file, ROOT) for file in FILES}
    imports = {
        _module(file, ROOT): set(_imports(file.read_text(encoding="utf-8"), known))
        & known - {_module(file, ROOT)}
        for file in FILES
    }
    assert sum(map(len, imports.values())) > 1500
    assert _circles(imports) == set()


def test_a_circle_through_an_import_for_types_is_seen():
    texts = {
        "house.cellar": "if TYPE_CHECKING:\n    from house.attic import Beam\n",
        "house.attic": "def stairs():\n    from house import roof\n",
        "house.roof": "import house.cellar\n",
        "house": "",
    }
    imports = {module: set(_imports(text, set(texts))) for module, text in texts.items()}
    assert _circles(imports) == {("house.attic", "house.cellar", "house.roof")}
