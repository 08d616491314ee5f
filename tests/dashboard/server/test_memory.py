from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import panel as pn

from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import map_page
from dashboard.server.memory import Tidying
from dashboard.session.state import State
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


def test_memory_is_tidied_only_after_pages_have_gone():
    sessions = [object()]
    tidying = Tidying(SimpleNamespace(_applications={"/": SimpleNamespace(sessions=sessions)}))
    try:
        assert not tidying.look()
        sessions.append(object())
        assert not tidying.look()
        sessions.clear()
        assert tidying.look()
        assert gc.get_freeze_count() > 0
        assert not tidying.look()
    finally:
        gc.unfreeze()
