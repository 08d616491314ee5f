"""The sentences of a theme: a figure is told also where no place is the worst."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.briefing.briefing import briefing_of
from dashboard.briefing.sentences import sentences_of, without_worst
from geodata.i18n import LANGUAGES, places_of
from geodata.themes.registry import own_themes
from tests.dashboard.briefing.briefed import source_of

WORST = {"worst", "worst_value"}
SENTENCES = [
    pytest.param(one.text[lang], lang, id=f"{theme.key}-{one.indicator}-{lang}")
    for theme in own_themes()
    for one in theme.briefing
    for lang in LANGUAGES
]


@pytest.mark.parametrize(("template", "lang"), SENTENCES)
def test_a_sentence_without_its_worst_place_still_tells_the_figure(template, lang):
    kept = without_worst(template, lang)
    assert places_of(kept) == places_of(template) - WORST
    assert kept[-1] == template[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_every_base_is_too_small_to_be_ranked_the_figure_is_told_alone(county, lang):
    source = source_of(county)
    atlas = source.atlas.whole
    few = dict.fromkeys(atlas.periods, 10**6)
    small = replace(source, atlas=replace(atlas, least_bases=few))
    briefing = briefing_of(small, lang=lang)
    told = {theme.key: sentences_of(briefing, theme) for theme in briefing.themes}
    whole = briefing_of(source, lang=lang)
    for theme in whole.themes:
        for indicator in sentences_of(whole, theme):
            sentence = told[theme.key][indicator]
            assert "{" not in sentence
            if atlas.indicator(indicator).is_share:
                assert "最高的是" not in sentence
                assert "highest in" not in sentence
    assert "low_income_share" in told["monitoring"]
