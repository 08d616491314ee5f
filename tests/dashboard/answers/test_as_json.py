"""One question has one answer: in the command, on the screen, in a briefing, in the list."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from dashboard.answers import Source, answer_of, county_source
from dashboard.answers.as_json import answer_json, counts_of, own_figure, ranking_rows
from dashboard.answers.layers import layer_of
from dashboard.answers.listing import figure_list, page_list
from dashboard.panels.households.view import HouseholdsView
from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.session.subjects import listed_about, listed_subjects
from dashboard.view import VIEWS, View
from geodata.access import Actor, command_actor, open_guard
from geodata.figures import STATES
from tests.invented_county import COUNTY, VILLAGES

pytestmark = pytest.mark.xdist_group("sampled")


def _views(source: Source, theme: str, levels=("village", "township")):
    """Return a view of every indicator of a theme, each level and month it has figures in."""
    for key in source.indicators_of(theme):
        for period in source.atlas.periods_of(key):
            for level in levels:
                yield source.view(theme=theme, indicator=key, period=period, level=level, lang="zh")


def _same(one: object, other: float) -> bool:
    return (one is None and math.isnan(other)) or (
        one is not None and math.isclose(float(one), float(other), rel_tol=1e-12, abs_tol=1e-12)
    )


THEMES = ("monitoring", "relocation", "water", "rectification", "assistance", "survey")


@pytest.mark.parametrize("theme", THEMES)
def test_command_screen_and_briefing_give_one_value(sampled, source, theme):
    setup = sampled.setup
    state = State(source.atlas, "", themes=setup.themes, policy=setup.policy)
    for view in _views(source, theme):
        rows = ranking_rows(source, view)
        figure, answer = own_figure(source, view, layer_of(source, view)), answer_of(source, view)
        state.read(view.address)
        assert state.shown == view
        layer = state.layer
        shown = dict(zip(layer.keys[layer.inside], layer.values[layer.inside], strict=True))
        assert all(_same(row["value"], shown[row["code"]]) for row in rows)
        assert _same(figure["value"], answer.value)
        assert [row["code"] for row in rows] == list(answer.ranked.index)
        assert all((row["state"] == "shown") == (row["value"] is not None) for row in rows)
        for name in ("value", "numerator", "denominator", "change"):
            column = answer.ranked[name]
            assert all(_same(row[name], column[row["code"]]) for row in rows), name
        if source.atlas.indicator(view.indicator).adds_up == "sum":
            known = [row["value"] for row in rows if row["value"] is not None]
            assert math.isclose(sum(known), figure["value"], rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize("theme", THEMES)
def test_an_answer_is_made_of_these_and_can_be_written(source, theme):
    opened = answer_json(source, source.view(theme=theme, view=VIEWS[0], lang="zh"))
    assert json.loads(json.dumps(opened, allow_nan=False)) == opened
    assert opened["month"]
    for view in _views(source, theme, ("village",)):
        if view.period != source.atlas.periods[-1]:
            continue
        told = answer_json(source, view)
        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert told["ranking"] == ranking_rows(source, view)
        for spot in told["hot_spots"]:
            assert len(spot["codes"]) == len(set(spot["codes"])) > 1
            rows = {row["code"]: row for row in told["ranking"]}
            inside = [rows[code] for code in spot["codes"]]
            assert spot["observed"] == sum(row["numerator"] for row in inside)
            assert spot["base"] > spot["expected"] > 0
            assert spot["sentence"]


@pytest.mark.parametrize("theme", THEMES)
def test_classes_and_places_without_one_are_all_places(source, theme):
    for view in _views(source, theme):
        for classes in source.methods:
            layer = layer_of(source, replace(view, classes=classes))
            told = counts_of(layer, "zh")
            count = sum(one["count"] for one in told["classes"])
            count += sum(told[name] for name in STATES[1:])
            places = len(source.atlas.places_in(view.place, view.level))
            assert count == places
            assert sum(row.count for row in layer.legend("zh")) == places


@pytest.mark.parametrize("theme", THEMES)
def test_a_list_holds_exactly_the_numerator(sampled, source, tmp_path, theme):
    """Of every indicator that counts subjects, in the county, a township and some villages.

    Where few are bad, it holds those of the base whom the numerator leaves out, and the numerator's
    own list is one step away.
    """
    atlas, setup, listed = source.atlas, sampled.setup, set()
    villages = list(atlas.places_in(None, "village"))
    places = [source.root, atlas.places_in(None, "township")[1], *villages[1::12]]
    state = State(atlas, "", themes=setup.themes, policy=setup.policy)
    people = county_parts(state, sampled, command_actor(), open_guard(tmp_path)).people
    for view in _views(source, theme, ("village",)):
        indicator = setup.indicators[view.indicator]
        if not indicator.lists:
            none = figure_list(source, view)
            assert (none.kind, none.count, none.of) == (None, None, None)
            assert indicator.title["zh"] in none.words
            opened = page_list(source, replace(view, side="households"))
            assert (opened.of, opened.words) == ("everyone", "全部农户")
            state.read(replace(view, side="households").address)
            assert none.words in HouseholdsView(people, 1).sheet.table["note"]
            continue
        listed.add(view.indicator)
        # Below the county the last month stands for all: a list reads its month, whichever it is.
        for place in places if view.period == atlas.periods_of(view.indicator)[-1] else places[:1]:
            row = atlas.series(view.indicator, place).reindex([view.period]).iloc[0]
            counted, base = (
                0 if math.isnan(row[part]) else int(row[part])
                for part in ("numerator", "denominator")
            )
            assert indicator.acts_on_rest == (indicator.worse == "low"), view.indicator
            lists = {True: counted, False: base - counted if indicator.acts_on_rest else counted}
            for good, wanted in lists.items():
                here = replace(view, place=place, side="households", counted=good)
                told = page_list(source, here)
                assert told == figure_list(source, here)
                assert (told.count, told.of) == (wanted, "figure"), (view.indicator, place)
                assert indicator.title["zh"] in told.words
                assert ("没有计入" in told.words) == (indicator.acts_on_rest and not good)
                state.read(here.address)
                about = listed_about(people)
                found = (
                    people.listed.count
                    if about is None
                    else len(listed_subjects(people, about).rows)
                )
                assert found == wanted, (view.indicator, place)
    kinds = {"household", "problem", "task", "works", "project", "village", "site"}
    assert {setup.indicators[key].lists for key in listed} <= kinds
    counting = {
        one.key
        for one in setup.indicators.values()
        if one.theme == theme and one.counts is not None and one.counts.root in kinds
        if one.quantity in ("count", "share") and one.key in atlas.indicators
        # A number that a village reports of households names none of them.
        if one.counts.root == one.subject or one.listed is not None
        if atlas.periods_of(one.key)
    }
    assert listed == counting


@pytest.mark.parametrize("theme", THEMES)
def test_the_list_of_an_address_is_what_its_page_lists(sampled, source, tmp_path, theme):
    """With the list beside the map, with every rule of the theme and of none, picked and counted."""
    setup, villages = sampled.setup, source.atlas.places_in(None, "village")
    state = State(source.atlas, "", themes=setup.themes, policy=setup.policy)
    people = county_parts(state, sampled, command_actor(), open_guard(tmp_path)).people
    first = source.view(theme=theme, lang="zh")
    rules = [replace(first, rule=rule) for rule in ("", *source.themes[theme].rules_by_key)]
    last = [view for view in _views(source, theme, ("village",)) if view.period == first.period]
    narrowed = [replace(first, selected=tuple(villages[:2])), replace(first, place=villages[0])]
    listed = [*rules, *last, *narrowed, *(replace(view, everyone=True) for view in last)]
    for view in (replace(one, side="households") for one in listed):
        state.read(view.address)
        assert state.shown == view
        about = listed_about(people)
        wanted = people.listed.count if about is None else len(listed_subjects(people, about).rows)
        found = page_list(source, view)
        kind = "household" if about is None else about.subject.name
        assert (found.kind, found.count, found.rule) == (kind, wanted, view.rule or None), view
        told = page_list(source, replace(view, side="ranking"))
        assert told == (found if view.rule else figure_list(source, view))


def test_nobody_in_question_is_not_the_same_as_nothing_reported(source):
    """A village without relocated households is not asked; one that sent nothing has no data."""
    atlas = source.atlas
    view = source.view(theme="relocation", indicator="not_moved_in_share")
    states = source.atlas.states(view.indicator, view.period, view.level)
    subjects = atlas.frame(view.indicator, view.period, view.level)["subjects"]
    asked = subjects.fillna(0) > 0
    reported = atlas.frame("households", view.period, view.level)["subjects"] > 0
    assert (states[~asked & reported] == "not_applicable").all()
    assert (~asked & reported).any()
    assert (states[~reported] == "no_data").all()
    assert not (states[asked] == "not_applicable").any()
    told = answer_json(source, view)
    assert told["not_applicable"] == int((states == "not_applicable").sum())


def test_a_share_of_nothing_is_not_applicable(source):
    view = source.view(theme="rectification", indicator="adopted_checked_share")
    adopted = source.atlas.frame("adopted_problems", view.period, "village")["value"]
    states = source.atlas.states(view.indicator, view.period, view.level)
    assert (adopted == 0).any()
    assert (states[adopted == 0] == "not_applicable").all()
    assert (states[adopted > 0] == "shown").all()


def test_within_a_scope_foreign_places_are_outside_and_small_counts_hidden(county):
    officer = Actor("officer", "village_officer", (VILLAGES[0],))
    source = county_source(county, officer)
    told = answer_json(source, View.parse(f"?theme=monitoring&place={COUNTY}", source))
    states = {row["code"]: row["state"] for row in told["ranking"]}
    assert states == {VILLAGES[0]: "shown", VILLAGES[1]: "outside", VILLAGES[2]: "outside"}
    assert told["outside"] == 2
    township = Actor("township", "township_officer", (VILLAGES[0][:9],))
    whole = county_source(county, township, smallest=10)
    found = answer_json(whole, View.parse("?theme=monitoring&indicator=low_income_share", whole))
    hidden = {row["code"]: row["state"] for row in found["ranking"]}
    assert hidden[VILLAGES[2]] == "hidden"
    assert (found["hidden"], hidden[VILLAGES[0]]) == (1, "shown")
    (row,) = [row for row in found["ranking"] if row["code"] == VILLAGES[2]]
    assert row["value"] is row["numerator"] is row["denominator"] is None
