from __future__ import annotations

import itertools
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.cartography import (
    NO_DATA,
    draw_layer,
    find_breaks,
    palette_for,
    policy_limits,
    rank_places,
)
from geodata.cartography.headline import headline, whole_figure
from geodata.cartography.layer import interval_labels
from geodata.cartography.words import change_text, figure_text, number_text, period_text
from geodata.figures import Indicator
from geodata.policy import load_policy
from geodata.quantity import shipped_words
from tests.invented import COUNTY, INCOME, RATE, grid_atlas

HOUSEHOLDS = Indicator(
    "households",
    {"zh": "户数", "en": "Households"},
    "count",
    shipped_words().units["household"],
    shipped_words().things["household"],
    worse="high",
)
SPREAD = np.random.default_rng(3).lognormal(9, 0.5, 1000)


@pytest.mark.parametrize("method", ["natural", "quantiles"])
def test_every_value_falls_in_one_of_five_classes(method):
    breaks = find_breaks(SPREAD, method)
    counts = np.bincount(breaks.assign(SPREAD), minlength=5)
    assert len(counts) == 5
    assert counts.sum() == 1000
    assert (counts > 0).all()


def test_quantiles_hold_about_a_fifth_each_after_rounding():
    counts = np.bincount(find_breaks(SPREAD, "quantiles").assign(SPREAD))
    assert counts.min() >= 130
    assert counts.max() <= 270


def test_natural_cut_falls_into_the_gap():
    values = [1, 2, 3, 101, 102, 103]
    breaks = find_breaks(values, count=2)
    assert 3 < breaks.cuts[0] <= 101
    assert breaks.assign(values).tolist() == [0, 0, 0, 1, 1, 1]


def test_value_on_a_cut_belongs_above_it():
    breaks = find_breaks(list(range(100)), "quantiles", count=2)
    cut = breaks.cuts[0]
    assert breaks.assign([cut, np.nextafter(cut, 0) - 1e-6]).tolist() == [1, 0]


@pytest.mark.parametrize(("part", "whole"), [(29, 100), (7, 100), (57, 100), (3, 60)])
def test_a_quotient_that_is_a_cut_belongs_above_it_whatever_its_noise(part, whole):
    assert find_breaks([1.0], limits=[100 * part / whole]).assign([part / whole * 100]) == [1]


def test_value_on_a_policy_limit_belongs_above_it():
    breaks = find_breaks([1.0], limits=[1.0, 1.5])
    assert breaks.assign([0.99, 1.0, 1.49, 1.5]).tolist() == [0, 1, 1, 2]


def test_constant_column_is_one_class():
    breaks = find_breaks([7.0] * 9)
    assert breaks.count == 1
    assert breaks.assign([7.0, np.nan]).tolist() == [0, NO_DATA]


def test_column_without_values_has_no_class():
    breaks = find_breaks([np.nan, np.nan])
    assert breaks.count == 0
    assert breaks.assign([np.nan, np.inf]).tolist() == [NO_DATA, NO_DATA]


def test_few_values_are_each_a_class():
    breaks = find_breaks([0, 0, 1, 2])
    assert breaks.assign([0, 1, 2]).tolist() == [0, 1, 2]


def test_many_ties_do_not_double_a_cut():
    breaks = find_breaks([0.0] * 90 + list(range(10)), "quantiles")
    assert len(set(breaks.cuts)) == len(breaks.cuts)


def test_same_values_cut_alike():
    assert find_breaks(SPREAD) == find_breaks(SPREAD[::-1])


def test_cuts_are_written_with_few_digits():
    assert find_breaks(SPREAD).decimals == 0
    assert all(cut % 1000 == 0 for cut in find_breaks(SPREAD).cuts)


SHARES_OF_VILLAGES = (
    [0.0] * 37 + [1.2, 2.1, 2.9] * 5 + [3.1, 4.4] * 7 + [6.9, 8.3] * 5 + [18.8, 10.8]
)


