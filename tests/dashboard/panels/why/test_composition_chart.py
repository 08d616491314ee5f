"""What the shown indicator is made of: by rule, by month and by kind, in the viewer's places only."""

from __future__ import annotations

from dataclasses import replace

import holoviews as hv
import numpy as np
import pandas as pd
import panel as pn
import pytest

from dashboard import charts
from dashboard.charts.time_series import TimeSeries, TimeSeriesFigure
from dashboard.panels.why.composition_chart import composition_charts
from dashboard.panels.why.view import WhyView
from dashboard.session.people import People
from dashboard.session.state import State
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from geodata.themes import PartsOf
from geodata.workspace.composition import Asked, Composition, compositions
from tests.invented_county import COUNTY, MONTHS, VILLAGES


@pytest.fixture
def people_as(county):
    folder = county.setup.config.folder

    def make(query: str, actor: Actor | None = None) -> People:
        state = State(open_atlas(folder), query, themes=county.setup.themes)
        viewer = actor or Actor("lead", "leader", (EVERYWHERE,))
        return People(state, county, viewer, open_guard(folder))

    return make


def test_an_indicator_of_several_rules_says_what_each_found(people_as):
    people = people_as(f"?place={COUNTY}&indicator=guarantee_gap_share")
    made = people.compositions[0]
    rules = people.state.themes["monitoring"].rules_by_key
    measure = next(m for m in people.county.indicators if m.key == "guarantee_gap_share")
    assert (made.own, made.stacked) == (True, False)
    assert set(made.parts.index) == {rules[key].title["zh"] for key in measure.rules}
    counts = people.county.month().counts
    counts = counts[counts["rule"].isin(measure.rules)]
    assert made.parts["count"].sum() == counts["yes"].sum()


def test_a_course_is_in_the_unit_in_which_its_indicator_is_shown_everywhere(county):
    """Of every indicator with figures, as if its theme declared its course."""
    cube, checked = county.cube, set()
    for theme in county.setup.themes:
        for key in (one.key for one in theme.indicators if one.key in cube.indicators):
            course = PartsOf({"zh": "逐月", "en": "By month"}, indicators=(key,), series=(key,))
            asked = Asked(key, (COUNTY,), "zh")
            told = replace(theme, composition=(course,))
            made = compositions(county.setup, county.month().built, told, asked, cube=cube)
            values = cube.series(key, COUNTY)["value"].dropna()
            for one in (one for one in made if one.title == "逐月"):
                shown = cube.indicator(key)
                wanted = values.reindex(one.parts.index).to_numpy() * shown.unit.scale
                np.testing.assert_allclose(one.parts.iloc[:, 0].to_numpy(), wanted, err_msg=key)
                assert one.unit == ("" if shown.is_money else shown.unit_in("zh"))
                checked.add(shown.unit.scale)
    assert {1, 100} <= checked


def test_shares_of_several_places_are_not_added_up(county):
    theme = next(one for one in county.setup.themes if one.key == "monitoring")
    course = PartsOf({"zh": "逐月", "en": "By month"}, indicators=("low_income_share",))
    told = replace(theme, composition=(replace(course, series=("low_income_share",)),))
    asked = Asked("low_income_share", VILLAGES[:2], "zh")
    made = compositions(county.setup, county.month().built, told, asked, cube=county.cube)
    assert "逐月" not in {one.title for one in made}


def test_an_indicator_of_which_nothing_is_said_shows_what_the_theme_says(people_as):
    income = people_as(f"?place={COUNTY}&indicator=low_income_share").compositions[0]
    assert (income.own, income.stacked, income.money) == (False, True, True)


def test_the_flow_of_monitored_households_is_told_by_month(people_as):
    flow, kinds = people_as(f"?place={COUNTY}&indicator=identified_households").compositions
    assert list(flow.parts.columns) == ["新识别", "返贫（再次纳入）", "消除"]
    assert list(flow.parts.index) == list(MONTHS[-2:])
    assert (flow.parts["消除"] <= 0).all()
    assert kinds.stacked
    before = people_as(f"?place={COUNTY}&indicator=identified_households&period={MONTHS[-2]}")
    assert list(before.compositions[0].parts.index) == [MONTHS[-2]]


def test_courses_add_up_only_the_own_places(people_as):
    officer = Actor("officer", "village_officer", (VILLAGES[2],))
    asked = "indicator=monitored_households"
    whole = people_as(f"?place={VILLAGES[2]}&{asked}").compositions
    own = people_as(f"?place={COUNTY}&{asked}", officer).compositions
    pd.testing.assert_frame_equal(own[0].parts, whole[0].parts)


