"""Points into places: every point comes back with an outcome."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point, box

from geodata import place_points

PLACES = gpd.GeoDataFrame(
    index=["a", "b", "c"],
    geometry=[box(116, 37, 116.01, 37.01), box(116.01, 37, 116.02, 37.01), None],
    crs=4490,
)


def test_each_point_has_an_outcome():
    points = gpd.GeoSeries(
        [Point(116.005, 37.005), Point(116.01, 37.005), Point(116.03, 37.005), None, Point()],
        index=list("vwxyz"),
        crs=4326,
    )
    found = place_points(points, PLACES)
    assert found["outcome"].to_dict() == {
        "v": "inside", "w": "several", "x": "outside", "y": "no_point", "z": "no_point",
    }  # fmt: skip
    assert found["place"].to_dict() == {"v": "a", "w": "a", "x": None, "y": None, "z": None}
    assert found.loc["x", "nearest"] == "b"
    assert found.loc["x", "metres"] == pytest.approx(889.6, rel=2e-3)


def test_no_points_give_an_empty_frame():
    assert len(place_points(gpd.GeoSeries([], crs=4326), PLACES)) == 0
