"""The files that CONTRIBUTING writes down do what it says of them."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml

import dashboard.charts
from dashboard import panel_specs
from dashboard.charts import chart_kinds
from dashboard.panels import Parts, panel_of
from dashboard.session.state import State
from dashboard.texts import CATALOGUE
from geodata.intake.layouts import read_layout
from geodata.tables import tables
from geodata.tables.table_files import read_definition
from geodata.themes.registry import GROUP
from tests.conftest import ROOT
from tests.invented import COUNTY, grid_atlas

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDES = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("theme.md", "theme.zh.md")
}
FILE = re.compile(r"(?m)^`([\w/.]+)`(?::| — [^\n]*)\n\n```\w+\n(.*?)^```", re.DOTALL)
FILES = dict(FILE.findall(TEXT))


def _write(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(FILES[name], encoding="utf-8")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_layout_is_read(tmp_path, guide):
    content = dict(FILE.findall(GUIDES[guide]))["health_visits.yaml"]
    (tmp_path / "health_visits.yaml").write_text(content, encoding="utf-8")
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
    panel_specs.FOLDERS.append(str(tmp_path))
    yield
    panel_specs.FOLDERS.remove(str(tmp_path))
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


@pytest.mark.parametrize("guide", GUIDES)
def test_the_section_of_the_card_shows_the_column(guide):
    said = yaml.safe_load(re.findall(r"```yaml\n(card:.*?)```", GUIDES[guide], re.DOTALL)[0])
    (section,) = said["card"].values()
    assert section["columns"] == ["has_stove"]
    assert {"household_code", "place_code"} <= set(tables()[section["table"]].columns)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_package_names_a_theme_by_the_group_that_is_looked_for(guide):
    project = tomllib.loads(re.findall(r"```toml\n(.*?)```", GUIDES[guide], re.DOTALL)[0])
    (package,) = project["project"]["entry-points"][GROUP].values()
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [package]


@pytest.mark.parametrize("guide", [*GUIDES, "CONTRIBUTING.md"])
def test_every_example_of_the_guides_is_one_that_is_tried(guide):
    text = GUIDES.get(guide, TEXT)
    named = [content for _, content in FILE.findall(text)]
    blocks = re.findall(r"(?m)^```(\w+)\n(.*?)^```", text, re.DOTALL)
    other = [content for kind, content in blocks if kind != "toml" and content not in named]
    assert all(content.startswith("card:") for content in other)
