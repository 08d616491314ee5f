"""Neighbours: imperfect boundaries, islands, exchange with other programs."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse

from geodata import hotspots
from geodata.errors import HotspotError
from tests.geodata.hotspots.grid_county import SIDE, squares


def test_inner_village_of_a_grid_has_eight_neighbours():
    links = hotspots.neighbours(squares(5, 5))
    counts = links.counts.reshape(5, 5)
    assert (counts[1:-1, 1:-1] == 8).all()
    assert (counts[0, 0], counts[0, 2]) == (3, 5)
    assert (links.matrix != links.matrix.T).nnz == 0
    assert links.matrix.diagonal().sum() == 0


@pytest.mark.parametrize(("gap", "gained"), [(0.0, 0), (19.9, 40), (20.1, 0)])
def test_gap_up_to_the_tolerance_is_bridged_and_counted(gap, gained):
    links = hotspots.neighbours(squares(5, 5, gap=gap), tolerance=20, min_neighbours=0)
    straight = 40 if gap <= 20 else 0
    diagonal = 32 if gap == 0 else 0  # corners are sqrt(2) x 19.9 m apart
    assert links.matrix.nnz == 2 * (straight + diagonal)
    assert links.gained == gained


def test_default_tolerance_is_20_m_or_a_hundredth_of_the_side():
    assert hotspots.neighbours(squares(3, 3)).tolerance == 20.0
    small = squares(3, 3).scale(0.1, 0.1, origin=(0, 0))
    assert hotspots.neighbours(small).tolerance == pytest.approx(SIDE / 1000)


def test_overlapping_villages_are_neighbours():
    shapes = [shapely.box(0, 0, 100, 100), shapely.box(90, 0, 200, 100)]
    assert hotspots.neighbours(shapes, tolerance=0, min_neighbours=0).matrix.nnz == 2


def test_far_village_gets_its_nearest_two_both_ways_and_flagged():
    shapes = squares(3, 3)
    far = gpd.GeoSeries(
        [shapely.box(50_000, 0, 53_000, 3000)], index=["990101009999"], crs=shapes.crs
    )
    links = hotspots.neighbours(pd.concat([shapes, far]))
    edges = links.edges()
    own = edges[edges["focal"] == "990101009999"]
    assert set(own["neighbour"]) == {"990101000002", "990101000005"}
    assert own["added"].all()
    assert set(edges[edges["neighbour"] == "990101009999"]["focal"]) == set(own["neighbour"])
    assert links.has_added.sum() == 3
    assert len(links.islands) == 0


def test_excluded_island_has_no_neighbour():
    shapes = [*squares(3, 3), shapely.box(50_000, 0, 53_000, 3000)]
    links = hotspots.neighbours(shapes, island_policy="exclude")
    assert list(links.islands) == [9]


def test_missing_and_doubled_polygons_are_counted_not_lost():
    shapes = [*squares(3, 3), None, squares(3, 3).iloc[0], shapely.Polygon()]
    links = hotspots.neighbours(shapes)
    assert len(links) == 12
    assert (links.without_geometry, links.duplicated) == (2, 1)
    assert links.counts[9] == links.counts[11] == 0
    assert links.matrix[0, 10] == 1
    assert "2" in links.report("en")


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_villages_take_what_there_is(count):
    links = hotspots.neighbours(list(squares(1, 2))[:count])
    assert list(links.counts) == [count - 1] * count


def test_all_polygons_missing_gives_no_neighbours():
    links = hotspots.neighbours([None, None, None])
    assert links.matrix.nnz == 0


def test_degrees_are_projected_before_measuring():
    metres = squares(4, 4)
    degrees = metres.set_crs("EPSG:4524", allow_override=True).translate(35_500_000, 4_000_000)
    links = hotspots.neighbours(degrees.to_crs(4490), tolerance=20)
    assert (links.counts == hotspots.neighbours(metres).counts).all()


def test_barrier_separates_what_touches():
    river = gpd.GeoSeries([shapely.LineString([(SIDE, -1), (SIDE, 2 * SIDE + 1)])], crs=4524)
    links = hotspots.neighbours(squares(2, 2), min_neighbours=0, barriers=river)
    assert links.matrix.nnz == 4


def test_links_by_hand_win():
    links = hotspots.neighbours(squares(3, 3))
    pair, apart = ("990101000000", "990101000008"), ("990101000000", "990101000001")
    changed = links.with_links(add=[pair], remove=[apart])
    assert changed.matrix[0, 8] == changed.matrix[8, 0] == 1
    assert changed.matrix[0, 1] == changed.matrix[1, 0] == 0
    assert links.matrix[0, 1] == 1
    with pytest.raises(HotspotError, match="nobody"):
        links.with_links(add=[("nobody", pair[1])])


def test_nearest_neighbours_of_points_are_mutual():
    points = squares(6, 6).centroid
    links = hotspots.nearest_neighbours(points, k=8)
    assert links.counts.min() >= 8
    assert (links.matrix != links.matrix.T).nnz == 0


def test_parquet_keeps_order_islands_flags_and_hash(tmp_path):
    shapes = squares(3, 3)
    far = gpd.GeoSeries(
        [shapely.box(50_000, 0, 53_000, 3000)], index=["880000000000"], crs=shapes.crs
    )
    for policy in ("nearest", "exclude"):
        links = hotspots.neighbours(pd.concat([shapes, far]), island_policy=policy)
        links.to_parquet(tmp_path / "edges.parquet")
        again = hotspots.Neighbours.from_parquet(tmp_path / "edges.parquet")
        assert list(again.ids) == list(links.ids)
        assert (again.matrix != links.matrix).nnz == 0
        assert (again.added != links.added).nnz == 0
        assert again.geometry_hash == hotspots.geometry_hash(pd.concat([shapes, far]))
        assert again.report() == links.report()


def test_geometry_hash_changes_with_one_corner():
    shapes = squares(3, 3)
    moved = shapes.copy()
    moved.iloc[4] = moved.iloc[4].buffer(0.001)
    assert hotspots.geometry_hash(shapes) == hotspots.geometry_hash(shapes.copy())
    assert hotspots.geometry_hash(shapes) != hotspots.geometry_hash(moved)


def test_libpysal_graph_there_and_back():
    links = hotspots.neighbours(squares(4, 4))
    graph = links.to_graph()
    again = hotspots.Neighbours.from_graph(graph)
    assert (again.matrix != links.matrix).nnz == 0
    values = pd.Series(np.arange(16.0), index=links.ids)
    one = hotspots.gi_star(values, graph, min_villages=2)
    np.testing.assert_allclose(one, hotspots.gi_star(values, links, min_villages=2), atol=1e-12)


def test_every_way_to_say_neighbours_gives_the_same_scores():
    links = hotspots.neighbours(squares(6, 6))
    values = pd.Series(np.random.default_rng(3).normal(size=36), index=links.ids)
    expected = hotspots.gi_star(values, links)
    edges = links.edges()
    mapping = edges.groupby("focal")["neighbour"].agg(list).to_dict()
    for other in (
        links.matrix,
        sparse.csc_matrix(links.matrix),
        links.matrix.toarray(),
        edges,
        edges.rename(columns={"neighbour": "neighbor"}),
        mapping,
        links.with_self,
    ):
        np.testing.assert_allclose(hotspots.gi_star(values, other), expected, atol=1e-12)


def test_values_in_another_order_meet_their_own_neighbours():
    links = hotspots.neighbours(squares(6, 6))
    values = pd.Series(np.random.default_rng(3).normal(size=36), index=links.ids)
    expected = hotspots.gi_star(values, links)
    shuffled = values.sample(frac=1, random_state=1)
    found = hotspots.gi_star(shuffled, links)
    assert list(found.index) == list(shuffled.index)
    np.testing.assert_allclose(found[values.index], expected, atol=1e-12)


@pytest.mark.parametrize(
    ("neighbours", "message"),
    [
        (np.eye(7), "7|36"),
        ("queen", "str"),
        (pd.DataFrame({"focal": ["x"], "neighbour": ["y"]}), "x"),
        (sparse.csr_array(np.full((36, 36), -1.0)), "negative"),
    ],
)
def test_neighbours_that_do_not_fit_are_refused(neighbours, message, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    with pytest.raises(HotspotError, match=message):
        hotspots.gi_star(np.arange(36.0), neighbours)


def test_values_of_other_villages_are_refused():
    links = hotspots.neighbours(squares(6, 6))
    values = pd.Series(np.arange(36.0), index=[f"x{number}" for number in range(36)])
    with pytest.raises(HotspotError, match="x0"):
        hotspots.gi_star(values, links)


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
def test_tolerance_that_is_no_distance_is_refused(bad):
    with pytest.raises(HotspotError, match="tolerance"):
        hotspots.neighbours(squares(2, 2), tolerance=bad)


@pytest.mark.parametrize("nothing", [[], gpd.GeoSeries([]), ["村"]])
def test_no_polygons_is_one_clear_error(nothing):
    with pytest.raises(HotspotError):
        hotspots.neighbours(nothing)
