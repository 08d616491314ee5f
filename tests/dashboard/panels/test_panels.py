"""A panel is one folder: it is found, stands on the page, and nothing else is edited."""

from __future__ import annotations

import sys

import panel as pn
import pytest

from dashboard import panel_specs
from dashboard.pages.map_page import map_page
from dashboard.pages.side_panel import side_panel
from dashboard.panels import Parts
from dashboard.session.state import State
from dashboard.texts import CATALOGUE, text
from dashboard.view import LISTING, RANKING
from geodata.atlas import open_atlas
from geodata.i18n import LANGUAGES
from tests.conftest import ROOT

FOLDERS = {file.parent.name for file in (ROOT / "dashboard" / "panels").glob("*/__init__.py")}
SIXTH = {
    "panel.yaml": "order: 9\nwidth: 33vw\nneeds: [points]\n",
    "texts.yaml": 'tab: {zh: 第六, en: Sixth}\nhere: {zh: "这里是{place}", en: "This is {place}"}\n',
    "style.css": "p { color: teal; }",
    "script.js": "export function render({model}) { return document.createElement(model.tag) }",
    "__init__.py": """
import panel as pn
import param

from dashboard.texts import text
from dashboard.web.component import Component


class Sixth(Component):
    tag = param.String("p", constant=True)


def panel(state, parts):
    said = text("sixth.here", state.lang, place=state.atlas.name(state.place))
    return pn.Column(Sixth(), pn.pane.HTML(said))
""",
}


@pytest.fixture
def sixth(tmp_path, monkeypatch):
    folder = tmp_path / "sixth"
    folder.mkdir()
    for name, content in SIXTH.items():
        (folder / name).write_text(content, encoding="utf-8")
    panel_specs.FOLDERS.append(str(tmp_path))
    yield folder
    panel_specs.FOLDERS.remove(str(tmp_path))
    sys.modules.pop("dashboard.panels.sixth", None)
    for key in [key for key in CATALOGUE if key.startswith(("sixth.", "failing."))]:
        del CATALOGUE._entries[key]


def _state(county, query):
    return State(open_atlas(county.setup.config.folder), query, themes=county.setup.themes)


def test_every_folder_is_a_panel_in_an_order_with_a_name_of_its_own_in_both_languages():
    specs = panel_specs.panel_specs()
    assert set(specs) == FOLDERS >= {RANKING, LISTING}
    orders = [spec.order for spec in specs.values()]
    assert orders == sorted(set(orders))
    assert len({text(f"{name}.tab", lang) for name in specs for lang in LANGUAGES}) == 2 * len(
        specs
    )


def test_what_stands_there_when_nothing_is_asked_for_needs_nothing_and_names_nobody():
    assert specs_of(RANKING).stands(None)
    assert not specs_of(RANKING).private
    assert specs_of(LISTING).private


def specs_of(name: str) -> panel_specs.PanelSpec:
    return panel_specs.panel_specs()[name]


def test_a_folder_elsewhere_is_a_panel_with_script_style_and_words(county, sixth):
    state = _state(county, "?theme=water&side=sixth")
    assert state.side == "sixth"
    assert "side=sixth" in state.query
    column = side_panel(state, Parts(people=object()))
    assert ["sixth", "第六"] in column[0].names
    assert column[0].at == "sixth"
    assert column.styles["max-width"] == "33vw"
    script, words = column.select(lambda one: type(one).__name__ in ("Sixth", "HTML"))
    assert words.object == "这里是某县"
    assert "createElement(model.tag)" in script._render_esm()
    state.choose_theme("monitoring")
    assert state.side == "ranking", "it needs points, which this theme has not"
    assert "sixth" not in dict(column[0].names)
    assert column[0].at == "ranking"


