"""What a map says: ties as ties, nobody at the good end among the worst, and who has no figure."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.atlas import Atlas
from geodata.atlas.folder import build_atlas
from geodata.cartography import draw_layer, rank_places
from geodata.cartography.finding import WORST, finding_of
from geodata.cartography.headline import headline
from geodata.cartography.ranking import worst_of
from geodata.cartography.short_headline import short_headline, short_whole
from geodata.figures import STATES, Indicator
from geodata.i18n import LANGUAGES
from tests.invented import COUNTY, RATE, grid_tree

LOW = replace(
    RATE, key="low_share", worse="low", title={"zh": "达标占比", "en": "Share that passes"}
)


def atlas_of(values: list[float | None], indicator: Indicator = RATE) -> Atlas:
    """Return villages with these shares in percent; None is not reported."""
    tree = grid_tree(1, len(values))
    villages = tree.places.index[tree.places["level"] == "village"]
    rows = pd.DataFrame({"place": villages, "period": "2025", "indicator": indicator.key})
    numbers = np.array([np.nan if one is None else float(one) for one in values])
    rows = rows.assign(numerator=numbers, denominator=100.0)
    given_ = {"title": "县", "tree": tree, "values": rows, "indicators": [indicator]}
    return build_atlas(**given_, join={}, source={})


def said(values: list[float | None], indicator: Indicator = RATE) -> str:
    atlas = atlas_of(values, indicator)
    layer = draw_layer(atlas, indicator.key, "2025", level="village", place=COUNTY)
    return headline(atlas, layer, "zh")


SHARES = st.lists(st.one_of(st.none(), st.sampled_from([0, 5, 40, 100])), min_size=2, max_size=9)


@settings(max_examples=60, deadline=None)
@given(values=SHARES, low=st.booleans())
def test_a_name_never_stands_for_one_of_several_equal_places(values, low):
    indicator = LOW if low else RATE
    atlas = atlas_of(values, indicator)
    layer = draw_layer(atlas, indicator.key, "2025", level="village", place=COUNTY)
    ranked = rank_places(atlas, indicator.key, "2025", level="village", place=COUNTY)
    sentence = headline(atlas, layer, "zh")
    known = ranked[ranked["rank"].notna()]
    named = [name for name in known["name"] if f"{name} " in sentence]
    told = known[known["name"].isin(named)]["value"]
    for value in told.unique():
        assert (known["value"] == value).sum() == (told == value).sum()
    assert len(named) <= WORST
    best = known["value"].max() if low else known["value"].min()
    if known["value"].nunique() > 1:
        assert best not in set(told)
    else:
        assert named == [] or len(known) == 1
    absent = sum(one is None for one in values)
    assert (f"{absent}个村无数据" in sentence) == (0 < absent < len(values))


@settings(max_examples=60, deadline=None)
@given(
    values=SHARES,
    low=st.booleans(),
    least=st.sampled_from([0, 200]),
    lang=st.sampled_from(LANGUAGES),
)
def test_both_forms_name_the_same_places_in_the_same_order(values, low, least, lang):
    """Of small bases, too, which are told by number, and never as all alike where some are hit."""
    indicator = LOW if low else RATE
    atlas = replace(atlas_of(values, indicator), least_bases={"2025": least})
    layer = draw_layer(atlas, indicator.key, "2025", level="village", place=COUNTY)
    short, whole = short_headline(atlas, layer, lang), headline(atlas, layer, lang)
    ranked = rank_places(atlas, indicator.key, "2025", level="village", place=COUNTY)
    told = sorted((n for n in ranked["name"] if n in short), key=short.index)
    # The short form names those alone that equal the first.
    assert told == sorted((n for n in ranked["name"] if n in whole), key=whole.index)[: len(told)]
    finding = finding_of(atlas, layer)
    if finding.kind in ("worst", "tied", "few"):
        by = "many" if finding.worst.by_count else "shown"
        first = finding.worst.places[by].eq(finding.worst.places[by].head(1).squeeze())
        assert told == list(finding.worst.places["name"][first])
        assert told or finding.worst.tied or not ranked["many"].gt(0).any()
    if finding.kind == "zero":
        assert not ranked["many"].gt(0).any() or low
    if ranked["few"].any() and any(values):
        assert "%" not in short.partition({"zh": "；", "en": "; "}[lang])[2]


@pytest.mark.parametrize(
    ("values", "low", "wanted"),
    [
        ([0, 0, 0], False, "0%；3个村都是0%"),
        ([0, 0, None], False, "0%；有数据的2个村都是0%"),
        ([None, None], False, "；没有数据"),
        ([40, 40, 40], False, "40%；3个村都是40%"),
        ([40, 40, 40, 40, 5], False, "33%；4个村并列最高，各40%"),
        ([80, 100, 100], True, "93.3%；1-1村最低，80%"),
        ([40, 5, 0, 0], False, "11.2%；1-1村最高，40%"),
        ([40, 40, 40, 0], False, "30%；1-1村、1-2村、1-3村并列最高，各40%"),
        ([40, 5, 5, 5, 5, 0], False, "10%；1-1村最高，40%"),
    ],
)
def test_the_short_form_says_ties_and_zeros_in_few_words(values, low, wanted):
    indicator = LOW if low else RATE
    atlas = atlas_of(values, indicator)
    layer = draw_layer(atlas, indicator.key, "2025", level="village", place=COUNTY)
    assert short_headline(atlas, layer, "zh") == indicator.title_in("zh") + wanted


def test_the_short_form_of_one_place_is_how_it_stands_among_those_beside_it():
    atlas = atlas_of([40, 5, 0])
    township = atlas.places_in(COUNTY, "township")[0]
    villages = atlas.places_in(township, "village")
    said = []
    for village in villages:
        layer = draw_layer(atlas, RATE.key, "2025", level="village", place=village)
        said.append((short_headline(atlas, layer, "zh"), short_whole(atlas, layer, "zh")))
    title = RATE.title_in("zh")
    assert said[0] == (f"{title}40%；在第1乡3个村里最高", "40%，100户中40户")
    assert said[1][0] == f"{title}5%；在第1乡3个村里从最高数第2"
    assert said[2] == (f"{title}0%；第1乡没有更好的村", "0%，100户中0户")


@settings(max_examples=60, deadline=None)
@given(values=SHARES, low=st.booleans(), count=st.integers(1, 5))
def test_the_worst_and_those_tied_are_the_first_of_the_ranking(values, low, count):
    indicator = LOW if low else RATE
    atlas = atlas_of(values, indicator)
    ranked = rank_places(atlas, indicator.key, "2025", level="village", place=COUNTY)
    found = worst_of(ranked, indicator.worse, count)
    assert list(found.places.index) == list(ranked.index[: len(found.places)])
    if found.tied:
        after = ranked["value"].iloc[len(found.places) :]
        assert (after.iloc[: found.tied] == found.value).all()
        assert (after.iloc[found.tied :] != found.value).all()
        assert len(found.places) + found.tied > count


@settings(max_examples=60, deadline=None)
@given(values=SHARES, low=st.booleans())
def test_a_place_at_the_good_end_is_told_no_rank(values, low):
    """Nobody is the highest of those who are all alike; whoever is worse than another has a rank."""
    indicator = LOW if low else RATE
    atlas = atlas_of(values, indicator)
    townships = atlas.places_in(COUNTY, "township")
    ranked = rank_places(atlas, indicator.key, "2025", level="village", place=townships[0])
    known = ranked[ranked["rank"].notna()]["value"]
    for place, value in ranked["value"].items():
        layer = draw_layer(atlas, indicator.key, "2025", level="village", place=str(place))
        behind = bool((known > value).any() if low else (known < value).any())
        assert ("，在" in headline(atlas, layer, "zh")) == behind


@pytest.mark.parametrize(
    ("values", "low", "wanted"),
    [
        ([0, 0, 0], False, "有数据的3个村都是 0"),
        ([0, 0, None], False, "有数据的2个村都是 0（另有1个村无数据）"),
        ([40, 40, 40], False, "有数据的3个村都是40%"),
        ([100, 100, 100], True, "有数据的3个村都是100%"),
        ([40, 40, 40, 40, 5], False, "最高的有4个村，并列40%"),
        ([80, 100, 100], True, "最低的村：第1乡1-1村 80%（100户中80户）"),
        ([40, 5, 5, 5, 0], False, "最高的村：第1乡1-1村 40%（100户中40户）；其次3个村并列5%"),
    ],
)
def test_ties_zeros_and_equal_places_are_said(values, low, wanted):
    assert wanted in said(values, LOW if low else RATE)


def test_a_legend_counts_every_place_once_whatever_its_state():
    atlas = atlas_of([0, 40, 5, 100, 20, 60])
    layer = draw_layer(atlas, RATE.key, "2025", level="village", place=COUNTY)
    states = np.array([STATES[1], STATES[2], STATES[3], STATES[4], STATES[0], STATES[0]])
    gone = replace(layer, states=states, classes=np.where(states == STATES[0], layer.classes, 255))
    rows = gone.legend("zh")
    assert sum(row.count for row in rows) == 6
    assert [row.label for row in rows if row.no_data] == [
        "无数据", "不适用", "不显示", "范围外",
    ]  # fmt: skip
    assert len({row.colour["light"] for row in rows if row.no_data}) == 4
    assert len(re.findall(r"\d个村", headline(atlas, gone, "zh"))) >= 1
    # More may be hidden than the most that is told.
    assert "1个村不显示、未参加比较" in headline(atlas, gone, "zh")
