"""Whatever is clicked or sent, nobody sees a household outside the own places; names are masked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.session.people import CATEGORIES, SIZES, SORTS, People
from dashboard.session.state import State
from dashboard.session.visit_list import visit_list
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.errors import GuatuError
from tests.hostile_names import NAMES
from tests.invented_county import COUNTY, HOUSEHOLDS, TOWNSHIP, VILLAGES

ACTORS = (
    Actor("county", "leader", (COUNTY,)),
    Actor("township", "township_officer", (TOWNSHIP,)),
    Actor("village", "village_officer", (VILLAGES[2],)),
    Actor("two", "analyst", (VILLAGES[0], VILLAGES[2])),
    Actor("elsewhere", "township_officer", ("990202",)),
    Actor("auditor", "auditor", (COUNTY,)),
)
VILLAGE_OF = {code: place for code, place, _ in HOUSEHOLDS}
PLACES = (COUNTY, TOWNSHIP, "990101101", *VILLAGES, "990202", "", "%", *NAMES.values())
CODES = (*list(VILLAGE_OF)[:6], "h080", "", "%", "_", *NAMES.values())

STEP = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(PLACES)),
    st.tuples(st.just("theme"), st.sampled_from(("monitoring", "water", "relocation", "none"))),
    st.tuples(st.just("rule"), st.sampled_from(("", "income_below_line", "x", "' OR 1=1 --"))),
    st.tuples(st.sampled_from(("site", "zone")), st.sampled_from(("", "99AZ01", "' OR 1=1 --"))),
    st.tuples(st.just("search"), st.one_of(st.sampled_from(CODES), st.text(max_size=4))),
    st.tuples(st.just("sort"), st.sampled_from(SORTS)),
    st.tuples(st.just("size"), st.sampled_from(SIZES)),
    st.tuples(st.just("category"), st.sampled_from(CATEGORIES)),
    st.tuples(st.just("helper"), st.sampled_from(("", "张", "%", "'"))),
    st.tuples(st.just("unvisited"), st.sampled_from((0, 30, 366))),
    st.tuples(st.just("page"), st.integers(0, 99)),
    st.tuples(st.just("turn"), st.integers(-9, 9)),
    st.tuples(st.just("household"), st.sampled_from(CODES)),
    st.tuples(st.just("draw"), st.integers(0, 9)),
)


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("invented") / "county")


@pytest.fixture(scope="module")
def shared(county):
    """Return the atlas and the guard, opened once for all examples."""
    folder = county.setup.config.folder
    return open_atlas(folder), open_guard(folder)


def take(people: People, name: str, value: object) -> None:
    """Do one step as a browser could, past every widget."""
    if name == "turn":
        people.turn(value)
    elif name == "draw":
        people.draw(value)
    elif name in people.param:
        people.param.update(**{name: value})
    elif name in people.state.param:
        people.state.param.update(**{name: value})


def seen(people: People) -> dict[str, str]:
    """Return the village of every household that any view of this moment shows."""
    found: dict[str, str] = {}
    for frame in (people.rows, people.exported()[0]):
        found |= dict(frame["place_code"])
        assert frame["head_name"].dropna().str.endswith("*").all()
    for group in visit_list(people).groups:
        found |= {visit.code: VILLAGE_OF[visit.code] for visit in group.visits}
    return found


def card_of(people: People) -> dict[str, str]:
    card = people.card()
    for table in (card.members, card.measures, card.visits):
        assert set(table["household_code"].dropna()) <= {card.household}
    assert card.members["name"].dropna().str.endswith("*").all()
    return {card.household: str(card.record["place_code"])}


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(actor=st.sampled_from(ACTORS), steps=st.lists(STEP, min_size=1, max_size=6))
def test_no_sequence_of_steps_shows_a_household_outside_the_scope(county, shared, actor, steps):
    atlas, guard = shared
    people = People(State(atlas, "", themes=county.setup.themes), county, actor, guard)
    for name, value in steps:
        try:
            take(people, name, value)
        except (GuatuError, ValueError):  # refused in words, or by the parameter itself
            continue
        for view in (seen, card_of):
            if view is card_of and not people.household:
                continue
            try:
                found = view(people)
            except GuatuError:
                continue
            own = actor.scope.starts("rows")
            assert all(
                place.startswith(own) and VILLAGE_OF[code] == place for code, place in found.items()
            )


def test_leader_of_the_county_sees_households_at_all(county, shared):
    atlas, guard = shared
    state = State(atlas, "?everyone=1", themes=county.setup.themes)
    people = People(state, county, ACTORS[0], guard)
    assert len(seen(people)) == len(HOUSEHOLDS)
    assert people.listed.total == len(HOUSEHOLDS)
    people.household = "h001"
    assert card_of(people) == {"h001": VILLAGES[1]}
