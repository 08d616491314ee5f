"""A decision of a meeting: entered from what is presented, by those who may, with owner and day."""

from __future__ import annotations

import datetime

import pytest

from dashboard.session.meeting import Decisions
from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.session.stops import Stops
from dashboard.views.presenter import PresenterView
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.errors import ScopeError, WriteError
from tests.invented_county import COUNTY


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("decided") / "county")


@pytest.fixture
def state_as(county):
    folder = county.setup.config.folder

    def make(role: str) -> State:
        state = State(open_atlas(folder), "?view=map", themes=county.setup.themes)
        county_parts(state, county, Actor("li", role, (COUNTY,)), open_guard(folder))
        return state

    return make


def _day(state: State, days: int) -> str:
    return (state.source.guard.today() + datetime.timedelta(days=days)).isoformat()


def test_a_decision_is_entered_while_presenting_and_stands_in_the_records(state_as):
    state = state_as("leader")
    view = PresenterView(state, Stops(state))
    message = {"type": "decide", "text": "修好水泵", "owner": "水利局", "due": _day(state, 9)}
    view._answer(message)
    assert not view.bar.decides, "not while nobody presents"
    state.presenting = True
    assert view.bar.decides
    view._answer(message)
    (one,) = state.source.guard.writes.entries(state.source.actor, "decision")
    assert (one.fields["owner"], one.fields["due_day"], one.place) == (
        "水利局",
        _day(state, 9),
        state.root,
    )
    assert one.fields["address"] == state.query
    view._answer({**message, "owner": ""})
    assert view.bar.note
    assert len(state.source.guard.writes.entries(state.source.actor, "decision")) == 1


def test_a_day_that_is_past_and_a_role_that_may_not_are_refused(state_as):
    state = state_as("leader")
    with pytest.raises(WriteError, match=_day(state, -1)):
        Decisions(state).add("x", owner="y", due=_day(state, -1))
    analyst = state_as("analyst")
    assert not Decisions(analyst).allowed
    with pytest.raises(ScopeError):
        Decisions(analyst).add("x", owner="y", due=_day(analyst, 1))
