"""The wall of a service says of every point what the rules found, each finding at one step."""

from __future__ import annotations

import pytest

from dashboard.answers import Source, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.service_wall import service_of
from geodata.access import Actor, Request
from geodata.i18n import LANGUAGES
from geodata.workspace.points import STATES

pytestmark = pytest.mark.xdist_group("sampled")
THEME = "water"


def _wall(source: Source, **told):
    wall = service_of(source, source.view(theme=THEME, **{"lang": "zh", **told}))
    assert wall is not None
    return wall


def test_every_finding_of_a_works_stands_at_exactly_one_step(source, sampled):
    compared = 0
    for period in sampled.months:
        wall = _wall(source, period=period)
        reader = source.county.places(period, actor=source.actor)
        rows = reader.rows(
            Request("flags", filters=(("subject_kind", "is", "works"), ("answer", "is", "yes")))
        ).frame
        by_key = {rule.key: rule for rule in source.themes[THEME].rules}
        told = rows.groupby("subject")["rule"].agg(list)
        assert {point.key for point in wall.points} == set(told.index)
        for point in wall.points:
            titles = sorted(title for step in point.steps for title in step.findings)
            assert titles == sorted(by_key[key].title["zh"] for key in told[point.key])
            worst = min((by_key[key].severity for key in told[point.key]), key=STATES.index)
            assert point.state == worst
            compared += len(titles)
    assert compared > 5


def test_points_and_heads_add_up_to_all_works(source):
    wall = _wall(source)
    reader = source.county.places(wall.period, actor=source.actor)
    assert len(wall.points) + wall.fine == reader.count(Request("water_works"))
    for at, head in enumerate(wall.heads):
        assert head.broken == sum(bool(point.steps[at].findings) for point in wall.points)
        assert head.grave == sum(point.steps[at].state == "high" for point in wall.points)
    order = [STATES.index(point.state) for point in wall.points]
    assert order == sorted(order)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_says_something_in_words(source, lang):
    wall = _wall(source, lang=lang)
    assert wall.sentence
    for point in wall.points:
        assert all(
            step.said and "{" not in step.said and "nan" not in step.said for step in point.steps
        )


def test_steps_that_are_equally_bad_are_named_together(source):
    wall = _wall(source)
    grave = max(head.grave for head in wall.heads)
    worst = grave or max(head.broken for head in wall.heads)
    for head in wall.heads:
        number = head.grave if grave else head.broken
        assert (head.title in wall.sentence.split("，")[1]) == (number == worst)


def test_a_township_sees_its_own_works_alone(sampled, source):
    township = source.atlas.places_in(None, "township")[0]
    own = _wall(county_source(sampled, Actor("t", "township_officer", (township,))))
    whole = _wall(source)
    assert {point.key for point in own.points} < {point.key for point in whole.points}


def test_show_tells_the_service_where_it_is_looked_at(source):
    view = source.view(theme=THEME, side="service", lang="zh")
    told = answer_json(source, view)["service"]
    assert [point["key"] for point in told["points"]] == [p.key for p in _wall(source).points]


def test_another_theme_tells_no_service(source):
    assert service_of(source, source.view(theme="relocation")) is None
