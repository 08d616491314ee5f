"""What is due as of a day: the counts of the first page and of a theme are those of the lists they open."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dashboard.answers import Source, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.due_line import due_line, due_list
from dashboard.view import View, read_address
from geodata.access import Actor
from geodata.themes.base import DUE_BANDS
from geodata.workspace.clocks import due_band

pytestmark = pytest.mark.xdist_group("sampled")


def _view(source: Source, words: str = "") -> View:
    last = source.county.months[-1]
    return View.parse(f"?on={last}-20{words}", source)


@pytest.fixture(scope="module")
def township(source: Source, sampled) -> Source:
    """Return the county as an officer of its first township sees it."""
    atlas = source.atlas
    code = str(atlas.places_in(None, atlas.levels[-2])[0])
    return county_source(sampled, Actor("t", "township_officer", (code,)))


def test_the_first_page_is_opened_at_a_day(source):
    view = _view(source)
    assert (view.view, view.on[-2:]) == ("overview", "20")
    assert read_address(view.address, source)[0].on == view.on


@pytest.mark.parametrize("words", ["", "&theme=rectification", "&theme=survey&lang=en"])
def test_each_count_is_the_length_of_the_list_it_opens(source, township, words):
    for seen in (source, township):
        line = due_line(seen, _view(seen, words))
        assert line is not None
        assert line.kinds
        for band in DUE_BANDS:
            assert sum(getattr(one, band) for one in line.kinds) == getattr(line, band)
            listed = View.parse(line.addresses[band], seen)
            items = due_list(seen, listed)
            counts = {one.kind: getattr(one, band) for one in line.kinds}
            kinds = [one.kind for one in items]
            assert {kind: kinds.count(kind) for kind in counts} == counts
            assert len(items) == getattr(line, band)
            assert all(due_band(one.colour, one.days_left) == band for one in items)
        one = line.kinds[0]
        own = View.parse(one.addresses["red"], seen)
        assert len(due_list(seen, own)) == one.red


def test_an_officer_is_told_of_the_own_places_alone(source, township):
    own, whole = due_line(township, _view(township)), due_line(source, _view(source))
    (place,) = township.actor.scope.prefixes
    listed = due_list(township, replace(_view(township), view="map", due="all"))
    assert {one.place[: len(place)] for one in listed} == {place}
    assert 0 < own.red < whole.red


def test_who_may_read_no_rows_is_told_nothing(source, sampled):
    auditor = county_source(sampled, Actor("a", "auditor", (source.root,)))
    assert due_line(auditor, _view(auditor)) is None
    assert due_line(source, replace(_view(source), public=True)) is None


def test_the_command_says_what_the_page_says(source):
    for words in ("", "&theme=rectification"):
        view = _view(source, words)
        told = answer_json(source, view)["due"]
        shown = due_line(source, view)
        assert (told["red"], told["sentence"]) == (shown.red, shown.sentence)
        assert json.dumps(told)
    listed = View.parse(shown.addresses["red"], source)
    assert len(answer_json(source, listed)["due_list"]) == shown.red


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("task", True),
        ("task:red", True),
        ("all:week", True),
        (":red", True),
        ("parameter", True),
        ("task:blue", False),
        ("nothing", False),
        (":", False),
        ("task:red:red", False),
    ],
)
def test_an_address_names_kinds_and_bands_that_there_are(source, word, known):
    view, ignored = read_address(f"?theme=rectification&due={word}", source)
    assert (view.due == word) is known
    assert bool(ignored) is not known
