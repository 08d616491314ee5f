"""The figures over the map are those of the answer, for every theme, place and month."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.answers import Source, answer_of, county_source
from dashboard.answers.as_json import answer_json, own_figure
from dashboard.answers.layers import layer_of
from dashboard.answers.strip import strip_of
from dashboard.session.state import State
from dashboard.views.strip import StripView
from geodata.access import Actor
from geodata.cartography.words import number_text, state_text
from tests.invented_county import COUNTY, VILLAGES

THEMES = ("monitoring", "relocation", "water", "rectification", "assistance", "survey")


def _views(source: Source, theme: str):
    atlas = source.atlas
    places = [
        source.root,
        atlas.places_in(None, "township")[0],
        atlas.places_in(None, "village")[3],
    ]
    for place in places:
        for period in atlas.periods[-2:]:
            yield source.view(theme=theme, place=place, period=period, lang="zh")


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_is_that_of_its_own_answer(source, theme):
    compared = 0
    for view in _views(source, theme):
        figures = strip_of(source, view)
        strip = source.themes[theme].strip
        more = () if view.indicator in strip else (view.indicator,)
        assert tuple(one.indicator for one in figures) == (*strip, *more)
        assert answer_json(source, view)["strip"][0]["value"] == figures[0].value
        for one in figures:
            if view.period not in source.periods_of(one.indicator):
                continue
            own = replace(view, indicator=one.indicator)
            answer, layer = answer_of(source, own), layer_of(source, own)
            told = own_figure(source, own, layer)
            assert (one.value, one.numerator) == (told["value"], told["numerator"]), own
            assert one.number == number_text(answer.value, layer.decimals)
            assert told["text"].startswith(one.number)
            assert one.values[one.now] in (told["value"], None)
            compared += one.value is not None
    # What is counted since a later month has fewer figures.
    assert compared > (10 if len(source.periods_of(source.themes[theme].strip[0])) > 12 else 1)


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_draws_these_figures(sampled, source, theme):
    setup = sampled.setup
    for view in _views(source, theme):
        state = State(source.atlas, view.address, themes=setup.themes, policy=setup.policy)
        cells = StripView(state).strip.cells
        figures = strip_of(source, view)
        for cell, one in zip(cells, figures, strict=True):
            assert (cell["key"], cell["number"], cell["unit"]) == (
                one.indicator,
                one.number,
                one.unit,
            )
            assert cell["moved"].endswith(one.moved)
            assert bool(cell["moved"]) == bool(one.way)


@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_moves_by_what_lies_between_its_months(source, theme):
    ways = set()
    for view in _views(source, theme):
        for one in strip_of(source, view):
            known = one.now > 0 and None not in one.values[one.now - 1 : one.now + 1]
            assert (one.change is not None) == known, one
            if not known:
                assert (one.way, one.moved) == ("", "")
                continue
            before, now = one.values[one.now - 1 : one.now + 1]
            assert one.change == pytest.approx(now - before)
            ways.add(one.way)
            words = {"up": "升多", "down": "降少", "slight": "足", "same": "平"}[one.way]
            assert any(word in one.moved for word in words), one.moved
    assert ways


@pytest.mark.parametrize("theme", THEMES)
def test_whatever_is_looked_at_has_a_whole_cell_of_its_own(sampled, source, theme):
    setup, view = sampled.setup, source.view(theme=theme, lang="zh")
    state = State(source.atlas, view.address, themes=setup.themes, policy=setup.policy)
    strip = StripView(state).strip
    for key in (*source.indicators_of(theme), source.themes[theme].strip[0]):
        state.choose_indicator(key)
        keys = [cell["key"] for cell in strip.cells]
        own = [one for one in source.themes[theme].strip if one in source.indicators_of(theme)]
        assert keys == (own if key in own else [*own, key])
        assert strip.at == key
        (cell,) = (one for one in strip.cells if one["key"] == key)
        assert cell["number"]


def test_what_a_scope_hides_is_hidden_there_too(county):
    officer = Actor("officer", "village_officer", (VILLAGES[0],))
    source = county_source(county, officer)
    # Of a theme that the county delivered nothing for there is no view.
    month = source.month_of(None)
    themes = [theme for theme in source.themes if source.indicators_of(theme, month)]
    assert "monitoring" in themes
    for theme in themes:
        for place in (COUNTY, *VILLAGES):
            view = source.view(theme=theme, place=place)
            for one in strip_of(source, view):
                own = replace(view, indicator=one.indicator)
                told = own_figure(source, own, layer_of(source, own))
                assert (one.value, one.numerator) == (told["value"], told["numerator"])
        for one in strip_of(source, source.view(theme=theme, place=VILLAGES[1])):
            assert (one.value, one.numerator, one.change) == (None, None, None)
            assert (one.number, one.note) == ("—", state_text("outside", "zh"))
            assert set(one.values) <= {None}
