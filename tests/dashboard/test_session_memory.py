from __future__ import annotations

import gc
import weakref

import panel as pn

from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import map_page
from dashboard.state import State
from tests.invented import grid_atlas


def test_a_page_that_nobody_shows_any_more_is_forgotten():
    state = State(grid_atlas())
    page = map_page(state, sources=[], script=LIBRARY)
    kept = [weakref.ref(state), weakref.ref(page)]
    del state, page
    gc.collect()
    assert [ref() for ref in kept] == [None, None]


def test_the_process_runs_through_no_page_when_it_is_busy():
    before = len(pn.state.param.watchers.get("busy", {}).get("value", []))
    page = map_page(State(grid_atlas()), sources=[], script=LIBRARY)
    assert len(pn.state.param.watchers.get("busy", {}).get("value", [])) == before
    assert page.busy_indicator is None
