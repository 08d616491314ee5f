"""Rates: exact at the limit, what a sample of a size can say, and which limit is in force."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.evaluation import (
    Scaled,
    judge_rate,
    largest_passing,
    limit_of,
    scaled_poverty_rate,
    upper_bound,
)
from geodata.evaluation.bounds import effective_size
from geodata.evaluation.draw import Design, Draw
from geodata.evaluation.inspection_rates import rate_sentences, self_check
from geodata.policy import load_policy


@pytest.mark.parametrize(
    ("kind", "found", "counted", "limit", "verdict"),
    [
        ("poverty_rate", 400, 20_000, 2, "pass"),
        ("poverty_rate", 401, 20_000, 2, "fail"),
        ("poverty_rate", 600, 20_000, 3, "pass"),
        ("poverty_rate", 601, 20_000, 3, "fail"),
        ("wrong_exit_rate", 12, 600, 2, "pass"),
        ("missed_rate", 13, 600, 2, "fail"),
        ("satisfaction", 900, 1000, 90, "pass"),
        ("satisfaction", 899, 1000, 90, "fail"),
        ("missed_rate", 7, 1000, 0.7, "pass"),
        ("missed_rate", 0, 600, None, "unknown"),
        ("missed_rate", 0, 0, 2, "unknown"),
    ],
)
def test_a_rate_equal_to_its_limit_passes(kind, found, counted, limit, verdict):
    assert judge_rate(kind, found, counted, limit=limit).verdict == verdict


@pytest.mark.parametrize(
    ("counted", "by_rate", "certain"),
    [(300, 6, 1), (400, 8, 3), (600, 12, 6), (1000, 20, 12), (1800, 36, 26), (100, 2, -1)],
)
def test_the_largest_count_that_passes_by_rate_and_by_bound(counted, by_rate, certain):
    assert largest_passing(counted, 2) == (by_rate, certain)


def test_nobody_found_in_six_hundred_means_below_half_a_percent_only():
    assert 0.0049 < upper_bound(0, 600) < 0.0050
    assert upper_bound(600, 600) == 1
    assert upper_bound(0, 0) == 1


def test_a_rate_may_pass_without_being_certain():
    rate = judge_rate("wrong_exit_rate", 12, 600, limit=2)
    assert (rate.verdict, rate.certain) == ("pass", "fail")
    assert judge_rate("wrong_exit_rate", 6, 600, limit=2).certain == "pass"
    assert judge_rate("satisfaction", 900, 1000, limit=90).certain == "fail"
    assert judge_rate("satisfaction", 930, 1000, limit=90).certain == "pass"


def test_a_scaled_rate_says_so_and_its_bound_is_wider():
    # 0.5 % of 10,000 exiting and 1 % of 8,000 unregistered persons: 50 + 80 of 20,000.
    rate = scaled_poverty_rate(
        20, Scaled(3, 600, 10_000), Scaled(4, 400, 8_000), population=20_000, limit=2
    )
    assert rate.percent == pytest.approx(0.75)
    assert rate.variant == "scaled"
    assert rate.bound > 1.4
    assert "由样本推算" in rate.sentence("zh")
    counted = judge_rate("poverty_rate", 150, 20_000, limit=2)
    assert counted.variant == "counted"
    assert "推算" not in counted.sentence("zh")


def test_the_sentence_gives_numerator_denominator_bound_and_limit():
    rate = judge_rate("missed_rate", 0, 600, limit=2)
    assert rate.sentence("zh") == (
        "漏评率：600 中有 0，即 0.00%；按抽样 95% 把握，总体不高于 0.50%。界限 2%，未越线。"
    )
    assert "nobody was surveyed" in judge_rate("missed_rate", 0, 0, limit=2).sentence("en")
    assert "没有在用的界限" in judge_rate("missed_rate", 1, 9, limit=None).sentence("zh")


@pytest.mark.parametrize(
    ("place", "day", "limit"),
    [
        ("430224", "2020-12-31", 2),
        ("530322", "2020-12-31", 3),
        ("430224", "2021-01-01", None),
        ("430224", "2015-12-31", None),
    ],
)
def test_the_limit_is_that_of_the_place_and_the_day(place, day, limit):
    found = limit_of(load_policy(), "poverty_rate", place, datetime.date.fromisoformat(day))
    assert found == limit


@pytest.mark.parametrize(("found", "counted"), [(-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(found, counted):
    with pytest.raises(ValueError, match="no rate"):
        judge_rate("missed_rate", found, counted, limit=2)


def _drawn(members: np.ndarray, wrong: np.ndarray, chosen: list[str]) -> Draw:
    """Return a sample of exited households, some with a finding that makes them suspect."""
    households = pd.DataFrame(
        {
            "place_code": "990121001001",
            "group": "exited",
            "score": 0,
            "chosen": chosen,
            "persons": members,
            "rules": np.where(wrong, "income_below_line", ""),
        },
        index=[f"h{number}" for number in range(len(members))],
    )
    design = Design(
        "2025-12", 1, 1, len(members), 0, 50, suspected={"exited": ("income_below_line",)}
    )
    return Draw(design, pd.DataFrame(), households, frame_sizes={"exited_persons": 1000})


def test_persons_of_a_household_are_not_independent_evidence():
    members = np.array([3, 4] * 20)
    rate = self_check(_drawn(members, members < 0, ["lot"] * 40), {})[0].rate
    assert rate.counted == 140
    assert rate.bound >= 100 * upper_bound(0, 40) > 7.2
    assert effective_size(members) <= 40


def test_the_weak_half_says_nothing_of_all():
    members, chosen = np.full(40, 3), ["weak"] * 20 + ["lot"] * 20
    weak_found = np.arange(40) < 10
    rate = self_check(_drawn(members, weak_found, chosen), {})[0].rate
    assert rate.percent == 25
    assert rate.bound == pytest.approx(100 * upper_bound(0, 20))
    only_weak = self_check(_drawn(members, weak_found, ["weak"] * 40), {})[0].rate
    assert only_weak.bound == 100


DAY = datetime.date(2025, 12, 31)
# The rate that stands before a bound, which side the bound is of, and the bound.
BESIDE = re.compile(
    r"([\d.]+)%[；;] ?(?:按抽样 95% 把握，总体|with 95% confidence )(\D+) ([\d.]+)%"
)


@pytest.mark.parametrize("seed", range(60))
def test_a_bound_includes_the_rate_that_stands_beside_it(seed):
    """Over designs of all shares of weak households, sizes and prevalences, in both languages."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 90))
    members, weak = rng.integers(1, 8, count), rng.random(count) < rng.choice([0, 0.3, 0.5, 1])
    wrong = rng.random(count) < np.where(weak, rng.choice([0, 0.4, 1]), rng.choice([0, 0.02, 0.3]))
    drawn = _drawn(members, wrong, np.where(weak, "weak", "lot").tolist())
    content = pd.Series(rng.random(count) < 0.8, drawn.households.index).astype(object)
    asked = rng.random(count) < 0.9
    drawn = replace(drawn, households=drawn.households.assign(satisfied=content.where(asked)))
    checked = self_check(drawn, {})
    for lang in ("zh", "en"):
        beside = [
            told for line in rate_sentences(checked, DAY, lang) for told in BESIDE.findall(line)
        ]
        told = [one for one in checked if one.rate.counted and one.by_lot and one.by_lot.counted]
        assert len(beside) == len(told)
        for rate, side, bound in beside:
            low = "不低于" in side or "least" in side
            assert float(bound) <= float(rate) if low else float(bound) >= float(rate)


