"""An address and a view are the same thing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dashboard.answers import FindingCounts, Source
from dashboard.answers.taken_in import taken_in_sentence
from dashboard.panel_specs import panel_specs
from dashboard.session.state import State
from dashboard.view import (
    ADDRESS,
    COMPARED,
    LONGEST_ADDRESS,
    MOST,
    RANKED,
    View,
    is_code_text,
    read_address,
    shown_themes,
)
from geodata.atlas import open_atlas
from geodata.i18n import LANGUAGES
from geodata.periods import last_day, shift_month
from tests.invented import grid_atlas

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
CODES = st.text("AZaz09-_", min_size=1, max_size=40).filter(is_code_text)
COUNT = st.integers(0, MOST).map(str) | st.just("")
SHARES = st.decimals(0, 999, places=2).map(str) | st.just("")
NUMBERS = st.just("") | st.tuples(COUNT, COUNT, COUNT, SHARES).map(",".join)


@pytest.fixture(scope="module")
def whole(counties):
    county = counties.shared(sites=True)
    atlas, setup = open_atlas(county.setup.config.folder), county.setup
    return Source(
        atlas, shown_themes(atlas, setup.themes), setup.policy, FindingCounts(county), county
    )


@pytest.fixture(scope="module")
def alone():
    return Source(grid_atlas(), {})


def _view(draw, source: Source) -> View:
    """Draw a view of what there is."""

    def one_of(known):
        return draw(st.sampled_from(list(known)))

    theme = one_of(source.themes or [""])
    indicator = one_of(source.indicators_of(theme))
    periods = source.periods_of(indicator) or ("",)
    period = one_of(periods)
    place = one_of(source.atlas.places.index)
    level = one_of(source.levels_below(place))
    rules = [rule.key for each in source.themes.values() for rule in each.rules]
    kinds = source.themes[theme].points if theme else ()
    keys = source.atlas.places_in(None, level)
    presenting = draw(st.booleans())
    sides = source.panels_of(theme, presenting=presenting)
    due = [f"{kind}{band}" for kind in ("all", *source.clocks) for band in ("", ":red", ":week")]
    return View(
        theme=theme,
        place=place,
        indicator=indicator,
        period=period,
        level=level,
        classes=one_of(source.methods),
        compare=one_of(["", *periods]),
        compared=one_of(COMPARED),
        ranked=one_of(RANKED),
        side=one_of(sides),
        rule=one_of(["", *rules]),
        point=f"{one_of(kinds).table}:{draw(CODES)}" if kinds and draw(st.booleans()) else "",
        site=draw(CODES | st.just("")),
        zone=draw(CODES | st.just("")),
        everyone=draw(st.booleans()),
        counted=draw(st.booleans()),
        page=draw(st.integers(1, MOST)),
        selected=tuple(draw(st.lists(st.sampled_from(list(keys)), unique=True, max_size=9))),
        seed=draw(st.integers(0, MOST)),
        numbers=draw(NUMBERS.filter(lambda text: text != ",,,")),
        limits=draw(st.just("") | st.dates().map(lambda day: day.isoformat())),
        on=draw(st.sampled_from(["", f"{period}-01", f"{period}-28"])) if len(period) == 7 else "",
        due=one_of(["", ":red", *due]),
        spotlight=draw(st.booleans()),
        presenting=presenting,
        lang=one_of(LANGUAGES),
        dark=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", ["whole", "alone"])
def test_the_address_of_a_view_is_that_view(kind, request):
    source = request.getfixturevalue(kind)

    @FEW
    @given(st.data())
    def holds(data):
        view = _view(data.draw, source)
        assert read_address(view.address, source) == (view, ())
        state = State(source.atlas, view.address, themes=list(source.themes.values()))
        if view.classes in state.methods:
            assert state.shown == view

    holds()


def test_a_day_that_the_month_does_not_tell_is_not_understood(whole):
    first, last = whole.atlas.periods[0], whole.atlas.periods[-1]
    assert View.parse(f"?theme=monitoring&period={last}&on=2099-01-01", whole).on == "2099-01-01"
    for period, word in (
        (first, f"{last}-03"),
        (last, f"{first}-03"),
        (last, "morgen"),
        (last, ""),
    ):
        view, ignored = read_address(f"?theme=monitoring&period={period}&on={word}", whole)
        assert view.on == ""
        assert not word or ignored == (f"on={word}",)


def test_a_chosen_day_goes_with_its_month(whole):
    first, last = whole.atlas.periods[0], whole.atlas.periods[-1]
    state = State(whole.atlas, "?theme=monitoring", themes=list(whole.themes.values()))
    for day, on in (
        (f"{last}-03", f"{last}-03"),
        (f"{first}-03", f"{last}-03"),
        ("morgen", f"{last}-03"),
        (last_day(last).isoformat(), ""),
    ):
        state.choose_day(day)
        assert state.on == on
    state.choose_day(f"{last}-03")
    state.period = first
    assert state.on == ""


def test_a_page_opens_as_of_today_where_its_data_are_of_this_or_the_last_month(whole):
    last = whole.atlas.periods[-1]
    next_month = shift_month(last, 1)
    for today, on in (
        (f"{last}-03", f"{last}-03"),
        (f"{next_month}-09", f"{next_month}-09"),
        (f"{shift_month(last, 2)}-01", ""),
        ("1999-01-01", ""),
    ):
        state = State(whole.atlas, "?theme=monitoring", themes=list(whole.themes.values()))
        state.open_on(date.fromisoformat(today))
        assert state.on == on
    earlier = State(
        whole.atlas,
        f"?theme=monitoring&period={whole.atlas.periods[0]}",
        themes=list(whole.themes.values()),
    )
    earlier.open_on(date.fromisoformat(f"{last}-03"))
    assert earlier.on == ""


def test_the_overview_has_its_period_and_how_it_is_shown_in_its_address(whole):
    period = whole.atlas.periods[0]
    view = View.parse(f"?view=overview&period={period}&lang=en&dark=1&presenting=1", whole)
    assert (view.view, view.period, view.lang, view.dark) == ("overview", period, "en", True)
    assert View.parse(view.address, whole) == view
    assert View.parse("", whole).view == "overview"
    assert View.parse(View.parse("", whole).address, whole) == View.parse("", whole)


@pytest.mark.parametrize("kind", ["whole", "alone"])
def test_any_text_is_an_address_of_some_view(kind, request):
    source = request.getfixturevalue(kind)
    names = st.sampled_from([*ADDRESS, "person", ""])
    values = st.text(max_size=30) | CODES | st.sampled_from(["1", "0", "-1", "9" * 40, "%", "२"])
    pairs = st.lists(st.tuples(names, values).map("=".join), max_size=8).map("&".join)

    @FEW
    @given(st.text() | pairs)
    @example("?seed=٣")
    @example("?limits=20250101&numbers=,,,&selected=&selected=x")
    @example("?place=" + "%F0%9F%98%80" * LONGEST_ADDRESS)
    @example("\ud800=\udfff")
    def holds(query):
        view = View.parse(query, source)
        assert View.parse(view.address, source) == view
        assert view.indicator in source.atlas.indicators
        assert len(view.address) <= LONGEST_ADDRESS

    holds()


def test_words_that_are_not_understood_are_told(whole):
    _, ignored = read_address("?theme=watr&lang=en&level=galaxy&who=me&dark=yes", whole)
    assert set(ignored) == {"theme=watr", "level=galaxy", "who=me", "dark=yes"}
    assert read_address("?lang=en&lang=zh", whole)[1] == ("lang=en",)


def test_text_for_outside_stands_in_no_address(whole):
    view = View.parse("?theme=water", whole)
    told = replace(view, sentence="请看这里", public=True)
    assert told.address == view.address
    assert {one.name for one in fields(View)} - set(ADDRESS) == {"sentence", "public"}


def test_more_places_than_an_address_holds_are_left_out():
    view = View(selected=tuple(f"{number:012d}" for number in range(101)))
    assert "selected" not in view.address
    assert len(replace(view, selected=view.selected[1:]).address) < LONGEST_ADDRESS


def test_the_address_of_a_place_that_has_ended_leads_to_its_successor():
    atlas = grid_atlas()
    into = str(atlas.places_in(None, atlas.lowest)[0])
    ended = {"gone": ("Gone", "2025-03", into), "far": ("Far", "", "nowhere")}
    source = Source(replace(atlas, ended=ended), {})
    view, ignored = read_address("?place=gone", source)
    assert (view.place, ignored) == (into, ())
    assert View.parse(view.address, source) == view
    view, ignored = read_address("?place=far", source)
    assert (view.place, ignored) == (source.root, ("place=far",))
    # What it has taken in is said with its figures, above it only where the village came from outside.
    told = {
        lang: taken_in_sentence(source, replace(view, place=into, lang=lang)) for lang in LANGUAGES
    }
    assert all("Gone" in said and "2025" in said for said in told.values())
    assert taken_in_sentence(source, replace(view, place=None)) == ""


def test_an_address_keeps_no_part_that_nothing_shown_reads(whole):
    """After any steps over themes and panels: a part stands there only with a panel that reads it."""
    readers: dict[str, set[str]] = {}
    for name, panel in panel_specs().items():
        for part in panel.uses:
            readers.setdefault(part, set()).add(name)
    assert set(readers) <= set(ADDRESS)
    assert {"due", "seed", "page", "rule"} <= set(readers)

    @FEW
    @given(st.data())
    def holds(data):
        view = _view(data.draw, whole)
        state = State(whole.atlas, view.address, themes=list(whole.themes.values()))
        for _ in range(data.draw(st.integers(0, 4))):
            if data.draw(st.booleans()):
                state.choose_theme(data.draw(st.sampled_from(list(whole.themes))))
            else:
                state.choose_side(data.draw(st.sampled_from(list(state.panels))))
            told = dict(parse_qsl(state.query.lstrip("?")))
            for part in set(told) & set(readers):
                assert state.side in readers[part], state.query
            assert View.parse(state.query, whole).used == state.shown.used

    holds()
