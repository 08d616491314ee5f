"""Kinds of layer answer for themselves: nobody asks a layer which one it is."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

# Where a layer may be asked which kind it is: where the kinds are made.
OWN = {"category_layer.py", "change_layer.py", "layer.py"}
SOURCES = sorted([*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def _asking(source: str) -> list[int]:
    """Return the lines of a text in which something is asked whether it is a kind of layer."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = {"isinstance", "issubclass", "type"}
    return [
        call.lineno
        for call in calls
        if getattr(call.func, "id", "") in named
        and re.search(r"\b(?!\w*SourceLayer)\w*(Layer|HotspotMap)\b", ast.unparse(call))
    ]


def test_nobody_asks_a_layer_which_kind_it_is():
    known = [file for file in SOURCES if file.name not in OWN and "layers" not in file.parts]
    found = {file: _asking(file.read_text(encoding="utf-8")) for file in known}
    assert {str(file): lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text", ["isinstance(layer, WallLayer)", "isinstance(x.layer, (Layer, ChangeLayer))"]
)
def test_a_question_for_the_kind_is_noticed(text):
    assert _asking(text) == [1]
