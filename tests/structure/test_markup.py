"""Markup stands in templates, where every value is escaped; code builds elements by one function."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

_TAG = re.compile(r"</?(?!a:)[a-z][a-z0-9]*(?:\s[^<>]*)?>|<[a-z][a-z0-9]*\s+[a-z-]+=")
# What is put together of finished parts, none of them text from data.
JOINED = {
    "dashboard/maps/inline.py": "ends a script within a notebook's cell",
    "dashboard/maps/web.py": "puts script and style into a page of Folium",
    "dashboard/maps/drill.py": "puts script and style into a page of Folium",
    "dashboard/views/card/__init__.py": "leaves room for a chart between two templates",
    "dashboard/views/card/card_html.py": "lays columns around a template",
}


def _markup(source: str) -> list[int]:
    """Return the lines of strings with tags; documentation is none."""
    tree = ast.parse(source)
    said = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in said
        and _TAG.search(node.value)
    ]


FILES = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "dashboard").rglob("*.py"))


@pytest.mark.parametrize("file", [file for file in FILES if file not in JOINED])
def test_no_markup_is_put_together_in_code(file: str) -> None:
    assert _markup((ROOT / file).read_text(encoding="utf-8")) == []


def test_what_is_put_together_is_there() -> None:
    assert all(_markup(Path(ROOT / file).read_text(encoding="utf-8")) for file in JOINED)


def test_markup_in_code_is_noticed() -> None:
    code = '"""A <b>."""\nx = f"<p>{y}</p>"\nz = "a < b"\nw = "<div class=1>"\n'
    assert sorted(set(_markup(code))) == [2, 4]
