"""Who is named as worst: only by what is read, and only where enough are in question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.atlas import Atlas
from geodata.atlas.folder import build_atlas
from geodata.cartography import draw_layer, rank_places
from geodata.cartography.decimals import indicator_decimals, shown_values
from geodata.cartography.headline import change_of_whole, headline
from geodata.cartography.ranking import most_of, worst_of
from geodata.cartography.words import number_text
from tests.invented import COUNTY, RATE, WORDS, grid_tree

LEAST = 10
RAW = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda pair: (min(pair), pair[1])),
    min_size=1,
    max_size=9,
)


def atlas_of(parts: list[tuple[float, float]], worse: str = "high") -> Atlas:
    """Return villages with these numerators and denominators; LEAST must be in question."""
    tree = grid_tree(1, len(parts))
    villages = tree.places.index[tree.places["level"] == "village"]
    rows = pd.DataFrame({"place": villages, "period": "2025", "indicator": RATE.key})
    numbers = np.array(parts, dtype="float64")
    rows = rows.assign(numerator=numbers[:, 0], denominator=numbers[:, 1])
    indicator = replace(RATE, worse=worse)
    told = {"title": "县", "tree": tree, "values": rows, "indicators": [indicator]}
    return build_atlas(**told, join={}, source={}, least_bases={"2025": LEAST})


def ranked(atlas: Atlas) -> pd.DataFrame:
    return rank_places(atlas, RATE.key, "2025", level="village", place=COUNTY)


def said(atlas: Atlas) -> str:
    layer = draw_layer(atlas, RATE.key, "2025", level="village", place=COUNTY)
    return headline(atlas, layer, "zh")


@settings(max_examples=25, deadline=None)
@given(parts=RAW, worse=st.sampled_from(["high", "low"]))
def test_what_is_written_alike_shares_a_rank_and_order_follows_what_is_read(parts, worse):
    atlas = atlas_of(parts, worse)
    ranking, decimals = ranked(atlas), indicator_decimals(atlas, atlas.indicators[RATE.key])
    texts = ranking["value"].map(lambda value: number_text(value, decimals))
    compared = ranking[ranking["rank"].notna()]
    for text, rank in zip(texts[compared.index], compared["rank"], strict=True):
        assert (compared["rank"][texts[compared.index] == text] == rank).all()
    read = compared["shown"] if worse == "low" else -compared["shown"]
    assert read.is_monotonic_increasing
    assert (compared["shown"].diff().ne(0) == compared["rank"].diff().ne(0)).all()
    assert (compared["denominator"] >= LEAST).all()
    few = ranking[ranking["few"]]
    assert list(ranking.index) == [*compared.index, *few.index]
    assert (few["denominator"] < LEAST).all()


@settings(max_examples=25, deadline=None)
@given(parts=RAW, worse=st.sampled_from(["high", "low"]))
def test_nobody_of_too_small_a_base_is_named_by_a_share(parts, worse):
    ranking = ranked(atlas_of(parts, worse))
    worst = worst_of(ranking, worse, 3)
    if not worst.by_count:
        assert not worst.places["few"].any()
    else:
        assert ranking.loc[ranking["rank"].notna(), "shown"].nunique() < 2
        assert worst.places["many"].is_monotonic_decreasing
    few = most_of(ranking[ranking["few"]], 3)
    assert len(few.places) + few.tied <= ranking["few"].sum()


@pytest.mark.parametrize(
    ("parts", "worse", "wanted"),
    [
        ([(1, 1), (8, 29), (2, 30)], "high", "最高的村：第1乡1-2村 27.6%（29户中8户）；另有1个村基数不足10户，不按占比排名：第1乡1-1村1户中1户"),
        ([(1, 1), (1, 2), (1, 2), (1, 4), (8, 29), (2, 30)], "high", "另有4个村基数不足10户，不按占比排名：4个村各有1户"),
        ([(1, 1), (2, 4), (0, 3)], "high", "各村基数不足10户，不按占比排名，按数量看：第1乡1-2村4户中2户、1-1村1户中1户"),
        ([(0, 1), (20, 20), (10, 20)], "low", "最低的村：第1乡1-3村 50%（20户中10户）；另有1个村基数不足10户，不按占比排名：第1乡1-1村1户中0户"),
        ([(0, 4), (8, 29), (2, 30)], "high", "另有1个村基数不足10户，不按占比排名：都是 0"),
    ],
)  # fmt: skip
def test_a_small_base_is_told_by_number_and_never_dropped(parts, worse, wanted):
    assert wanted in said(atlas_of(parts, worse))


def test_figures_that_read_alike_are_tied_and_the_ends_stay_apart():
    indicator = RATE
    read = shown_values([62.5, 62.5022, 99.97, 100, 0.02, 0, np.nan], indicator, 1)
    assert read[0] == read[1]
    assert len(set(read[2:6])) == 4
    assert np.isnan(read[6])
    assert shown_values([-0.02], indicator, 1)[0] < 0


PARTS = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(10, 30))), min_size=2, max_size=6
)


@settings(max_examples=25, deadline=None)
@given(old=PARTS, new=PARTS)
def test_a_change_is_of_places_that_sent_in_both_months(old, new):
    """That one place is missing is no fall; who has nobody in question has reported."""
    size = min(len(old), len(new))
    tree = grid_tree(1, size)
    villages = tree.places.index[tree.places["level"] == "village"]
    rows = [
        {"place": place, "period": period, "indicator": "poor", "numerator": one[0], "denominator": 1.0}
        for period, told in (("2024", old), ("2025", new))
        for place, one in zip(villages, told, strict=False)
        if one is not None
    ]  # fmt: skip
    both = [(a[0], b[0]) for a, b in zip(old[:size], new[:size], strict=True) if a and b]
    if not both:
        return
    count = replace(RATE, key="poor", quantity="count", base=None, unit=WORDS.units["household"])
    atlas = build_atlas(
        title="县", tree=tree, values=pd.DataFrame(rows), indicators=[count], join={}, source={}
    )
    layer = draw_layer(atlas, "poor", "2025", level="village", place=COUNTY)
    sentence, _ = change_of_whole(atlas, layer, "zh")
    moved = sum(b - a for a, b in both)
    wanted = f"{'上升' if moved > 0 else '下降'}{abs(moved)} 户" if moved else "持平"
    assert wanted in sentence
    sent = [[one is not None for one in told[:size]] for told in (old, new)]
    assert ("两期都报数" in sentence) == (sent[0] != sent[1])


MOVES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40)).map(
        lambda one: ((min(one[:2]), one[1]), (min(one[2:]), one[3]))
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES, least=st.integers(1, 20))
def test_who_moved_is_of_a_base_large_enough_in_both_and_by_one_at_least(moves, least):
    old, new = ([one[at] for one in moves] for at in (0, 1))
    tree = grid_tree(1, len(moves))
    villages = tree.places.index[tree.places["level"] == "village"]
    rows = pd.concat(
        pd.DataFrame(parts, columns=["numerator", "denominator"], dtype="float64").assign(
            place=villages, period=period, indicator=RATE.key
        )
        for period, parts in (("2024", old), ("2025", new))
    )
    told = {"title": "县", "tree": tree, "values": rows, "indicators": [RATE]}
    bases = {"2024": least, "2025": least}
    found = ranked(build_atlas(**told, join={}, source={}, least_bases=bases)).loc[villages]
    for moved, before, now in zip(found["moved"], old, new, strict=True):
        change = now[0] / now[1] - before[0] / before[1]
        sure = min(before[1], now[1]) >= least and abs(change) * now[1] >= 1 - 1e-9
        assert pd.notna(moved) <= sure
        assert pd.isna(moved) or moved == pytest.approx(100 * change)
