from __future__ import annotations

import pytest

from dashboard.session.state import State
from tests.invented import COUNTY, grid_atlas

TOWNSHIP, VILLAGE = f"{COUNTY}002", f"{COUNTY}002003"


@pytest.fixture(scope="module")
def atlas():
    return grid_atlas()


def test_state_opens_at_the_county_and_the_last_period(atlas):
    state = State(atlas)
    assert (state.place, state.indicator, state.period) == (COUNTY, "poor_share", "2025")
    assert (state.level, state.lang, state.dark) == ("village", "zh", False)


def test_copied_address_opens_the_same_view(atlas):
    state = State(atlas)
    state.param.update(period="2023", classes="quantiles", lang="en", dark=True)
    state.choose_indicator("income")
    state.go(TOWNSHIP)
    copy = State(atlas, state.query)
    assert copy.query == state.query
    assert (copy.place, copy.period, copy.dark) == (TOWNSHIP, "2023", True)


@pytest.mark.parametrize(
    "query",
    [
        "?place=999999&indicator=none&period=1900&level=galaxy&classes=x&lang=xx&dark=yes",
        "?place=%3Cscript%3E&period=%00",
        "?&&&===",
        f"?level=county&place={TOWNSHIP}&level=township",
    ],
)
def test_address_of_unknown_things_opens_the_default(atlas, query):
    state = State(atlas, query)
    assert state.level == "village"
    assert state.period == "2025"
    assert state.layer.inside.any()


def test_a_village_is_gone_to_at_once_and_up_leads_through_its_township(atlas):
    state = State(atlas)
    state.go(VILLAGE)
    assert state.place == VILLAGE
    state.up()
    assert state.place == TOWNSHIP
    state.up()
    state.up()
    assert state.place == COUNTY


def test_village_is_shown_among_its_neighbours(atlas):
    state = State(atlas)
    state.go(VILLAGE)
    assert state.area == TOWNSHIP
    assert state.layer.inside.sum() == 4


def test_township_level_is_left_when_a_township_is_entered(atlas):
    state = State(atlas)
    state.level = "township"
    state.go(TOWNSHIP)
    assert state.level == "village"


def test_play_steps_through_the_periods_and_begins_again(atlas):
    state = State(atlas)
    seen = []
    for _ in range(3):
        state.step()
        seen.append(state.period)
    assert seen == ["2023", "2024", "2025"]


def test_going_elsewhere_drops_the_selection(atlas):
    state = State(atlas)
    state.selected = [VILLAGE]
    state.go(TOWNSHIP)
    assert state.selected == []
