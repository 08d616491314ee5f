from __future__ import annotations

from pathlib import Path

import pytest
from bokeh.models import Line

from dashboard.charts.look import COLOURS
from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import map_page
from dashboard.panels.ranking.view import RankingView
from dashboard.panels.trend.place_trend import TrendView
from dashboard.server.geometry import GeometryFiles
from dashboard.session.state import State
from dashboard.views import headline
from dashboard.views.bar_tools import BarToolsView
from dashboard.views.controls import ControlsView
from dashboard.views.headline import HeadlineView
from dashboard.views.join_line import JoinLineView
from dashboard.views.map_view import MapView
from dashboard.views.strip import StripView
from geodata.cartography import rank_places
from tests.invented import COUNTY, HOSTILE, grid_atlas

TOWNSHIP, VILLAGE = f"{COUNTY}002", f"{COUNTY}002003"


@pytest.fixture
def state():
    return State(grid_atlas(names={VILLAGE: HOSTILE}))


@pytest.fixture
def map_view(state):
    return MapView(state, GeometryFiles(state.atlas).sources, LIBRARY)


def test_click_on_the_map_goes_to_what_was_clicked(state, map_view):
    map_view._answer({"type": "click", "id": 6})
    assert state.place == VILLAGE
    assert map_view.screen.marked == [6]
    assert (map_view.screen.picture["classes"] != 254).sum() == 4


@pytest.mark.parametrize("id_", [-1, 12, "6", None, True, 6.5])
def test_click_on_nothing_is_ignored(state, map_view, id_):
    map_view._answer({"type": "click", "id": id_})
    assert state.place == COUNTY


def test_selection_is_counted_and_ranked(state, map_view):
    ranking = RankingView(state)
    map_view._answer({"type": "select", "ids": [4, 5, 99]})
    said = map_view.screen.chosen.splitlines()
    assert said == [
        "已选 2 个村",
        "合计：低收入户占比 9%（有数据的 200 户中 18 户），2 个村中 2 个有数据",
    ]
    assert len(ranking.list.table["items"]) == 2


def test_up_on_the_map_goes_up(state, map_view):
    state.go(VILLAGE)
    assert map_view.screen.marked == [6]
    map_view._answer({"type": "up"})
    assert state.place == TOWNSHIP


def test_ranking_click_goes_to_the_place_and_marks_the_row(state):
    ranking = RankingView(state)
    ranking._answer({"type": "click", "key": VILLAGE})
    assert state.place == VILLAGE
    assert [row["key"] for row in ranking.list.table["items"] if row["here"]] == [VILLAGE]


def test_ranking_is_sorted_by_what_its_head_was_clicked_for(state):
    ranking = RankingView(state)
    assert ranking.list.table["sorted"] == "value"
    state.compare = state.periods[0]
    assert ranking.list.table["sorted"] == "change"
    state.compare = ""
    ranking._answer({"type": "sort", "by": "change"})
    assert "ranked=change" in state.query
    found = rank_places(state.atlas, state.indicator, state.period, level=state.level, place=None)
    worst = found.sort_values("change", ascending=False, kind="stable").index
    shown = [row["key"] for row in ranking.list.table["items"]]
    assert shown == list(worst)[: len(shown)]
    ranking._answer({"type": "sort", "by": "value"})
    assert [row["key"] for row in ranking.list.table["items"]] == list(found.index)[: len(shown)]
    ranking._answer({"type": "sort", "by": ["value"]})
    ranking._answer({"type": "sort", "by": "name"})
    assert state.ranked == "value"


def test_ranking_tells_worse_from_better(state):
    items = RankingView(state).list.table["items"]
    assert {row["course"] for row in items} <= {"worse", "better", "plain"}
    rising = [row for row in items if row["change"].startswith("▲")]
    assert rising
    assert all(row["course"] == "worse" for row in rising)
    state.choose_indicator("income")
    rising = [r for r in RankingView(state).list.table["items"] if r["change"].startswith("▲")]
    assert all(row["course"] == "better" for row in rising)


def test_headline_hands_names_on_as_text(state):
    view = HeadlineView(state)
    state.go(VILLAGE)
    assert view.headline.steps[-1].startswith(HOSTILE[:29])
    script = (Path(headline.__file__).parent / "script.js").read_text()
    assert "innerHTML" not in script


def test_path_goes_back(state):
    view = HeadlineView(state)
    state.go(VILLAGE)
    assert view.headline.steps[:2] == ["云岭县", "第2乡"]
    view._answer({"index": 0})
    assert state.place == COUNTY
    view._answer({"index": 9})
    assert state.place == COUNTY


def test_join_line_names_what_is_missing_and_why(state):
    content = JoinLineView(state).note.content
    assert "11/12" in content["sentence"]
    assert content["parts"][0]["rows"] == [["1-1村", "第1乡", "边界与表格没有匹配上"]]


def test_controls_follow_and_set_the_state(state):
    view = ControlsView(state)
    view.level.value = "township"
    assert state.level == "township"
    state.go(TOWNSHIP)
    assert not view.level.visible


def test_bar_sets_month_language_and_look_and_follows_them(state):
    view = BarToolsView(state, served=True)
    view._answer({"type": "month", "period": "2023"})
    assert (state.period, view.tools.period) == ("2023", "2023")
    for wrong in ("1999", None, ["2023"], 2024):
        view._answer({"type": "month", "period": wrong})
    state.step()
    assert view.tools.period == "2024"
    assert [period for period, _ in view.tools.months] == list(reversed(state.periods))
    view._answer({"type": "dark"})
    assert (state.dark, view.tools.dark) == (True, True)
    view._answer({"type": "language"})
    assert state.lang == "en"


def test_a_page_inside_another_leaves_the_language_alone(state):
    view = BarToolsView(state, served=False)
    view._answer({"type": "language"})
    assert (state.lang, view.tools.switches) == ("zh", False)


def test_strip_chooses_the_indicator_and_nothing_else(state):
    view = StripView(state)
    assert [cell["key"] for cell in view.strip.cells] == ["poor_share", "income"]
    view._answer({"key": "income"})
    assert (state.indicator, view.strip.at) == ("income", "income")
    for wrong in ("poverty", None, ["income"], 1):
        view._answer({"key": wrong})
    assert state.indicator == "income"


def test_trend_shows_the_place_against_its_parent(state):
    view = TrendView(state)
    view._draw()
    figure, drawn = view.figure.figure, _drawn(view)
    assert figure.legend[0].visible is False
    assert len(drawn[1]) == len(state.periods)
    state.go(TOWNSHIP)
    assert view.pane.object is figure, "the figure is changed, not made anew"
    assert [item.label.value for item in figure.legend[0].items] == ["云岭县", "第2乡"]
    assert _drawn(view)[0] == drawn[1], "what was the place is the line above it now"
    state.period = state.periods[0]
    here = next(one for one in figure.renderers if getattr(one.glyph, "size", 0) == 18)
    assert list(here.data_source.data["period"]) == [0]
    state.dark = True
    assert figure.background_fill_color == COLOURS["dark"]["ground"]


def _drawn(view):
    """Return the values of the two lines, the one above first."""
    lines = [one for one in view.figure.figure.renderers if isinstance(one.glyph, Line)]
    return [one.data_source.data["value"].tolist() for one in lines]


def test_page_follows_dark_both_ways(state):
    page = map_page(state, sources=[], script=LIBRARY)
    page.dark_theme = True
    assert state.dark
    state.dark = False
    assert not page.dark_theme