def test_shares_of_villages_are_cut_on_the_ladder_and_zero_stands_apart():
    breaks = find_breaks(SHARES_OF_VILLAGES, apart=0.0)
    assert (breaks.cuts, breaks.apart) == ((3, 5, 10), 0)
    assert breaks.assign([0, 0.01, 3, 4.99, 5, 10, np.nan]).tolist() == [0, 1, 2, 2, 3, 4, NO_DATA]


def test_all_stands_apart_where_it_is_the_good_end_and_the_ladder_counts_down_from_it():
    values = [100.0] * 30 + [99.0, 98.5, 97.2, 94.0, 93.0, 92.0, 60.0, 55.0] * 2
    breaks = find_breaks(values, apart=100.0)
    assert breaks.assign([100, 99.9]).tolist() == [breaks.count - 1, breaks.count - 2]
    assert {round(100 - cut, 9) for cut in breaks.cuts} <= {1, 2, 3, 5, 10, 20, 30, 50}


@pytest.mark.parametrize("values", [[1.0, 2.5, 9.0], [-3.0, 0.0, 4.5, 7.5]])
def test_nothing_stands_apart_that_nobody_has_or_that_lies_among_the_others(values):
    assert find_breaks(values, apart=0.0).apart is None


@pytest.mark.parametrize(
    ("values", "indicator", "labels"),
    [
        (SHARES_OF_VILLAGES, RATE, ["0", "<3", "3–5", "5–10", "≥10%"]),
        ([0, 0, 0], RATE, ["0"]),
        ([0, 0.4, 0.4], RATE, ["0", ">0"]),
        ([0, 50, 100, 100], RATE, ["0", "50", "100%"]),
        ([0, 33.3, 66.6, 100, 100, 100], RATE, ["0", "<50", "50–100", "100%"]),
        ([0, 1, 2, 3, 4, 4, 9, 12], HOUSEHOLDS, ["0", "1–2", "3–4", "5–9", "≥10"]),
        ([], RATE, []),
    ],
)
def test_classes_are_read_without_decimals_that_carry_nothing(values, indicator, labels):
    assert interval_labels(find_breaks(values, apart=0.0), indicator) == labels


def _linear(colour):
    share = np.array(list(bytes.fromhex(colour[1:]))) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


