"""The map in one file: figures of places by month, and nobody's home."""

from __future__ import annotations

import json
import re

import pytest

from dashboard.briefing import briefing_of
from dashboard.briefing.formats import html
from dashboard.briefing.html_map import html_map
from dashboard.maps.drill import drill_places
from tests.dashboard.briefing.briefed import source_of
from tests.invented_county import HOSTILE_HOUSEHOLD, HOUSEHOLDS, TOWNSHIP


@pytest.fixture(scope="module")
def page(county):
    return html_map(briefing_of(source_of(county), lang="zh"))


def _told(page: str) -> dict:
    return json.JSONDecoder().raw_decode(page[page.index('{"lang":') :])[0]


def test_page_has_no_reference_to_another_file(page):
    assert re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=", page) == []
    assert re.findall(r"<link[^>]*>", page) == []


def test_figures_are_those_of_the_briefing(county, page):
    briefing = briefing_of(source_of(county), lang="zh")
    answer = briefing.answer(briefing.themes[0])
    layer, keys = _told(page)["layers"][0], drill_places(briefing.source.atlas)
    assert layer["months"][-1]["figures"][0] == answer.figure
    for key, value in answer.worst["value"].items():
        assert layer["months"][-1]["figures"][keys.index(key)] == answer.worded(value)
    assert layer["message"] == answer.title


def test_months_before_are_there_and_the_last_is_the_briefings(page):
    assert [one["name"] for one in _told(page)["layers"][0]["months"]][-1] == "2025年1月"
    assert len(_told(page)["layers"][0]["months"]) == 2


def test_counts_are_drawn_as_circles_and_bars_count_every_village(county, page):
    briefing = briefing_of(source_of(county), lang="zh")
    for told, theme in zip(_told(page)["layers"], briefing.themes, strict=True):
        lowest = briefing.answer(theme, level=briefing.source.atlas.lowest).layer
        month = told["months"][-1]
        assert told["circles"] == (lowest.form == "circles") == bool(month["sizes"])
        assert sum(row[2] for row in month["legend"]) == lowest.inside.sum()
        if told["circles"]:
            assert 0 < max(month["sizes"]) <= 1


def test_every_place_has_its_reason_and_its_broken_rules(page):
    told = _told(page)
    assert all(told["layers"][0]["why"])
    titles = [told["titles"][rule][0] for rule, _, _ in told["rules"][0]]
    assert "人均纯收入低于监测线" in titles


def test_rules_of_villages_add_up_to_the_township(county, page):
    told = _told(page)
    keys = drill_places(source_of(county).atlas)
    rule = told["rules"][0][0][0]
    counts = [{r: yes for r, yes, _ in place}.get(rule, 0) for place in told["rules"]]
    at = keys.index(TOWNSHIP)
    below = [n for n, place in enumerate(told["places"]) if place["parent"] == at]
    assert counts[at] == sum(counts[n] for n in below)


def test_no_household_is_in_the_file(page):
    assert [code for code, _, _ in HOUSEHOLDS if re.search(rf"\b{code}\b", page)] == []
    assert HOSTILE_HOUSEHOLD not in page
    assert "王大" not in page


def test_names_cannot_end_the_script(page):
    assert "<script>window.hacked" not in page
    assert "\\u003cscript>window.hacked" in page


def test_public_file_has_no_reasons_rules_or_hot_spots(county):
    told = _told(html_map(briefing_of(source_of(county), lang="zh", public=True)))
    assert told["mark"].startswith("公开版")
    for layer in told["layers"]:
        assert set(layer["why"]) == {""}
        assert layer["hot"] is None
        assert len(layer["months"]) == 1
    assert told["titles"] == []
    assert all(rules == [] for rules in told["rules"])


def test_same_briefing_gives_the_same_file(county, page, tmp_path):
    briefing = briefing_of(source_of(county), lang="zh")
    told = []
    html.write(briefing, tmp_path / "map.html", told.append)
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == page
    assert len(told) == html.steps(briefing)
