"""Bounds of sampled shares hold as often as they say, whatever members and villages have in common."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from geodata.evaluation.bounds import Sampled, effective_size, lower_bound, upper_bound

SAMPLES = 400
SIZES, SHARES = np.arange(1, 8), (0.10, 0.18, 0.22, 0.22, 0.14, 0.09, 0.05)
VILLAGES = 78
# Villages and households drawn.
DRAWN = [(10, 30), (20, 100), (40, 200), (78, 300)]


@cache
def _coverage(drawn: tuple[int, int], bad: int, prevalence: float, alike: float) -> float:
    """Return how often the bound of a sample of villages lies at or above the share of all.

    `bad` villages, 0 for all, have the prevalence, the others nobody; `alike` is the share of
    households whose members are all alike.
    """
    rng = np.random.default_rng([*drawn, bad, int(prevalence * 1e4), int(alike * 10)])
    villages = np.repeat(np.arange(VILLAGES), rng.integers(4, 30, VILLAGES))
    members = rng.choice(SIZES, size=len(villages), p=SHARES)
    held = 0
    for _ in range(SAMPLES):
        wrong = rng.choice(VILLAGES, bad or VILLAGES, replace=False)
        risk = np.where(np.isin(villages, wrong), prevalence, 0.0)
        whole = (rng.random(len(risk)) < risk) * members
        found = np.where(rng.random(len(risk)) < alike, whole, rng.binomial(members, risk))
        there = np.isin(villages, rng.choice(VILLAGES, drawn[0], replace=False))
        rows = rng.permutation(np.flatnonzero(there))[: drawn[1]]
        bound = Sampled(members[rows], villages[rows], VILLAGES).bound(found[rows])
        held += bound >= found.sum() / members.sum()
    return held / SAMPLES


@pytest.mark.parametrize("alike", [0.0, 1.0])
@pytest.mark.parametrize(
    ("bad", "prevalence"),
    [
        (0, 0.01),
        (0, 0.05),
        (0, 0.15),
        (4, 0.9),
        (12, 0.9),
        (20, 0.6),
        (20, 0.3),
        (40, 0.3),
        (12, 1),
    ],
)
@pytest.mark.parametrize("drawn", DRAWN)
def test_the_bound_holds_whether_wrong_ones_are_spread_or_together(
    drawn: tuple[int, int], bad: int, prevalence: float, alike: float
) -> None:
    assert _coverage(drawn, bad, prevalence, alike) >= 0.93


@pytest.mark.parametrize("drawn", DRAWN)
def test_households_taken_for_spread_would_be_short(drawn: tuple[int, int]) -> None:
    """Of villages that are wholly wrong the bound holds no more often than it must."""
    assert drawn[0] == VILLAGES or _coverage(drawn, 30, 1, 1.0) <= 0.99


@pytest.mark.parametrize("seed", range(200))
def test_finding_more_never_bounds_lower(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    members, villages = rng.choice(SIZES, size=count), rng.integers(0, rng.integers(1, 20), count)
    sampled = Sampled(members, villages, rng.choice([None, 20, 78]))
    found, before = np.zeros(count), sampled.least()
    for at in rng.permutation(count):
        found[at] += rng.integers(1, members[at] + 1)
        bound = sampled.bound(found)
        assert bound >= max(before, found.sum() / members.sum())
        before = bound
    assert sampled.bound(members) == 1


def test_villages_count_and_where_all_are_drawn_households() -> None:
    members, villages = np.full(40, 3), np.repeat(np.arange(10), 4)
    assert Sampled(members, villages).worth == pytest.approx(10)
    assert Sampled(members, villages).least() == pytest.approx(upper_bound(0, 10))
    assert Sampled(members, villages, 10).worth == pytest.approx(40)
    assert 10 < Sampled(members, villages, 20).worth < 40
    assert Sampled(members, villages).village_count == 10


def test_unequal_households_are_worth_fewer() -> None:
    assert effective_size(np.array([3, 4] * 20)) < 40
    assert effective_size(np.full(40, 3)) == pytest.approx(40)


def test_everybody_and_nobody() -> None:
    two = np.array([2, 3]), np.array([0, 1])
    assert Sampled(*two).bound(np.array([2.0, 3.0])) == 1
    assert Sampled(*two).bound(np.array([1.0, 0.0])) < 1
    nobody = Sampled(np.zeros(0), np.zeros(0))
    assert (nobody.bound(np.zeros(0)), nobody.least(), nobody.village_count) == (1, 1, 0)


def test_the_lower_bound_mirrors_the_upper_one() -> None:
    assert lower_bound(900, 1000) == pytest.approx(1 - upper_bound(100, 1000))
    assert lower_bound(0, 10) == 0
    assert upper_bound(0, 0) == 1
