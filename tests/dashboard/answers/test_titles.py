"""The second line of a page: the place's own figure, its basis, and why there is none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.answers import Source, answer_of, county_source, layer_of
from dashboard.answers.answer import ranking_of
from dashboard.answers.strip import strip_of
from dashboard.answers.titles import headline_of, message
from dashboard.briefing.fragment import html_fragment
from geodata.access import Actor
from geodata.cartography.finding import finding_of
from geodata.cartography.headline import change_of_whole, figure_of_whole, headline
from geodata.cartography.short_headline import short_whole
from geodata.cartography.words import number_text, period_text
from geodata.escaping import html_text
from tests.invented_county import VILLAGES

# What the corner of a map on a screen of 1366 x 768 holds, of names as long as they come.
LONGEST = {"zh": 80, "en": 200}

pytestmark = pytest.mark.xdist_group("sampled")


def _said(source: Source, view) -> str:
    return headline_of(source, view, layer_of(source, view)).sentence


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentence_is_of_the_place_itself_as_in_a_briefing(source, lang):
    month = source.atlas.periods[-1]
    for place in (source.root, *source.atlas.places_in(None, "township")):
        for village in (place, source.atlas.places_in(place, "village")[0]):
            for key in source.indicators_of("monitoring", month)[::4]:
                view = source.view(indicator=key, place=village, lang=lang)
                assert _said(source, view) == answer_of(source, view).summary
                name = source.atlas.name(village)
                assert _said(source, view).startswith(name)


def test_an_indicator_without_any_figure_says_why(sampled, source):
    """What is not reported, has no value or is not set is named, also on paper."""
    atlas, month = source.atlas, source.atlas.periods[-1]
    silent = [
        key
        for theme in source.themes
        for key in source.indicators_of(theme)
        if atlas.states(key, month, "county")[source.root] == "no_data"
    ]
    assert silent
    for key in silent:
        said = sampled.absence(key, month, "zh")
        assert any(
            word in said
            for word in (
                "没有一个有值",
                "没有报的表",
                "未设定",
                "没有一个在统计范围内",
                "都缺所需的数据",
                "尚不能判断",
                "这个月不适用的规则",
            )
        ), key
        theme = sampled.setup.indicators[key].theme
        view = replace(source.view(), theme=theme, indicator=key, period=month, lang="zh")
        assert said in _said(source, view)
        assert said in answer_of(source, view).summary
    known = next(key for key in atlas.indicators if key not in silent)
    view = replace(source.view(), indicator=known, period=month, lang="zh")
    assert "没有报的表" not in _said(source, view)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_basis_stands_with_the_figure_in_every_form(source, lang):
    atlas, month = source.atlas, source.atlas.periods[-1]
    based = [
        key for key, one in atlas.indicators.items() if one.basis and month in atlas.periods_of(key)
    ]
    assert len(based) >= 4
    for key in based:
        theme = atlas.indicators[key].theme
        view = source.view(theme=theme, indicator=key, lang=lang)
        answer, basis = answer_of(source, view), atlas.indicators[key].basis_in(lang)
        assert basis in _said(source, view)
        assert basis in answer.summary
        assert basis in answer.rule
        assert html_text(basis) in html_fragment(answer)


def test_what_is_hidden_from_a_viewer_has_no_reason_told(county):
    officer = Actor("officer", "village_officer", (VILLAGES[0],))
    source = county_source(county, officer)
    view = replace(source.view(place=VILLAGES[0]), place=VILLAGES[1], lang="zh")
    assert "不在您的范围内" in _said(source, view)


@pytest.mark.parametrize(
    "theme", ["monitoring", "relocation", "water", "rectification", "assistance", "survey"]
)
def test_in_english_no_chinese_name_is_glued_to_what_follows(source, theme):
    """Over all indicators and levels: names are Chinese, the words around them are not."""
    month = source.atlas.periods[-1]
    for key in source.indicators_of(theme, month):
        for level in ("township", "village"):
            view = source.view(theme=theme, indicator=key, period=month, level=level, lang="en")
            layer = layer_of(source, view)
            headed = headline_of(source, view, layer)
            titled = message(source.atlas, layer, ranking_of(source, view), "en")
            for said in (headed.title, headed.sentence, titled):
                assert not re.search(r"[\u4e00-\u9fff][0-9A-Za-z]|[：；，。]", said), said


@pytest.mark.parametrize(
    "theme", ["monitoring", "relocation", "water", "rectification", "assistance"]
)
def test_no_title_names_a_place_of_too_small_a_base_by_its_share(source, theme):
    """Over all indicators and months; those of a small base are counted in the same sentence."""
    counted = 0
    for key in source.indicators_of(theme):
        for month in source.atlas.periods_of(key):
            view = source.view(theme=theme, indicator=key, period=month, lang="zh")
            ranking, layer = ranking_of(source, view), layer_of(source, view)
            few = ranking[ranking["few"]]
            headed = headline_of(source, view, layer).title
            titled = message(source.atlas, layer, ranking, "zh")
            for row in few.itertuples():
                figure = number_text(row.value, layer.decimals)
                assert f"{row.name} {figure}%" not in headed, view.address
                assert f"{row.name}{layer.indicator.title_in('zh')}" not in titled, view.address
            alike = ranking["shown"].dropna().nunique() == 1
            if len(few) and not alike and (ranking["value"] != 0).any():
                assert "不按占比排名" in headed, view.address
                counted += 1
    assert counted or theme != "monitoring"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["monitoring", "relocation", "water", "rectification"])
def test_the_short_form_names_the_places_of_the_whole_one_in_its_order(source, theme, lang):
    """Over all indicators and months; it begins with what it is about and the figure of the place."""
    named = 0
    for key in source.indicators_of(theme):
        for month in source.atlas.periods_of(key):
            view = source.view(theme=theme, indicator=key, period=month, lang=lang)
            headed = headline_of(source, view, layer_of(source, view))
            ranking, short = ranking_of(source, view), headed.short
            assert short, view.address
            assert len(short) <= LONGEST[lang], short
            told = [name for name in ranking["name"].dropna().unique() if name in short]
            places = sorted(set(told), key=short.index)
            # A name that is part of a longer one was not told by itself.
            alone = [n for n in places if not any(n in other != n for other in places)]
            assert sorted(alone, key=headed.title.index) == alone, view.address
            answer = answer_of(source, view)
            assert short.startswith(answer.layer.indicator.title_in(lang)), short
            if finding_of(source.atlas, layer_of(source, view)).kind not in ("none", "own"):
                assert answer.figure in short, short
            assert period_text(month, lang) not in short, view.address
            assert source.atlas.name(source.root) not in short + headed.line, view.address
            for row in ranking[ranking["few"] | ranking["value"].isna()].itertuples():
                assert f"{row.name} {number_text(row.value, 1)}" not in short, view.address
            named += len(alone)
    assert named


def test_the_line_below_the_short_form_tells_the_figure_of_the_place_itself(source):
    view = source.view(lang="zh")
    headed, layer = headline_of(source, view, layer_of(source, view)), layer_of(source, view)
    figure, _ = figure_of_whole(source.atlas, layer, "zh")
    assert headed.line.startswith(f"全县{figure}，")
    assert layer.indicator.basis_in("zh") in headed.line


def test_a_short_form_tells_nothing_of_a_place_outside_the_viewers(county):
    officer = Actor("officer", "village_officer", (VILLAGES[0],))
    source = county_source(county, officer)
    view = replace(source.view(place=VILLAGES[0]), place=VILLAGES[1], lang="zh")
    headed = headline_of(source, view, layer_of(source, view))
    assert headed.short.endswith("；不在您的范围内")
    assert not re.search(r"\d", headed.short + headed.line)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_base_that_is_mostly_unknown_is_said_with_the_figure_in_every_form(source, lang):
    """By one rule for all indicators: in title, sentence, map and strip, and of no other figure."""
    atlas, month, told = source.atlas, source.atlas.periods[-1], 0
    for theme in source.themes:
        for at, key in enumerate(source.indicators_of(theme, month)):
            row = atlas.series(key, source.root).reindex([month]).iloc[0]
            view = replace(source.view(lang=lang), theme=theme, indicator=key, period=month)
            most = bool(row["missing"] / row["subjects"] > 0.5) and row["value"] == row["value"]
            if not most and at % 8:
                continue
            share = f"{100 * row['missing'] // row['subjects']:.0f}%" if most else "…"
            words = {"zh": "没有数据，", "en": "without data, "}[lang]
            layer, answer = layer_of(source, view), answer_of(source, view)
            figure = next(one for one in strip_of(source, view) if one.indicator == key)
            for said in (answer.summary, short_whole(atlas, layer, lang), figure.note):
                assert (f"{share}{words}" in said or f"{share} {words}" in said) == most, (
                    key,
                    said,
                )
            if finding_of(atlas, layer).kind not in ("own", "none"):
                assert (words in headline(atlas, layer, lang)) == most, key
            told += most
    assert told > 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_change_is_one_statement_in_strip_headline_and_why(sampled, source, lang):
    """Over all indicators: whether a figure is the same, moved slightly, rose or fell is judged once."""
    atlas, month = source.atlas, source.atlas.periods[-1]
    words = {
        "same": ("持平", "unchanged", "as last", "As last"),
        "slight": ("变化不足", "less than"),
        "up": ("上升", "升", "比上月多", "up ", "Up ", "more than"),
        "down": ("下降", "降", "比上月少", "down ", "Down ", "fewer than"),
    }
    judged: set[str] = set()
    for theme in source.themes:
        for key in source.indicators_of(theme, month):
            view = source.view(theme=theme, indicator=key, lang=lang)
            one = next(cell for cell in strip_of(source, view) if cell.indicator == key)
            layer = layer_of(source, view)
            places = atlas.places_in(source.root, atlas.lowest)
            sent = [atlas.states(key, at, atlas.lowest)[places] for at in atlas.periods[-2:]]
            if not one.way or not sent[0].eq("no_data").equals(sent[1].eq("no_data")):
                continue
            why = sampled.why(source.root, indicator=key, month=month, lang=lang, atlas=atlas)
            told = (one.moved, change_of_whole(atlas, layer, lang)[0], *why.lines[1:2])
            for said in told:
                assert any(word in said for word in words[one.way]), (key, one.way, said)
            short = headline_of(source, view, layer).short
            if not atlas.steps_between(key, *atlas.periods[-2:]):
                assert any(word in short for word in words[one.way]), (key, one.way, short)
            judged.add(one.way)
    assert judged >= {"same", "up", "down"}
