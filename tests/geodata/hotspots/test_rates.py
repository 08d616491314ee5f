"""Rates of small villages: standardised, shrunk, with interval and exceedance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata import hotspots
from geodata.errors import HotspotError
from tests.geodata.hotspots.grid_county import grid_neighbours, households

E = np.array([2.0, 8, 0, 30, 5])
B = np.array([100.0, 200, 50, 400, 250])


def test_standardised_proportion_by_hand():
    m, total = E.sum() / B.sum(), B.sum()
    q, size, r = m * (1 - m), B.mean(), E / B
    spread = (B * (r - m) ** 2).sum() / total
    between = max(0.0, (size * spread - q) / (size - 1))
    expected = (r - m) / np.sqrt(between + (q - between) / B)
    np.testing.assert_allclose(hotspots.standardised_rate(E, B), expected, atol=1e-14)


def test_rare_rate_may_exceed_one_where_a_share_may_not():
    events = E * 50
    assert np.isfinite(hotspots.standardised_rate(events, B, "rare_rate")).all()
    with pytest.raises(HotspotError, match="rare_rate"):
        hotspots.standardised_rate(events, B)


def test_plain_values_pass_unchanged():
    np.testing.assert_array_equal(hotspots.standardised_rate(E, None, "value"), E)


def test_base_zero_and_missing_counts_are_not_known_and_change_nobody_else():
    events, base = np.r_[E, 0, np.nan, 3], np.r_[B, 0, 100, np.nan]
    x = hotspots.standardised_rate(events, base)
    assert np.isnan(x[5:]).all()
    np.testing.assert_allclose(x[:5], hotspots.standardised_rate(E, B), atol=1e-14)


@pytest.mark.parametrize("share", [0, 1])
def test_month_in_which_nobody_or_everybody_is_hit_has_no_variation(share):
    x = hotspots.standardised_rate(B * share, B)
    np.testing.assert_array_equal(x, np.zeros(5))


def test_small_village_with_the_same_share_stands_out_less():
    x = hotspots.standardised_rate(
        np.r_[5.0, 50, np.full(30, 4)], np.r_[50.0, 500, np.full(30, 200)]
    )
    assert 0 < x[0] < x[1]


def test_one_base_serves_all_months():
    months = np.column_stack([E, E + 1])
    both = hotspots.standardised_rate(months, np.column_stack([B, B]))
    np.testing.assert_array_equal(hotspots.standardised_rate(months, B), both)


def test_base_in_another_order_meets_its_own_events():
    labels = list("abcde")
    events, base = pd.Series(E, labels), pd.Series(B, labels)
    expected = hotspots.standardised_rate(events, base)
    pd.testing.assert_series_equal(hotspots.standardised_rate(events, base[::-1]), expected)
    with pytest.raises(HotspotError):
        hotspots.standardised_rate(events, base.rename({"a": "z"}))


@pytest.mark.parametrize(
    ("events", "base", "message"),
    [
        (-E, B, "negative"),
        (E, -B, "negative"),
        (E, B[:3], "shape"),
        (np.r_[np.inf, E[1:]], B, "infinite"),
        (B + 1, B, "more events"),
    ],
)
def test_counts_that_cannot_be_are_refused(events, base, message, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    with pytest.raises(HotspotError, match=message):
        hotspots.standardised_rate(events, base)


def test_as_many_events_as_base_are_allowed():
    assert np.isfinite(hotspots.standardised_rate(np.r_[B[:1], E[1:]], B)).all()


def test_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(HotspotError, match="proportion, rare_rate, value"):
        hotspots.standardised_rate(E, B, "share")


def test_shrunk_rate_lies_between_own_and_county_and_follows_the_weight():
    found = hotspots.empirical_bayes(E, B)
    own, mean = E / B, E.sum() / B.sum()
    assert ((found.rate - np.minimum(own, mean)) >= -1e-15).all()
    assert ((np.maximum(own, mean) - found.rate) >= -1e-15).all()
    np.testing.assert_allclose(found.rate, found.weight * own + (1 - found.weight) * mean)
    assert (np.argsort(found.weight) == np.argsort(B)).all()
    assert (found.lower < found.rate).all()
    assert (found.rate < found.upper).all()
    np.testing.assert_array_equal(found.unstable, found.weight < 0.5)


def test_village_without_base_is_shown_at_the_mean_and_a_missing_count_is_not_shown():
    found = hotspots.empirical_bayes(np.r_[E, 0, np.nan], np.r_[B, 0, 100])
    assert found.rate[5] == pytest.approx(E.sum() / B.sum())
    assert found.weight[5] == 0
    assert np.isnan([found.rate[6], found.weight[6], found.lower[6]]).all()


def test_no_more_variation_than_chance_shows_everybody_at_the_mean():
    found = hotspots.empirical_bayes(np.full(9, 10.0), np.full(9, 100.0))
    np.testing.assert_allclose(found.rate, 0.1)
    assert (found.weight == 0).all()
    np.testing.assert_allclose(found.interval[0], found.interval[1])
    np.testing.assert_array_equal(hotspots.exceedance(np.full(9, 10.0), np.full(9, 100.0), 0.1), 0)
    np.testing.assert_array_equal(hotspots.exceedance(np.full(9, 10.0), np.full(9, 100.0), 0.09), 1)


def test_local_shrinking_borrows_from_the_neighbours():
    links = grid_neighbours(6, 6)
    events, base = np.full((6, 6), 2.0), np.full(36, 100.0)
    events[:, 3:] = 20
    found = hotspots.empirical_bayes(events.ravel(), base, links)
    np.testing.assert_allclose(found.rate.reshape(6, 6)[:, 0], 0.02)
    np.testing.assert_allclose(found.rate.reshape(6, 6)[:, 5], 0.20)


def test_interval_and_exceedance_agree_and_hold_their_promise():
    rng = np.random.default_rng(8)
    base = households(4000, rng)
    true = rng.beta(8, 192, 4000)
    events = rng.binomial(base.astype(int), true)
    found = hotspots.empirical_bayes(events, base)
    assert np.mean((found.lower <= true) & (true <= found.upper)) == pytest.approx(0.95, abs=0.02)
    above = hotspots.exceedance(events, base, 0.04)
    for low, high in ((0.0, 0.2), (0.4, 0.6), (0.8, 1.0)):
        inside = (above >= low) & (above < high)
        assert np.mean(true[inside] > 0.04) == pytest.approx(above[inside].mean(), abs=0.05)
    edge = hotspots.exceedance(events[:5], base[:5], 0.04)
    assert ((edge >= 0) & (edge <= 1)).all()


def test_exceedance_falls_with_the_line_and_is_unknown_without_a_count():
    lines = [hotspots.exceedance(E, B, line)[3] for line in (0.0, 0.02, 0.05, 0.1, 1.0)]
    assert lines == sorted(lines, reverse=True)
    assert (lines[0], lines[-1]) == (1.0, 0.0)
    assert np.isnan(hotspots.exceedance(np.r_[E, np.nan], np.r_[B, 50], 0.02)[5])
    poisson = hotspots.exceedance(E, B, 0.05, kind="rare_rate")
    assert np.abs(poisson - hotspots.exceedance(E, B, 0.05)).max() < 0.1


@pytest.mark.parametrize("line", [-0.1, 2, float("nan")])
def test_line_outside_zero_to_one_is_refused(line):
    with pytest.raises(HotspotError, match=r"0\.02"):
        hotspots.exceedance(E, B, line)


def test_wilson_interval_of_known_values():
    lower, upper = hotspots.wilson_interval(np.array([0.0, 1, 10, 0]), np.array([10.0, 10, 100, 0]))
    np.testing.assert_allclose(lower[:3], [0, 0.01787621, 0.05522914], atol=1e-7)
    np.testing.assert_allclose(upper[:3], [0.27753279, 0.40415002, 0.17436566], atol=1e-7)
    assert np.isnan([lower[3], upper[3]]).all()