# Machado, Oliveira and Fernandes 2009, severity 1.0
BLINDNESS = {
    "none": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def _lightness(rgb):
    luminance = float(np.clip(rgb, 0, 1) @ [0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("worse", ["high", "none"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_classes_differ_in_lightness_for_every_eye(theme, worse, blindness):
    colours = palette_for(worse, 5, apart=0).colours[theme]
    seen = [_lightness(np.array(BLINDNESS[blindness]) @ _linear(colour)) for colour in colours]
    steps = [b - a for a, b in itertools.pairwise(seen)]
    assert all(step < -4 for step in steps) or all(step > 4 for step in steps), seen


def test_worse_end_is_the_severe_colour():
    high, low = palette_for("high", 5).colours["light"], palette_for("low", 5).colours["light"]
    assert high == tuple(reversed(low))


def test_legend_counts_add_up_with_no_data_as_its_own_class():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "2025", level="village")
    legend = layer.legend("zh")
    assert sum(row.count for row in legend) == 12
    assert (legend[-1].label, legend[-1].count, legend[-1].no_data) == ("无数据", 1, True)


def test_legend_counts_only_the_shown_place_and_keeps_the_cuts():
    atlas = grid_atlas()
    whole = draw_layer(atlas, "poor_share", "2025", level="village")
    part = draw_layer(atlas, "poor_share", "2023", level="village", place=f"{COUNTY}002")
    assert sum(row.count for row in part.legend()) == 4
    assert part.breaks == whole.breaks


def test_rule_is_said_in_words():
    layer = draw_layer(grid_atlas(), "poor_share", "2025", level="village")
    assert layer.rule("zh").startswith("按数值疏密取整分级，含下限")
    policy = draw_layer(grid_atlas(), "poor_share", "2025", level="village", limits=[10, 20])
    assert policy.rule("zh") == "按政策标准（10、20）分级，含下限"
    known = dict(zip(["<10", "10–20", "≥20%"], policy.counts, strict=True))
    wanted = [label for label in reversed(known) if known[label]]
    assert [row.label for row in policy.legend("zh")] == [*wanted, "无数据"]
    assert len(policy.ends) == len(wanted) > 1


def test_ranking_is_worst_first_and_keeps_the_unreported():
    ranked = rank_places(grid_atlas(), "income", "2024", level="village")
    assert ranked["value"].is_monotonic_increasing
    poor = rank_places(grid_atlas(), "poor_share", "2024", level="village")
    assert len(poor) == 12
    assert poor.index[-1] == f"{COUNTY}001001"
    assert poor["rank"].isna().tolist() == [False] * 11 + [True]


def test_change_is_since_the_period_before():
    atlas = grid_atlas()
    ranked = rank_places(atlas, "income", "2025", level="village")
    key = ranked.index[0]
    old = atlas.frame("income", "2024", "village").loc[key, "value"]
    assert ranked.loc[key, "change"] == pytest.approx(ranked.loc[key, "value"] - old)
    assert rank_places(atlas, "income", "2023", level="village")["change"].isna().all()


def test_headline_names_place_period_indicator_and_worst():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "2025", level="village")
    worst = rank_places(atlas, "poor_share", "2025", level="village")["name"].iloc[0]
    sentence = headline(atlas, layer, "zh")
    assert sentence.startswith("云岭县2025年低收入户占比最高的3个村：")
    assert worst in sentence
    assert whole_figure(atlas, layer, "zh").startswith("云岭县2025年低收入户占比")
    assert "Share of poor: highest in the 3 villages" in headline(atlas, layer, "en")


def test_headline_of_a_place_without_figures_says_so():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "2025", level="village", place=f"{COUNTY}001001")
    assert headline(atlas, layer, "zh") == "1-1村2025年没有低收入户占比的数据"


@pytest.mark.parametrize(
    ("period", "zh"),
    [("2025", "2025年"), ("2025-03", "2025年3月"), ("2025Q3", "2025年第3季度"), ("", "")],
)
def test_period_in_words(period, zh):
    assert period_text(period, "zh") == zh


def test_figures_in_words():
    assert number_text(1234567.891, 1) == "1,234,567.9"
    assert number_text(float("nan"), 1) == "—"
    assert number_text(-0.01, 1) == ">-0.1"
    told = [number_text(value, 1) for value in (0, 18.75, 100, 99.96, 0.04, 7 / 100 * 100)]
    assert told == ["0", "18.8", "100", "100.0", "<0.1", "7"]
    assert figure_text(12.34, RATE, decimals=1, lang="zh") == "12.3%"
    assert figure_text(12300, INCOME, decimals=0, lang="zh") == "12,300 元"
    assert change_text(-0.04, 1) == "0.0"
    assert change_text(-1.04, 1) == "−1.0"


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_only_what_is_zero_is_written_as_zero(value, decimals):
    written = number_text(value, decimals)
    nothing = not written.strip("-0.,")
    assert nothing == (round(value, 9) == 0)
    if not written.startswith(("<", ">")):
        assert float(written.replace(",", "")) == pytest.approx(value, abs=0.5001 * 10**-decimals)


NUMBERS = st.one_of(
    st.lists(st.floats(-1e6, 1e6).map(lambda one: round(one, 4)), min_size=1, max_size=80),
    st.lists(st.sampled_from([0, 1, 7, 100 / 3, 50, 66.6, 100]), min_size=1, max_size=80),
    st.lists(st.integers(0, 2000).map(float), min_size=1, max_size=80),
    st.lists(st.floats(0, 1).map(lambda one: round(100 * one**6, 6)), min_size=1, max_size=400),
)


@settings(max_examples=300, deadline=None)
@given(
    values=NUMBERS,
    method=st.sampled_from(["natural", "quantiles"]),
    apart=st.sampled_from([None, 0.0, 100.0]),
)
def test_cuts_can_be_read_and_no_class_is_empty(values, method, apart):
    breaks = find_breaks(values, method, apart=apart)
    classes = breaks.assign(values)
    counts = np.bincount(classes, minlength=breaks.count)
    assert (counts > 0).all()
    assert counts.sum() == len(values)
    assert len(counts) == breaks.count <= 5
    assert (np.diff(classes[np.argsort(values, kind="stable")].astype(int)) >= 0).all()
    if breaks.apart is not None:
        assert set(np.array(values)[classes == breaks.apart_class]) == {breaks.apart}
    labels = interval_labels(breaks, HOUSEHOLDS)
    assert len(set(labels)) == breaks.count
    written = [number_text(cut, 4) for cut in breaks.cuts]
    assert [float(one.replace(",", "")) for one in written] == pytest.approx(breaks.cuts, abs=1e-9)


def test_policy_limits_are_looked_up_by_place_and_month():
    policy = load_policy().with_values({"monitor.line.per_capita": 8600})
    found = policy_limits(
        ["monitor.line.per_capita", 12_000], policy, place=COUNTY, period="2025-03"
    )
    assert (found.cuts, found.note()) == ((8600.0, 12_000.0), "")


def test_a_limit_that_is_not_set_leaves_natural_breaks_and_says_so():
    policy = load_policy().with_values({"monitor.line.per_capita": None})
    limits = policy_limits(["monitor.line.per_capita"], policy, place=COUNTY, period="2025-03")
    layer = draw_layer(grid_atlas(), "income", "2025", level="village", limits=limits)
    assert layer.breaks.method == "natural"
    assert layer.rule("zh").startswith("政策标准未设定（防返贫监测线），暂按数值分级。")
    assert "not set" in layer.rule("en")


@pytest.mark.parametrize("low", [0.5, 5, 50, 500])
@pytest.mark.parametrize("times", [1.31, 1.47, 1.61, 1.93, 1.97])
def test_a_cut_between_two_values_is_the_roundest_number_between_them(low, times):
    """Where a number of one digit lies between them, it is taken, whichever way finds it."""
    (cut,) = find_breaks([low] * 3 + [low * times]).cuts
    assert low < cut <= low * times
    assert len(f"{cut:.6f}".replace(".", "").strip("0")) == 1


@given(
    counts=st.lists(st.integers(0, 400), min_size=12, max_size=120),
    rare=st.lists(st.integers(28, 35), max_size=8),
)
def test_counts_are_cut_where_people_read_and_no_class_swallows_the_others(counts, rare):
    """A cut is of one digit or ends in 5 or 0, and where others do one class does not hold nearly all."""
    numbers = np.array([*counts, *rare], dtype="float64")
    breaks = find_breaks(numbers, apart=0.0)
    if breaks.method != "natural" or len(breaks.cuts) < 2:
        return
    others = np.sort(numbers[numbers != breaks.apart])

    def is_plain(cut):
        digits = f"{cut:.0f}".rstrip("0")
        return len(digits) == 1 or (len(digits) == 2 and digits.endswith("5"))

    between = {int(np.searchsorted(others, one)) for one in range(1, 401) if is_plain(one)}
    if len(between - {0, len(others)}) >= 2:
        assert all(map(is_plain, breaks.cuts)), breaks.cuts

    def sizes(cuts):
        return np.bincount(np.searchsorted(cuts, others, side="right"), minlength=len(cuts) + 1)

    even = [
        cuts
        for cuts in combinations((1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300), len(breaks.cuts))
        if sizes(cuts).min() > 0 and sizes(cuts).max() <= 2 * len(others) / 3
    ]
    assert not even or sizes(breaks.cuts).max() <= 2 * len(others) / 3, (breaks.cuts, even[0])


def test_many_small_counts_beside_few_large_ones_are_parted():
    values = [*range(1, 28), *range(1, 28), 28, 30, 35]
    cuts = find_breaks(values).cuts
    assert cuts[0] <= 10, cuts
    assert all(cut < 10 or cut % 5 == 0 for cut in cuts)
