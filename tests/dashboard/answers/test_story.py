"""The two-minute story of a theme: every step is an address, and says what the answers say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.answers import Source, answer_of, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.matters import matters_of
from dashboard.answers.story import MOST, SECONDS, StoryStep, story_of
from dashboard.view import STEPS, View, read_address
from geodata.access import Actor
from geodata.i18n import LANGUAGES

pytestmark = pytest.mark.xdist_group("sampled")


def _story(source: Source, theme: str, lang: str = "zh") -> tuple[StoryStep, ...]:
    return story_of(source, replace(source.view(theme=theme), lang=lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_of_every_theme_is_an_address_that_tells_the_same(source, lang):
    for theme in source.themes:
        steps = _story(source, theme, lang)
        assert steps[0].step == STEPS[0]
        assert [one.step for one in steps] == [one for one in STEPS if one in _names(steps)]
        assert sum(one.seconds for one in steps) <= SECONDS
        for one in steps:
            view, ignored = read_address(one.address, source)
            assert (ignored, view.story, view.presenting, view.lang) == ((), one.step, True, lang)
            assert story_of(source, view) == steps, (
                "a step is told alike from wherever it is opened"
            )
            assert one.title
            assert one.label
            assert len(one.rows) <= MOST


def _names(steps: tuple[StoryStep, ...]) -> set[str]:
    return {one.step for one in steps}


def test_who_acts_has_the_numbers_of_the_matters_of_the_theme(source):
    told = 0
    for theme in source.themes:
        known = matters_of(source, source.view(theme=theme), theme=theme).matters
        assert {one.theme for one in known} <= {theme}
        step = next((one for one in _story(source, theme) if one.step == "action"), None)
        if known:
            assert step is not None
            assert [row.number for row in step.rows] == [f"{one.number:,}" for one in known][:MOST]
            told += len(step.rows)
    assert told > 5


def test_the_places_are_those_of_the_map_with_the_numbers_of_the_ranking(source):
    told = 0
    for theme in source.themes:
        view = source.view(theme=theme)
        answer = answer_of(source, view)
        step = next((one for one in _story(source, theme) if one.step == "list"), None)
        if (
            step is None
            or not answer.layer.indicator.counts_things
            or answer.indicator.worse != "high"
        ):
            continue
        most = answer.worst["numerator"].sort_values(ascending=False, kind="stable").head(MOST)
        thing = answer.layer.indicator.counts
        shown = [float(row.number.replace(",", "")) for row in step.rows]
        assert shown == [round(n / thing.each, thing.decimals) for n in most if n > 0]
        told += len(shown)
    assert told


def test_nothing_is_told_of_so_few_that_they_could_be_known(source):
    told = 0
    for theme in source.themes:
        view = source.view(theme=theme)
        for one in _story(source, theme):
            if one.step == "why":
                counts = [int(row.number.replace(",", "")) for row in one.rows]
                assert min(counts) >= source.smallest_count(view.period)
                assert counts == sorted(counts, reverse=True)
                told += 1
    assert told


def test_what_is_in_common_is_of_the_households_told_before(source):
    """Over all themes and their first figures: one story tells of one place and one number of them."""
    told = 0
    for theme in source.themes:
        known = source.indicators_of(theme, source.atlas.periods[-1])
        for key in [one for one in source.themes[theme].strip if one in known][:3]:
            view = source.view(theme=theme, indicator=key)
            steps = {one.step: one for one in story_of(source, view)}
            if "why" not in steps:
                continue
            place = read_address(steps["why"].address, source)[0].place
            if "worst" in steps:
                assert place == read_address(steps["worst"].address, source)[0].place
            counted = answer_of(source, replace(view, place=place)).parts[0]
            title = source.atlas.indicator(key).title_in(view.lang)
            assert f"{title}，共{counted:,.0f}" in steps["why"].line
            assert all(float(row.number.replace(",", "")) <= counted for row in steps["why"].rows)
            told += 1
    assert told > 2


def test_nobody_is_named_but_in_the_notes_of_who_may_read_it(sampled, source):
    view = source.view()
    names = set(source.officials(view)["name"].dropna())
    told = [one for theme in source.themes for one in _story(source, theme)]
    for one in told:
        shown = [one.title, one.line, one.address]
        shown += [part for row in one.rows for part in (row.title, row.detail)]
        assert not [name for name in names if any(name in said for said in shown)]
    assert any(name in note for one in told for note in one.notes for name in names)
    auditor = county_source(sampled, Actor("a", "auditor", (source.root,)))
    for theme in auditor.themes:
        for one in _story(auditor, theme):
            assert not [name for name in names if any(name in note for note in one.notes)]


def test_the_command_prints_the_story_where_one_is_told(source):
    view = source.view(theme="monitoring", presenting=True, story="county")
    assert [one["title"] for one in answer_json(source, view)["story"]] == [
        one.title for one in story_of(source, view)
    ]
    assert "story" not in answer_json(source, replace(view, story=""))


def test_a_step_is_read_while_presenting_alone(source):
    assert View.parse("?theme=monitoring&story=worst", source).story == ""
    assert View.parse("?theme=monitoring&story=elsewhere&presenting=1", source).story == ""
