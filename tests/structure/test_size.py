"""Modules and functions stay at the size at which they can be read."""

from __future__ import annotations

import ast

from tests.conftest import ROOT

MODULE_LINES = 500
FUNCTION_LINES = 40
SOURCES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def test_no_module_is_longer_than_500_lines():
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in SOURCES}
    assert {name: count for name, count in lengths.items() if count > MODULE_LINES} == {}


def test_no_function_is_longer_than_40_lines():
    assert [found for file in SOURCES for found in _long_functions(file)] == []


def _long_functions(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = node.end_lineno - body[0].lineno + 1 if body else 0
            if lines > FUNCTION_LINES:
                yield f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines"
