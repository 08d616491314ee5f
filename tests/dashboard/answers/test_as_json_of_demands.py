"""Each demand of the speeches is served by something that answers, or says why it stays words."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from dashboard.answers import Source
from dashboard.answers.as_json import answer_json
from dashboard.cli import guatu
from dashboard.view import read_address
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("sampled")


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("demands", ROOT / "scripts" / "demands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()
ROWS = SCRIPT.demands()
ADDRESSES = sorted({address for row in ROWS for address, _ in SCRIPT.addresses(row)})


def test_the_page_is_of_the_themes_as_they_are() -> None:
    written = SCRIPT.PAGE.read_text(encoding="utf-8")
    assert written == SCRIPT.page(), "out of date: run scripts/demands and commit docs/demands.md"


def test_there_are_at_least_132_demands_and_few_stay_words() -> None:
    assert len(ROWS) >= 132
    assert {row["of"] for row in ROWS} == {1, 2, 3, 4, 5}
    assert sum("words" in row for row in ROWS) <= 13
    assert all(sum(name in row for name in ("see", "run", "words")) == 1 for row in ROWS)
    assert all(row["zh"].strip() and row["en"].strip() for row in ROWS)


def test_each_command_named_is_there() -> None:
    named = {row["run"].split()[1] for row in ROWS if "run" in row}
    assert named <= set(guatu.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_is_answered_with_a_figure(source: Source, address: str) -> None:
    view, ignored = read_address(address, source)
    assert ignored == ()
    told = answer_json(source, view)
    assert told["title"]
    if view.view != "map":
        return
    # A year of accounts before, or a rule that is not in force yet: then the reason is told.
    if told["figure"]["value"] is None:
        assert source.county.absence(view.indicator), told["title"]