@pytest.mark.parametrize("prevalence", [0.01, 0.05])
def test_the_bound_covers_the_truth_in_at_least_93_of_100_samples(prevalence):
    rng = np.random.default_rng(20251)
    held = []
    for _ in range(400):
        members = rng.integers(1, 8, 120)
        wrong = rng.random(120) < prevalence
        rate = self_check(_drawn(members, wrong, ["lot"] * 120), {})[0].rate
        held.append(rate.bound >= 100 * prevalence)
    assert np.mean(held) >= 0.93


def test_where_nobody_is_found_the_bound_says_so_in_words():
    members = np.full(40, 3)
    checked = self_check(_drawn(members, members < 0, ["lot"] * 40), {"wrong_exit_rate": 2})[0]
    said = checked.rate.sentence("zh")
    assert "随机抽取的 40 户中没有查出，只能说明不高于 7.22%，不等于没有" in said
    assert "无论结果如何都不能证明达到界限" in said
    found = self_check(_drawn(members, np.arange(40) < 2, ["lot"] * 40), {"wrong_exit_rate": 8})[0]
    assert "即使一个也没有查出，也只能说明不高于 7.22%" in found.rate.sentence("zh")
    assert "不能证明" not in found.rate.sentence("zh")


def test_what_the_weak_half_shows_is_counted_once_and_not_scaled_up():
    """Of 1,000 exited persons 60 were drawn as weak, 30 of them suspect, and 60 by lot without any."""
    members, chosen = np.full(40, 3), ["weak"] * 20 + ["lot"] * 20
    drawn = _drawn(members, np.arange(40) < 10, chosen)
    missed = drawn.households.assign(group="missed", rules="", chosen="lot")
    missed.index = missed.index + "m"
    sizes = {"exited_persons": 1000, "missed_persons": 2000, "population": 3000}
    both = replace(drawn, households=pd.concat([drawn.households, missed]), frame_sizes=sizes)
    poverty = next(one.rate for one in self_check(both, {}) if one.rate.kind == "poverty_rate")
    assert poverty.positives == 30
    assert poverty.bound > poverty.percent
