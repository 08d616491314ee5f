"""What a page opens with is what its parts were made with, and no text in it ends the script."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from dashboard.maps import coarse
from dashboard.maps.picture import picture
from dashboard.maps.screen import LIBRARY
from dashboard.pages.opening import old_markup, opening_markup
from dashboard.server.geometry import GeometryFiles
from dashboard.session.state import State
from dashboard.views.headline import HeadlineView
from dashboard.views.map_view import MapView
from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from tests.invented import COUNTY, HOSTILE, grid_atlas

_VALUES = re.compile(r'name:"(\w+)".*?,values:(\{.*?\})\}[,\]](?=\{name|,\{"corner")', re.DOTALL)


def _parts(state):
    sources = GeometryFiles(state.atlas).sources
    return {
        "headline": HeadlineView(state).headline,
        "map": MapView(state, sources, LIBRARY).screen,
    }


def _told(markup):
    """Return what the parts are told, by name."""
    return {name: json.loads(values) for name, values in _VALUES.findall(markup)}


@pytest.mark.parametrize("place", ["", f"?place={COUNTY}002"])
def test_the_map_opens_with_what_the_page_shows_to_whoever_looks(place):
    scope = Scope("village_officer", (f"{COUNTY}001001",))
    state = State(within_scope(grid_atlas(), scope), place)
    told = _told(opening_markup(state, _parts(state)))
    shown = picture(state.atlas, state.layer, lang=state.lang)
    sent = told["map"]["picture"]
    assert told["headline"]["title"] == HeadlineView(state).headline.title
    assert sent["legend"] == json.loads(json.dumps(shown["legend"]))
    assert np.isfinite(shown["values"]).sum() <= 1  # of one village alone there is a figure
    raw = {name: one["bytes"] for name, one in sent.items() if name in ("classes", "values")}
    assert len(raw) == 2


def test_a_hostile_name_ends_no_script():
    names = {f"{COUNTY}001": HOSTILE, f"{COUNTY}001001": "</script><b>\u2028"}
    state = State(grid_atlas(names=names), "")
    markup = opening_markup(state, _parts(state))
    assert markup.count("</script>") == 1
    assert "\u2028" not in markup


@pytest.mark.parametrize("query", ["?presenting=1", "?compare=2023&period=2025"])
def test_a_page_that_stands_otherwise_opens_without_a_picture(query):
    state = State(grid_atlas(), query)
    assert opening_markup(state, _parts(state)) == ""


def test_a_map_of_too_many_places_opens_without_a_picture(monkeypatch):
    monkeypatch.setattr(coarse, "MOST_PLACES", 11)
    state = State(grid_atlas(3, 4), "")
    assert opening_markup(state, _parts(state)) == ""


def test_a_browser_that_is_too_old_is_told_so_in_the_language_of_the_page():
    for lang, word in (("zh", "浏览器"), ("en", "browser")):
        markup = old_markup(lang)
        assert markup.count(f'lang="{lang}"') == 2
        assert markup.count(word) >= 2
