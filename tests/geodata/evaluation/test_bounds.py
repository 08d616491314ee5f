"""Bounds of sampled shares hold as often as they say, whatever members of a household have in common."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from geodata.evaluation.bounds import (
    could_show,
    effective_size,
    household_bound,
    lower_bound,
    upper_bound,
)

SAMPLES = 1000
SIZES, SHARES = np.arange(1, 8), (0.10, 0.18, 0.22, 0.22, 0.14, 0.09, 0.05)
# One draw of the size inspectors use, of which the half by lot stands for all.
HOUSEHOLDS = 600


@cache
def _coverage(prevalence: float, alike: float, households: int = HOUSEHOLDS) -> float:
    """Return how often the bound of a sample lies at or above the prevalence.

    `alike` is the correlation of two members of one household (beta-binomial).
    """
    rng = np.random.default_rng([int(prevalence * 1e5), int(alike * 100), households])
    held = 0
    for _ in range(SAMPLES):
        members = rng.choice(SIZES, size=households, p=SHARES)
        risk: np.ndarray | float = prevalence
        if alike:
            weight = 1 / alike - 1
            risk = rng.beta(prevalence * weight, (1 - prevalence) * weight, households)
        held += household_bound(rng.binomial(members, risk), members) >= prevalence
    return held / SAMPLES


@pytest.mark.parametrize("alike", [0.0, 0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize("prevalence", [0.002, 0.005, 0.01, 0.02, 0.05])
def test_the_bound_holds_in_at_least_93_of_a_hundred_samples(
    prevalence: float, alike: float
) -> None:
    assert _coverage(prevalence, alike) >= 0.93


@pytest.mark.parametrize("alike", [0.0, 0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize("prevalence", [0.01, 0.02, 0.05])
def test_the_bound_is_no_wider_than_it_must_be(prevalence: float, alike: float) -> None:
    """97 in a hundred; more where members have nothing in common, which few households cannot show."""
    assert _coverage(prevalence, alike) <= (0.97 if alike else 0.99)


def test_of_rare_things_the_bound_says_too_much_rather_than_too_little() -> None:
    """600 households can show no less than half a percent: at 0.2 % the bound always holds."""
    members = np.repeat(SIZES, (np.array(SHARES) * HOUSEHOLDS).astype(int))
    assert 0.005 < could_show(members) < 0.008
    assert [_coverage(0.002, alike) for alike in (0.0, 0.4, 0.8)] == [1.0] * 3


@pytest.mark.parametrize("alike", [0.4, 0.8])
def test_persons_taken_for_independent_would_be_short(alike: float) -> None:
    rng = np.random.default_rng(3)
    held, weight, prevalence = 0, 1 / alike - 1, 0.02
    for _ in range(SAMPLES):
        members = rng.choice(SIZES, size=300, p=SHARES)
        risk = rng.beta(prevalence * weight, (1 - prevalence) * weight, 300)
        found = rng.binomial(members, risk)
        held += upper_bound(found.sum(), members.sum()) >= prevalence
    assert held / SAMPLES < 0.93


def test_nobody_found_counts_each_household_once() -> None:
    members = np.array([3, 4] * 20)
    bound = household_bound(np.zeros(40), members)
    assert bound == pytest.approx(could_show(members))
    assert bound >= upper_bound(0, 40) > 0.072
    assert effective_size(members) <= 40


def test_whole_households_found_are_worth_one_each() -> None:
    members = np.full(100, 4)
    whole = np.where(np.arange(100) < 5, 4, 0)
    apart = np.where(np.arange(100) < 20, 1, 0)
    assert household_bound(whole, members) > household_bound(apart, members) > 0.05


def test_everybody_and_nobody() -> None:
    assert household_bound(np.array([2.0, 3.0]), np.array([2, 3])) == 1
    assert household_bound(np.zeros(0), np.zeros(0)) == 1
    assert could_show(np.zeros(0)) == 1
    assert household_bound(np.array([1.0]), np.array([3])) < 1


def test_the_lower_bound_mirrors_the_upper_one() -> None:
    assert lower_bound(900, 1000) == pytest.approx(1 - upper_bound(100, 1000))
    assert lower_bound(0, 10) == 0
    assert upper_bound(0, 0) == 1