@pytest.mark.parametrize(("yuan", "unit"), [(99_999.0, "（元）"), (100_000.0, "（万元）")])
def test_money_is_told_in_tens_of_thousands_from_a_hundred_thousand_on(yuan, unit):
    parts = pd.DataFrame({"甲": [yuan]}, index=["2025-01"])
    head, chart = composition_charts(
        [Composition("收入", parts, True, 0, money=True)], "zh", dark=False
    )
    assert unit in head.object
    assert not chart.linked_axes


def _drawn(kind):
    """Return the figure of a kind of chart over parts that it is given."""
    parts = pd.DataFrame({"count": [3.0, 2.0]}, index=["2025-01", "2025-02"])
    return hv.render(kind.draw(parts, dark=True), backend="bokeh")


def test_a_wheel_over_a_chart_moves_the_page_and_not_the_chart():
    kinds = charts.chart_kinds()
    assert set(kinds) >= {"stacked", "bars", "matrix"}
    figures = [_drawn(kind) for kind in kinds.values()]
    numbers = np.array([1.0, 2.0])
    course = TimeSeries(["1", "2"], numbers, numbers, numbers > 0, ("a", "b"), 0)
    figures.append(TimeSeriesFigure(course, dark=False).figure)
    for figure in figures:
        assert figure.toolbar.tools == []
        assert figure.toolbar.active_scroll is None
        assert figure.toolbar.active_drag is None


FOURTH = """
import holoviews as hv

from dashboard.charts.look import COLOURS, dressed, start


def height(parts):
    return 123


def draw(parts, *, dark):
    start()
    ink = COLOURS["dark" if dark else "light"]
    dots = hv.Scatter((list(parts.index), parts.iloc[:, 0].to_numpy()), "part", "count")
    return dots.opts(hooks=[dressed(ink)], responsive=True)
"""


def test_a_kind_of_chart_is_one_module_that_a_theme_names(people_as, tmp_path, monkeypatch):
    (tmp_path / "dots.py").write_text(FOURTH, encoding="utf-8")
    monkeypatch.setattr(charts, "__path__", [*charts.__path__, str(tmp_path)])
    county = people_as(f"?place={COUNTY}").county
    theme = next(one for one in county.setup.themes if one.key == "monitoring")
    theme = replace(theme, composition=tuple(replace(p, chart="dots") for p in theme.composition))
    asked = Asked("low_income_share", ("",), "zh")
    made = compositions(county.setup, county.month().built, theme, asked, cube=county.cube)
    assert {one.kind for one in made} == {"dots"}
    head, chart, *_ = composition_charts(made, "zh", dark=False)
    assert "每月收入构成" in head.object
    assert (chart.height, type(chart.object).__name__) == (123, "Scatter")
    monkeypatch.undo()
    _, said, *_ = composition_charts(made, "en", dark=False)
    known = ", ".join(sorted(charts.chart_kinds()))
    assert f"no chart 'dots'; there are: {known}" in said.object.replace("&#x27;", "'")


def test_a_place_of_somebody_else_is_said_to_be_so_and_not_to_be_without_findings(people_as):
    village = Actor("officer", "village_officer", (VILLAGES[0],))
    people = people_as(f"?place={VILLAGES[1]}&side=why&lang=zh", village)
    shown = WhyView(people)
    assert "不归您管" in shown.sentence.object
    assert people.state.atlas.name(VILLAGES[1]) in shown.sentence.object
    assert VILLAGES[1] not in shown.sentence.object
    table = shown.sheet.table
    assert (table["note"], table["rows"], table["title"]) == ("", [], "")
    own = WhyView(people_as(f"?place={VILLAGES[0]}&side=why&lang=zh", village))
    assert own.sheet.table["note"] != ""


@pytest.mark.parametrize("step", ["draw", "height"])
def test_a_chart_that_fails_is_a_sentence_and_the_others_stand(monkeypatch, caplog, step):
    def fail(*given, **named):
        raise KeyError("王某某")

    monkeypatch.setattr(charts.chart_kinds()["bars"], step, fail)
    parts = pd.DataFrame({"count": [2, 1]}, index=pd.Index(["甲", "乙"], name="part"))
    months = pd.DataFrame({"甲": [1.0, 2.0]}, index=pd.Index(["2025-05", "2025-06"], name="month"))
    made = [Composition("残", parts, False, 0), Composition("全", months, True, 0)]
    _, failed, _, whole = composition_charts(made, "zh", dark=False)
    assert "残" in failed.object
    assert "王某某" not in failed.object + caplog.text
    assert isinstance(whole, pn.pane.HoloViews)