def test_a_page_has_the_components_of_every_panel_before_it_opens(county, sixth):
    """What is defined later is known to no page that is open, and cannot be sent back from one."""
    failing = sixth.with_name("failing")
    failing.mkdir()
    for name, content in SIXTH.items():
        (failing / name).write_text(content, encoding="utf-8")
    (failing / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
    map_page(_state(county, "?theme=water"), sources=[], script="", served=False)
    assert "dashboard.panels.sixth" in sys.modules
    assert {f"dashboard.panels.{name}" for name in FOLDERS} <= set(sys.modules)


def test_a_panel_is_looked_at_only_where_there_is_what_it_needs(county):
    state = _state(county, "?theme=monitoring&side=points")
    assert state.side == "ranking"
    state.choose_side("nothing")
    assert state.side == "ranking"


def test_without_a_workspace_only_what_needs_none_is_beside_the_map(county):
    state = _state(county, "?theme=water&side=why")
    column = side_panel(state, Parts())
    assert list(dict(column[0].names)) == [
        name for name in panel_specs.panel_specs() if not specs_of(name).needs
    ]
    assert len(column) == 2


# File of a panel, what it says then, and words of the sentence: file, key, value, nearest known.
NONSENSE = {
    "no order": ("panel.yaml", "width: 3px\n", "order"),
    "a need that is none": ("panel.yaml", "order: 1\nwidth: 3px\nneeds: [pints]\n", "pints", "points"),
    "a need within one": ("panel.yaml", "order: 1\nwidth: 3px\nneeds: [points.moon]\n", "points.moon"),
    "a wrong key": ("panel.yaml", "order: 1\nwidht: 3px\n", "widht", "width"),
    "an order that is no number": ("panel.yaml", "order: first\nwidth: 3px\n", "order", "first"),
    "a width that is none": ("panel.yaml", "order: 1\nwidth: wide\n", "width", "wide"),
    "private that is no answer": ("panel.yaml", "order: 1\nwidth: 3px\nprivate: 7\n", "private", "7"),
    "a list": ("panel.yaml", "- 1\n",),
    "no yaml": ("panel.yaml", "order: {{",),
    "no tab": ("texts.yaml", "here: {zh: 这里, en: here}\n", "tab"),
    "one language": ("texts.yaml", "tab: {zh: 第六}\n", "tab", "en"),
    "a place of one language": ("texts.yaml", "tab: {zh: '{plase}', en: '{place}'}\n", "tab", "plase", "place"),
    "no panel": ("__init__.py", "import panel as pn\nimport panel\n\ndef other():\n    panel = 1\n", "panel(state"),
    "code that is none": ("__init__.py", "x = 1\ndef panel(state, parts:\n", "2"),
    "other code that is none": ("view.py", "\n\nx = = 1\n", "3"),
    "code with a zero": ("view.py", "\0", "1"),
    "braces that do not pair": ("texts.yaml", "tab: {zh: '{place', en: '{place}'}\n", "tab", "place"),
}  # fmt: skip


@pytest.mark.parametrize("what", NONSENSE)
def test_a_panel_of_nonsense_is_left_out_in_a_sentence_and_the_others_stand(sixth, what):
    name, said, *words = NONSENSE[what]
    (sixth / name).write_text(said, encoding="utf-8")
    panel_specs._specs.cache_clear()
    assert set(panel_specs.panel_specs()) == FOLDERS
    faults = panel_specs.panel_faults()
    assert {fault.theme for fault in faults} == {"sixth"}
    for lang in LANGUAGES:
        told = " ".join(fault.sentence(lang) for fault in faults)
        for word in (str(sixth / name), *words):
            assert word in told


def test_our_panels_hold_together():
    panel_specs._specs.cache_clear()
    assert panel_specs.panel_faults() == ()


def test_a_panel_that_fails_is_a_sentence_in_its_place(county, sixth, caplog):
    said = SIXTH["__init__.py"].replace('text("sixth.here"', 'text("sixth.gone"')
    (sixth / "__init__.py").write_text(said, encoding="utf-8")
    column = side_panel(_state(county, "?theme=water&side=sixth"), Parts(people=object()))
    (words,) = column[1].select(lambda one: type(one).__name__ == "HTML")
    assert column[0].at == "sixth"
    assert column[1].visible
    assert text("page.part_failed", part="第六") in words.object
    assert "KeyError" in caplog.text
    assert "sixth.gone" not in caplog.text


def test_a_panel_that_fails_at_a_later_step_is_a_sentence_and_the_page_goes_on(
    county, sixth, caplog
):
    said = SIXTH["__init__.py"].replace(
        "def panel(state, parts):\n",
        "def panel(state, parts):\n"
        "    state.param.watch(lambda event: {}['Wang'], ['period', 'level'])\n",
    )
    assert "Wang" in said
    (sixth / "__init__.py").write_text(said, encoding="utf-8")
    state = _state(county, "?theme=water&side=sixth")
    column, told = side_panel(state, Parts(people=object())), []
    state.param.watch(lambda event: told.append(event.new), "period")
    before = state.period
    state.period = next(one for one in state.periods if one != before)
    (words,) = column[1].select(lambda one: type(one).__name__ == "HTML")
    assert text("page.part_failed", part="第六") in words.object
    assert told == [state.period], "who follows after the panel hears of it"
    state.period = before
    assert len(told) == 2
    assert "KeyError" in caplog.text
    assert "Wang" not in caplog.text
    assert caplog.text.count("panel sixth") == 1


def test_a_panel_is_made_only_when_it_is_first_looked_at(county):
    column = side_panel(_state(county, "?theme=water"), Parts(people=object()))
    assert len(column) == 2
    assert isinstance(column[1], pn.Column)
