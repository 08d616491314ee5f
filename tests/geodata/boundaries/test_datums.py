"""GCJ-02 in and out, and the check which of the two a layer of points is in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from shapely import Point, box

from geodata import GuatuError, read_boundaries
from geodata.boundaries.datums import check_datum, from_bd09, from_gcj02, to_bd09, to_gcj02
from tests.geodata.boundaries.layers import GK_38, layer, squares

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("lon", "lat", "metres"),
    [(116.15, 37.87, 536), (113.24, 35.22, 582), (113.54, 26.78, 668), (103.83, 36.06, 220)],
)
def test_shift_has_its_known_length(lon, lat, metres):
    shifted = to_gcj02(np.array([lon]), np.array([lat]))
    assert GEOD.inv(lon, lat, shifted[0][0], shifted[1][0])[2] == pytest.approx(metres, abs=1)


def test_inverse_returns_within_a_millimetre_all_over_china():
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(np.arange(74, 135, 1.7), np.arange(4, 54, 1.3))
    )
    for into, out in ((to_gcj02, from_gcj02), (to_bd09, from_bd09)):
        assert GEOD.inv(lon, lat, *out(*into(lon, lat)))[2].max() < 0.001


def test_bd09_is_the_known_one_of_a_known_place():
    # A square in the capital as the map site gives it beside GCJ-02, which lies some 1.2 km away.
    lon, lat = to_bd09(*from_gcj02(np.array([116.397428]), np.array([39.90923])))
    assert (lon[0], lat[0]) == (
        pytest.approx(116.40382, abs=1e-4),
        pytest.approx(39.91556, abs=1e-4),
    )


@pytest.mark.parametrize(("into", "datum"), [(to_gcj02, "gcj02"), (to_bd09, "bd09")])
def test_each_shift_of_points_is_told_from_the_other(village_points, into, datum):
    places, recorded, lon, lat = village_points
    check = check_datum(_points(*into(lon, lat)), recorded, places)
    assert (check.verdict, check.inside[datum]) == (datum, 40)
    assert f"--datum {datum}" in check.sentence("en")


def test_outside_china_nothing_moves():
    assert to_gcj02(np.array([2.35]), np.array([48.85])) == (2.35, 48.85)


def test_layer_in_gcj02_is_put_back(tmp_path):
    plain = layer({"n": ["a", "b"]}, crs=4326)
    shifted = plain.copy()
    shifted["geometry"] = [box(*_shifted(shape.bounds)) for shape in plain.geometry]
    shifted.to_file(tmp_path / "a.geojson")
    read = read_boundaries(tmp_path / "a.geojson", datum="gcj02")
    assert np.allclose(read.frame.bounds, plain.bounds, atol=1e-6)
    moved = [issue for issue in read.issues if issue.kind == "datum_converted"]
    assert moved[0].values["metres"] == pytest.approx(536, abs=20)


def _shifted(bounds):
    (left, right), (bottom, top) = to_gcj02(np.array(bounds[::2]), np.array(bounds[1::2]))
    return left, bottom, right, top


def test_gcj02_is_refused_for_a_projected_layer(tmp_path):
    layer({"n": ["a"]}).to_crs(GK_38).to_file(tmp_path / "a.gpkg")
    with pytest.raises(GuatuError, match="GCJ-02"):
        read_boundaries(tmp_path / "a.gpkg", datum="gcj02")


def test_unknown_datum_is_refused_with_the_known_ones(tmp_path):
    layer({"n": ["a"]}).to_file(tmp_path / "a.gpkg")
    with pytest.raises(GuatuError, match=r"mars.*gcj02, bd09"):
        read_boundaries(tmp_path / "a.gpkg", datum="mars")


@pytest.fixture
def village_points():
    places = gpd.GeoDataFrame(index=["a", "b"], geometry=squares(2), crs=4490)
    rng = np.random.default_rng(7)
    lon, lat = 116.0 + 0.02 * rng.random(40), 37.0 + 0.01 * rng.random(40)
    recorded = pd.Series(np.where(lon < 116.01, "a", "b"))
    return places, recorded, lon, lat


def _points(lon, lat):
    return gpd.GeoSeries([Point(x, y) for x, y in zip(lon, lat, strict=True)], crs=4326)


def test_points_in_their_villages_are_not_shifted(village_points):
    places, recorded, lon, lat = village_points
    check = check_datum(_points(lon, lat), recorded, places)
    assert (check.verdict, check.inside["unshifted"], check.points) == ("unshifted", 40, 40)
    assert check.inside["gcj02"] < 30


def test_shifted_points_are_told(village_points):
    places, recorded, lon, lat = village_points
    check = check_datum(_points(*to_gcj02(lon, lat)), recorded, places)
    assert (check.verdict, check.inside["gcj02"]) == ("gcj02", 40)
    assert "--datum gcj02" in check.sentence("en")


def test_two_points_decide_nothing_and_strangers_are_counted(village_points):
    places, _, lon, lat = village_points
    recorded = pd.Series(["a", "nowhere"])
    check = check_datum(_points(lon[:2], lat[:2]), recorded, places)
    assert (check.verdict, check.points, check.left_out) == ("undecided", 1, 1)
