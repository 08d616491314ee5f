"""Local Moran and the spatial scan."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from esda import Moran_Local
from libpysal.graph import Graph

from geodata import hotspots
from geodata.errors import HotspotError
from tests.geodata.hotspots.grid_county import block, grid_neighbours, households, squares

LINKS = grid_neighbours(10, 10)
PLANTED = block(10, 10, (2, 2))


def test_local_moran_statistic_and_quadrants_equal_esda():
    x = np.random.default_rng(0).normal(size=100)
    found = hotspots.local_moran(x, LINKS)
    graph = Graph.from_sparse(LINKS.matrix).transform("R")
    reference = Moran_Local(x, graph, permutations=0)
    np.testing.assert_allclose(found.statistic, reference.Is * 99 / 100 * 100 / 99, rtol=0.02)
    np.testing.assert_array_equal(found.quadrant, reference.q)
    np.testing.assert_allclose(found.variance, reference.VIc, atol=0.05)


def test_low_village_among_high_ones_is_told_from_a_high_one():
    x = np.zeros(100) + np.random.default_rng(1).normal(0, 0.1, 100)
    x[PLANTED] = 5
    middle = PLANTED[4]
    x[middle] = -5
    found = hotspots.local_moran(x, LINKS)
    assert hotspots.QUADRANTS[found.quadrant[middle]] == "low_high"
    assert hotspots.QUADRANTS[found.quadrant[PLANTED[0]]] == "high_high"
    assert found.z[middle] < -2


def test_local_moran_of_missing_or_equal_values_is_not_assessed():
    x = np.random.default_rng(0).normal(size=(100, 2))
    x[3, 0], x[:, 1] = np.nan, 4.0
    found = hotspots.local_moran(x, LINKS)
    assert np.isnan(found.statistic[3, 0])
    assert (found.quadrant[:, 1] == 0).all()
    assert np.isnan(found.z[:, 1]).all()


def _county(risk=3.0, seed=0):
    rng = np.random.default_rng(seed)
    shapes = squares(10, 10)
    base = pd.Series(households(100, rng), index=shapes.index)
    share = np.full(100, 0.03)
    share[PLANTED] *= risk
    events = pd.Series(rng.binomial(base.astype(int), share), index=shapes.index)
    return events, base, shapes


@pytest.mark.parametrize("model", ["poisson", "binomial"])
def test_scan_finds_the_planted_cluster(model):
    events, base, shapes = _county()
    found = hotspots.spatial_scan(events, base, shapes, model=model, max_share=0.25, seed=1)
    best = found.iloc[0]
    planted = set(shapes.index[PLANTED])
    assert len(planted & set(best["members"])) >= 8
    assert best["p"] == 0.001
    assert best["events"] == events[list(best["members"])].sum()
    assert best["relative_risk"] > 2


def test_poisson_log_ratio_as_written():
    events, base, shapes = _county()
    best = hotspots.spatial_scan(events, base, shapes, replicates=9).iloc[0]
    c, total = best["events"], events.sum()
    mu = total * best["base"] / base.sum()
    expected = c * np.log(c / mu) + (total - c) * np.log((total - c) / (total - mu))
    assert best["log_ratio"] == pytest.approx(expected)
    assert best["expected"] == pytest.approx(mu)


def test_binomial_log_ratio_as_written():
    events, base, shapes = _county()
    best = hotspots.spatial_scan(events, base, shapes, model="binomial", replicates=9).iloc[0]

    def likelihood(c, n):
        return c * np.log(c / n) + (n - c) * np.log((n - c) / n)

    c, n = best["events"], best["base"]
    out = likelihood(events.sum() - c, base.sum() - n)
    expected = likelihood(c, n) + out - likelihood(events.sum(), base.sum())
    assert best["log_ratio"] == pytest.approx(expected)


def test_clusters_do_not_overlap_and_no_circle_holds_more_than_its_share():
    events, base, shapes = _county(risk=4)
    events.iloc[block(10, 10, (6, 6))] *= 4
    events = events.clip(upper=base)
    found = hotspots.spatial_scan(events, base, shapes, max_share=0.2, seed=1)
    assert len(found) >= 2
    members = [name for row in found["members"] for name in row]
    assert len(members) == len(set(members))
    assert (found["base"] <= 0.2 * base.sum()).all()


def test_same_seed_same_answer_and_order_of_villages_does_not_matter():
    events, base, shapes = _county(risk=1.5)
    one = hotspots.spatial_scan(events, base, shapes, seed=5, replicates=99)
    pd.testing.assert_frame_equal(
        one, hotspots.spatial_scan(events, base, shapes, seed=5, replicates=99)
    )
    order = np.random.default_rng(0).permutation(100)
    moved = hotspots.spatial_scan(
        events.iloc[order], base, shapes.iloc[order], seed=5, replicates=99
    )
    assert set(moved["members"].iloc[0]) == set(one["members"].iloc[0])


def test_chance_alone_is_rarely_called_a_cluster_and_uneven_villages_need_overdispersion():
    plain = uneven = allowed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        base, xy = households(100, rng), rng.random((100, 2))
        options = {"seed": seed, "replicates": 99}
        events = rng.binomial(base.astype(int), 0.03)
        plain += hotspots.spatial_scan(events, base, xy, **options)["p"].iloc[0] <= 0.05
        mixed = rng.binomial(base.astype(int), np.minimum(0.03 * rng.gamma(4, 1 / 4, 100), 1))
        uneven += hotspots.spatial_scan(mixed, base, xy, **options)["p"].iloc[0] <= 0.05
        options["overdispersion"] = True
        allowed += hotspots.spatial_scan(mixed, base, xy, **options)["p"].iloc[0] <= 0.05
    assert plain <= 4
    assert allowed <= 4
    assert uneven >= 10


def test_villages_without_a_count_or_base_take_no_part():
    events, base, shapes = _county()
    events = events.astype(float)
    events.iloc[PLANTED[0]], base.iloc[PLANTED[1]] = np.nan, 0
    members = hotspots.spatial_scan(events, base, shapes, replicates=9)["members"].iloc[0]
    assert not {shapes.index[PLANTED[0]], shapes.index[PLANTED[1]]} & set(members)


@pytest.mark.parametrize("events", [np.zeros(100), np.full(100, np.nan)])
def test_nothing_happened_gives_no_cluster(events):
    found = hotspots.spatial_scan(events, np.full(100, 50.0), squares(10, 10))
    assert found.empty
    assert "members" in found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "normal"}, "poisson, binomial"),
        ({"max_share": 0}, "max_share"),
        ({"replications": 9}, "replicates"),
        ({"points": np.zeros((3, 2))}, "3"),
        ({"points": np.full((100, 2), np.nan)}, "1"),
        ({"events": -np.ones(100)}, "events"),
    ],
)
def test_scan_that_cannot_be_is_refused(change, message):
    events, base, shapes = _county()
    given = {"events": events, "base": base, "points": shapes} | change
    with pytest.raises(HotspotError, match=message):
        hotspots.spatial_scan(**given)


def test_degrees_are_projected_for_the_scan():
    events, base, shapes = _county()
    moved = shapes.translate(35_500_000, 4_000_000).set_crs(4523, allow_override=True)
    one = hotspots.spatial_scan(events, base, moved, replicates=9)
    degrees = gpd.GeoSeries(moved).to_crs(4490)
    two = hotspots.spatial_scan(events, base, degrees, replicates=9)
    assert one["members"].iloc[0] == two["members"].iloc[0]
    assert two["radius"].iloc[0] == pytest.approx(one["radius"].iloc[0], rel=0.01)
