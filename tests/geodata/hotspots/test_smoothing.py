"""Smoothed rates: intervals that cover, less error than raw ones, sparse and dense alike."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.hotspots import smoothing
from geodata.hotspots.smoothing import smooth_rates
from tests.benchmarks.bench_clusters import smoothing as measured
from tests.benchmarks.invented_maps import county, smooth_truth


@pytest.mark.parametrize("rate", [0.02, 0.10])
def test_intervals_cover_and_the_error_is_less_than_that_of_raw_rates(rate):
    covered, error, right = measured(12, mean=40, rate=rate, spread=0.35, shared=0.5)
    assert 0.90 <= covered <= 0.99
    assert error <= 0.6
    assert right >= 0.6


def _counts(rate=0.1, spread=0.5):
    rng = np.random.default_rng(1)
    place = county(79, 0, rng, mean=290)
    truth = smooth_truth(rng, place, rate, spread=spread, shared=0.5)
    return place, rng.binomial(place.households.astype(int), truth).astype(float)


def test_many_villages_are_smoothed_as_few_are(monkeypatch):
    place, events = _counts()
    dense = smooth_rates(events, place.households, place.links, seed=1)
    monkeypatch.setattr(smoothing, "_DENSE", 10)
    drawn = smooth_rates(events, place.households, place.links, seed=1)
    for name, off in (("rate", 0.004), ("lower", 0.006), ("upper", 0.006), ("above", 0.05)):
        np.testing.assert_allclose(getattr(drawn, name), getattr(dense, name), atol=off)


def test_bounds_lie_about_the_rate_and_exceedance_follows_it():
    place, events = _counts()
    found = smooth_rates(events, place.households, place.links, seed=1)
    assert (found.lower < found.rate).all()
    assert (found.rate < found.upper).all()
    line = events.sum() / place.households.sum()
    assert (found.above[found.rate > 1.3 * line] > 0.5).all()
    assert (found.above[found.rate < 0.7 * line] < 0.5).all()


def test_a_village_without_a_base_borrows_from_its_neighbours():
    place, events = _counts()
    base = place.households.copy()
    base[3], events[3] = np.nan, np.nan
    found = smooth_rates(events, base, place.links, seed=1)
    assert 0 < found.lower[3] < found.rate[3] < found.upper[3]
    assert found.upper[3] - found.lower[3] > np.median(found.upper - found.lower)


def test_where_nothing_was_counted_nothing_is_said_of_luck():
    place, events = _counts()
    found = smooth_rates(events * 0, place.households, place.links, seed=1)
    assert (found.rate == 0).all()
    assert np.isnan(found.above).all()


def test_villages_that_differ_wildly_are_still_fitted():
    place, _ = _counts()
    events = np.where(np.arange(79) % 2, place.households, 0.0)
    found = smooth_rates(events, place.households, place.links, seed=1)
    assert np.isfinite(found.rate).all()
    assert found.rate[1::2].min() > found.rate[0::2].max()


def test_the_same_counts_give_the_same():
    place, events = _counts()
    one, two = (smooth_rates(events, place.households, place.links, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one.upper, two.upper)
