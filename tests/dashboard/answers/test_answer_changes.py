"""Changes: what is less than one is none, and one that came with a parameter judges nobody."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.answers import Source, layer_of
from dashboard.answers.answer import ranking_of
from dashboard.answers.as_json import answer_json
from dashboard.answers.matters import matters_of, months_in_a_row
from dashboard.answers.strip import strip_of
from dashboard.view import View
from geodata.cartography.change_layer import draw_change
from geodata.cartography.headline import change_of_whole
from geodata.cartography.ranking import previous_period
from geodata.figures import ParameterStep

pytestmark = pytest.mark.xdist_group("sampled")
STEP = {"zh": "示例线", "en": "the example line"}
FROM, TO = {"zh": "71 元", "en": "71 yuan"}, {"zh": "72 元", "en": "72 yuan"}


def _stepped(source: Source) -> Source:
    """Return the source in which a parameter of every indicator changed with the last month."""
    whole = source.atlas.whole
    step = ParameterStep("a.line", whole.periods[-1], STEP, FROM, TO)
    return replace(source, atlas=replace(whole, steps=dict.fromkeys(whole.indicators, (step,))))


def _views(source: Source, lang: str = "zh") -> list[View]:
    month = source.atlas.periods[-1]
    return [
        replace(source.view(lang=lang), theme=theme, indicator=key, period=month)
        for theme in source.themes
        for key in source.indicators_of(theme, month)
    ]


def _told_change(source: Source, view: View) -> tuple[str, str]:
    return change_of_whole(source.atlas, layer_of(source, view), view.lang)


def test_of_a_share_less_than_one_of_its_base_is_told_as_no_change(source: Source) -> None:
    compared = 0
    for view in _views(source):
        one = source.atlas.indicator(view.indicator)
        before = previous_period(source.atlas, one.key, view.period)
        if not one.counts_things or one.is_money or before is None:
            continue
        ranked = ranking_of(source, view)
        moved = ranked["change"].abs() * ranked["denominator"] / one.unit.scale
        small = moved[moved < 1 - 1e-6].index
        assert ranked.loc[small, "moved"].isna().all(), view.indicator
        layer = draw_change(source.atlas, one.key, (before, view.period), level=view.level)
        told = pd.Series(layer.values, index=layer.keys).reindex(small).dropna()
        assert (told == 0).all(), view.indicator
        compared += len(small)
    assert compared > 50


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_changed_with_a_parameter_is_told_so_and_judges_nobody(
    source: Source, lang: str
) -> None:
    other, judged = _stepped(source), 0
    for at, view in enumerate(_views(other, lang)):
        told, course = _told_change(other, view)
        _, plainly = _told_change(source, view)
        judged += plainly != "plain"
        assert course == "plain", view.indicator
        assert not told or (FROM[lang] in told and TO[lang] in told), view.indicator
        assert ranking_of(other, view)["moved"].isna().all()
        if at % 12 == 0:
            assert answer_json(other, view)["movers"] == []
        before = previous_period(other.atlas, view.indicator, view.period)
        if before is not None:
            pair = (before, view.period)
            layer = draw_change(other.atlas, view.indicator, pair, level=view.level)
            assert layer.indicator.worse == "none"
            assert TO[lang] in layer.said[lang]
    assert judged > 5
    for theme in other.themes:
        for figure in strip_of(other, replace(other.view(lang=lang), theme=theme)):
            assert figure.course == "plain", figure.indicator
    words = {"zh": ("多", "少", "连升", "连降"), "en": (" more", " fewer", "rising", "falling")}
    for matter in matters_of(other, View.parse(f"?lang={lang}", other)).matters:
        assert not any(word in matter.sentence for word in words[lang]), matter.sentence


@pytest.mark.parametrize(
    ("holds", "known", "months", "ended"),
    [
        ([True, True, True], [True, True, True], 3, False),
        ([False, True, True], [True, True, True], 2, True),
        ([True, True, True], [True, False, True], 1, False),
        ([True, True, False], [True, True, True], 0, True),
        ([], [], 0, False),
    ],
)
def test_months_in_a_row_end_where_something_is_not_or_is_not_known(
    holds: list[bool], known: list[bool], months: int, ended: bool
) -> None:
    pair = (pd.Series(one, dtype=bool) for one in (holds, known))
    assert months_in_a_row(*pair) == (months, ended)
