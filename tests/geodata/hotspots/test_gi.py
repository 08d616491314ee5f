"""Gi*: its properties, the traps of other programs, bad input, false discovery rates."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from esda.getisord import G_Local
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from scipy import sparse

from geodata import hotspots
from geodata.errors import HotspotError
from tests.geodata.hotspots.grid_county import grid_neighbours

LINKS = grid_neighbours(8, 8)
N = 64


def _noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _by_hand(x, links):
    """Return z as the formula is written, village by village."""
    n, mean, s = len(x), x.mean(), x.std()
    around = links.matrix.toarray() + np.eye(n)
    scores = []
    for w in around:
        spread = np.sqrt((n * (w**2).sum() - w.sum() ** 2) / (n - 1))
        scores.append((w @ x - mean * w.sum()) / (s * spread))
    return np.array(scores)


def test_equals_the_formula_as_written():
    x = _noise(N)
    np.testing.assert_allclose(hotspots.gi_star(x, LINKS), _by_hand(x, LINKS), atol=1e-12)


@pytest.mark.parametrize("scale", [1e-100, 1e200, 1e307])
def test_tiny_and_huge_values_keep_their_scores(scale):
    x = _noise(N)
    np.testing.assert_allclose(
        hotspots.gi_star(x * scale, LINKS), hotspots.gi_star(x, LINKS), atol=1e-9
    )


def test_missing_village_equals_a_county_without_it():
    x = _noise(N)
    x[[5, 20]] = np.nan
    known = ~np.isnan(x)
    smaller = sparse.csr_array(LINKS.matrix[known][:, known])
    z = hotspots.gi_star(x, LINKS)
    np.testing.assert_allclose(z[known], hotspots.gi_star(x[known], smaller), atol=1e-12)
    assert np.isnan(z[~known]).all()


@settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-1e4, 1e4),
    seed=st.integers(0, 99),
    flip=st.booleans(),
)
def test_unit_and_origin_do_not_matter_and_a_negative_scale_turns_the_sign(
    scale, shift, seed, flip
):
    x = _noise(N, seed=seed)
    z = hotspots.gi_star(x, LINKS)
    sign = -1 if flip else 1
    again = hotspots.gi_star(sign * scale * x + shift, LINKS)
    np.testing.assert_allclose(again, sign * z, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999))
def test_order_of_villages_does_not_matter_and_z_is_bounded(seed):
    x = _noise(N, seed=seed) ** 3
    order = np.random.default_rng(seed).permutation(N)
    z = hotspots.gi_star(x, LINKS)
    shuffled = sparse.csr_array(LINKS.matrix[order][:, order])
    np.testing.assert_allclose(hotspots.gi_star(x[order], shuffled), z[order], atol=1e-10)
    assert np.abs(z).max() <= np.sqrt(N - 1)


def test_scaled_and_row_standardised_weights_give_the_same_z():
    x = _noise(N)
    z = hotspots.gi_star(x, LINKS)
    counts = sparse.diags_array(1 / LINKS.counts)
    np.testing.assert_allclose(hotspots.gi_star(x, counts @ LINKS.matrix), z, atol=1e-12)
    np.testing.assert_allclose(hotspots.gi_star(x, LINKS.matrix * 7.0), z, atol=1e-12)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_stacked_months_equal_months_one_by_one(missing):
    x = _noise(N, 12)
    x[np.random.default_rng(1).random(x.shape) < missing] = np.nan
    together = hotspots.gi_star(x, LINKS)
    alone = np.column_stack([hotspots.gi_star(column, LINKS) for column in x.T])
    np.testing.assert_allclose(together, alone, atol=1e-12)
    stacked = hotspots.gi_star(x.reshape(N, 3, 4), LINKS)
    np.testing.assert_allclose(stacked.reshape(N, 12), alone, atol=1e-12)


def test_added_month_leaves_earlier_months_unchanged():
    x = _noise(N, 13)
    x[:, 12] *= 50
    q = hotspots.benjamini_hochberg(hotspots.two_sided_p(hotspots.gi_star(x, LINKS)))
    before = hotspots.benjamini_hochberg(hotspots.two_sided_p(hotspots.gi_star(x[:, :12], LINKS)))
    np.testing.assert_array_equal(q[:, :12], before)


def test_labels_of_the_input_come_back():
    x = _noise(N, 3)
    frame = pd.DataFrame(x, index=LINKS.ids, columns=["2025-01", "2025-02", "2025-03"])
    z = hotspots.gi_star(frame, LINKS)
    assert z.index.equals(frame.index)
    assert list(z.columns) == list(frame.columns)
    cube = xr.DataArray(
        x.T,
        dims=["period", "place"],
        coords={"place": LINKS.ids, "period": list(frame.columns)},
    )
    found = hotspots.gi_star(cube, LINKS)
    np.testing.assert_allclose(found.transpose("place", "period"), z)
    nullable = frame.astype("Float64").mask(frame > 2)
    assert hotspots.gi_star(nullable, LINKS).isna().to_numpy().sum() == (x > 2).sum()


# What esda 2.9 and sfdep 0.2 get wrong, shown here not to be ours.


def test_analytical_z_does_not_depend_on_the_style_of_weights_as_in_esda():
    x = np.abs(_noise(N)) + 1
    binary = Graph.from_sparse(LINKS.matrix)
    right = G_Local(x, binary.to_W(), transform="B", permutations=0, star=True).Zs
    for style in (binary, binary.transform("R")):
        np.testing.assert_allclose(hotspots.gi_star(x, style), right, atol=1e-10)
        weights = sparse.csr_array(style.sparse)
        np.testing.assert_allclose(hotspots.gi_star(x, weights), right, atol=1e-10)


def test_negative_mean_does_not_swap_hot_and_cold_as_in_esda():
    x = _noise(N)
    x[[27, 28, 35, 36]] += 4
    graph = Graph.from_sparse(LINKS.matrix)
    positive = G_Local(x - x.min() + 1, graph.to_W(), transform="B", permutations=0, star=True)
    z = hotspots.gi_star(x - x.mean() - 0.5, LINKS)
    assert z[27] > 2
    np.testing.assert_allclose(z, positive.Zs, atol=1e-10)


def test_p_is_two_sided():
    assert hotspots.two_sided_p(np.array([1.959963984540054]))[0] == pytest.approx(0.05)
    assert hotspots.two_sided_p(np.array([-1.959963984540054]))[0] == pytest.approx(0.05)


def test_column_constant_up_to_rounding_is_not_assessed():
    x = 0.1 + 1e-13 * _noise(N)
    assert np.isnan(hotspots.gi_star(x, LINKS)).all()
    assert (hotspots.not_assessed(x, LINKS) == hotspots.REASONS.index("no_variation")).all()


def test_unsorted_villages_keep_their_own_scores_unlike_sfdep():
    x = pd.Series(_noise(N), index=LINKS.ids)
    reverse = x[::-1]
    np.testing.assert_allclose(
        hotspots.gi_star(reverse, LINKS)[LINKS.ids], hotspots.gi_star(x, LINKS), atol=1e-12
    )


def test_callers_values_and_weights_stay_as_they_were():
    x, matrix = _noise(N, 2), LINKS.matrix.copy()
    kept = x.copy()
    hotspots.gi_star(x, LINKS)
    np.testing.assert_array_equal(x, kept)
    assert (LINKS.matrix != matrix).nnz == 0


# Bad input: a defined answer or one clear error.


def _reason(x, links, **options):
    codes = np.unique(hotspots.not_assessed(x, links, **options))
    return [hotspots.REASONS[code] for code in codes]


def test_no_neighbours_at_all_is_not_assessed_and_said(caplog, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    nobody = sparse.csr_array((N, N))
    with caplog.at_level(logging.WARNING):
        assert np.isnan(hotspots.gi_star(_noise(N), nobody)).all()
    assert "no neighbouring village" in caplog.text
    assert _reason(_noise(N), nobody) == ["no_neighbours"]


def test_one_village_is_not_assessed():
    assert np.isnan(hotspots.gi_star(np.array([3.0]), sparse.csr_array((1, 1)))).all()
    assert _reason(np.array([3.0]), sparse.csr_array((1, 1))) == ["few_villages"]


@pytest.mark.parametrize(("n", "assessed"), [(29, False), (30, True)])
def test_a_month_needs_thirty_reporting_villages(n, assessed):
    x = _noise(N)
    x[n:] = np.nan
    assert np.isfinite(hotspots.gi_star(x, LINKS)[:n]).all() == assessed


def test_all_equal_all_missing_and_everybody_a_neighbour_have_their_reason():
    assert _reason(np.full(N, 7.0), LINKS) == ["no_variation"]
    assert _reason(np.full(N, np.nan), LINKS) == ["missing_value"]
    everybody = sparse.csr_array(np.ones((40, 40)) - np.eye(40))
    assert _reason(_noise(40), everybody) == ["everybody"]
    assert np.isnan(hotspots.gi_star(_noise(40), everybody)).all()


def test_reasons_say_exactly_where_the_score_is_missing():
    x = _noise(N, 4)
    x[3, 1], x[:40, 2], x[:, 3] = np.nan, np.nan, 5.0
    codes = hotspots.not_assessed(x, LINKS)
    assert ((codes != 0) == np.isnan(hotspots.gi_star(x, LINKS))).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.r_[np.inf, _noise(N - 1)], "infinite"),
        (["many"] * N, "not a number"),
        (np.array([]), "empty"),
        (np.empty((N, 0)), "empty"),
        (_noise(N - 1), "63"),
    ],
)
def test_values_that_cannot_be_used_are_one_clear_error(values, message, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    with pytest.raises(HotspotError, match=message):
        hotspots.gi_star(values, LINKS)


# Many tests.


def test_benjamini_hochberg_by_hand():
    adjusted = hotspots.benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan, 0.005]))
    np.testing.assert_allclose(adjusted, [0.02, 0.04, 0.04, np.nan, 0.02])


def test_a_month_is_its_own_family_unless_asked():
    p = np.column_stack([[0.01, 0.9], [0.9, 0.9]])
    np.testing.assert_allclose(hotspots.benjamini_hochberg(p)[0], [0.02, 0.9])
    np.testing.assert_allclose(hotspots.benjamini_hochberg(p, family="cube")[0], [0.04, 0.9])
    np.testing.assert_allclose(hotspots.benjamini_hochberg(p, family="none"), p)


def test_bins_have_the_sign_of_z_and_the_level_of_p():
    z = np.array([4, -4, 3, -3, 2, -2, 1, np.nan])
    q = np.array([0.01, 0.01, 0.05, 0.05, 0.1, 0.1001, 0.5, np.nan])
    assert list(hotspots.significance_bins(z, q)) == [3, -3, 2, -2, 1, 0, 0, 0]


def test_p_outside_zero_to_one_is_refused():
    with pytest.raises(HotspotError):
        hotspots.benjamini_hochberg(np.array([0.5, 1.2]))


# Space-time window.


def test_window_of_no_lag_is_gi_star():
    x = _noise(N, 6)
    x[4, 2] = np.nan
    found = hotspots.gi_star_window(x, LINKS, 0)
    np.testing.assert_allclose(found, hotspots.gi_star(x, LINKS), atol=1e-10)


def test_window_of_one_lag_equals_the_formula_over_both_months():
    x = _noise(N, 3)
    both = np.r_[x[:, 2], x[:, 1]]
    around = LINKS.with_self.toarray()
    w = np.hstack([around, around])
    n, spread = 2 * N, np.sqrt((2 * N * w.sum(axis=1) - w.sum(axis=1) ** 2) / (2 * N - 1))
    expected = (w @ both - both.mean() * w.sum(axis=1)) / (both.std() * spread)
    assert n == len(both)
    np.testing.assert_allclose(hotspots.gi_star_window(x, LINKS, 1)[:, 2], expected, atol=1e-10)


def test_county_wide_change_is_no_cluster_with_the_step_window_as_with_the_cube():
    x = _noise(N, 24) - 0.3 * np.arange(24)
    step = hotspots.gi_star_window(x, LINKS, 1)
    cube = hotspots.gi_star_window(x, LINKS, 1, reference="cube")
    assert (np.abs(step) > 1.96).mean() < 0.08
    assert (np.abs(cube) > 1.96).mean() > 0.4
