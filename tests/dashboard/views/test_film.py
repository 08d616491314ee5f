"""The film of the months: what it holds, and how little a month that is chosen sends."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.maps.picture import picture
from dashboard.server.geometry import GeometryFiles
from dashboard.session.state import State
from dashboard.views.film import FilmView
from tests.invented import COUNTY, grid_atlas


@pytest.fixture
def state():
    return State(grid_atlas())


@pytest.fixture
def film(state):
    return FilmView(state, GeometryFiles(state.atlas).sources)


def test_every_month_is_drawn_as_its_own_map(state, film):
    assert [month["period"] for month in film.film.months] == list(state.periods)
    for month in film.film.months:
        state.period = month["period"]
        map_of_it = picture(state.atlas, state.layer, lang="zh")
        np.testing.assert_array_equal(month["classes"], map_of_it["classes"])
        assert film.film.picture["colours"] == map_of_it["colours"]
        assert film.film.at == month["period"]


def test_a_month_that_is_chosen_moves_the_frame_alone(state, film):
    changed: list[str] = []
    film.film.param.watch(lambda event: changed.append(event.name), list(film.film.param))
    film._answer({"type": "month", "period": "2023"})
    assert (state.period, changed) == ("2023", ["at"])
    for wrong in ("1999", None, ["2023"], 2024):
        film._answer({"type": "month", "period": wrong})
    assert state.period == "2023"


def test_place_and_indicator_change_all_months(state, film):
    before = film.film.months
    state.choose_indicator("income")
    assert film.film.months is not before
    state.go(f"{COUNTY}002")
    outside = [(month["classes"] == 254).sum() for month in film.film.months]
    assert outside == [8, 8, 8]
    assert film.film.picture["place"] == 1


def test_playing_is_the_session_s_and_ends_as_it_began(state, film):
    film._answer({"type": "play", "on": True})
    assert state.playing
    assert film.film.playing
    film._answer({"type": "play", "on": "yes"})
    assert not state.playing
