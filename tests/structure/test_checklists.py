"""The files that CONTRIBUTING writes down do what it says of them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

import dashboard.charts
from dashboard import sides
from dashboard.charts import chart_kinds
from dashboard.panels import Parts, panel_of
from dashboard.state import State
from dashboard.texts import CATALOGUE
from geodata.intake.layouts import read_layout
from geodata.tables import tables
from geodata.tables.loader import read_definition
from tests.conftest import ROOT
from tests.invented import COUNTY, grid_atlas

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"(?m)^`([\w/.]+)`:\n\n```\w+\n(.*?)^```", TEXT, re.DOTALL))


def _write(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(FILES[name], encoding="utf-8")


def test_the_layout_is_read(tmp_path):
    _write(tmp_path, "health_visits.yaml")
    read = read_layout(tmp_path / "health_visits.yaml", tables())
    assert [table.name for table in read.tables] == ["visit"]


def test_the_column_is_one_of_the_table(tmp_path):
    line = next(line.strip(" `") for line in TEXT.splitlines() if "has_stove" in line)
    table = yaml.safe_load(
        (ROOT / "geodata/tables/definitions/household.yaml").read_text(encoding="utf-8")
    )
    table["columns"] |= yaml.safe_load(line)
    file = tmp_path / "household.yaml"
    file.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    column = read_definition(file).columns["has_stove"]
    assert (column.kind, column.privacy) == ("flag", "restricted")


def test_the_kind_of_chart_is_found_and_draws(tmp_path, monkeypatch):
    _write(tmp_path, "listed.py")
    monkeypatch.setattr(dashboard.charts, "__path__", [*dashboard.charts.__path__, str(tmp_path)])
    parts = pd.DataFrame({"count": [2, 1]}, index=pd.Index(["甲", "乙"], name="part"))
    kind = chart_kinds()["listed"]
    assert kind.height(parts) == 104
    assert list(kind.draw(parts, dark=False).dimension_values("count")) == [2, 1]
    sys.modules.pop("dashboard.charts.listed")


@pytest.fixture
def note(tmp_path):
    _write(tmp_path, *(name for name in FILES if name.startswith("note/")))
    sides.FOLDERS.append(str(tmp_path))
    yield
    sides.FOLDERS.remove(str(tmp_path))
    sys.modules.pop("dashboard.panels.note", None)
    for key in [key for key in CATALOGUE if key.startswith("note.")]:
        del CATALOGUE._entries[key]


@pytest.mark.usefixtures("note")
def test_the_panel_stands_on_the_page_and_follows_the_state():
    state = State(grid_atlas(), "?side=note")
    assert state.side == "note"
    panel = panel_of("note", state, Parts())
    panel.get_root()
    county = state.atlas.name(state.place)
    assert panel.object == f"这里是{county}"
    state.go(f"{COUNTY}002")
    assert panel.object != f"这里是{county}"
