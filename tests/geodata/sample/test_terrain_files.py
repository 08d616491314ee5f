"""The invented county's ground: water runs downhill into wider rivers, roads join all townships."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.ground import LINES, RELIEF, read_ground
from geodata.ground.heights import read_heights
from geodata.sample.places import make_places
from geodata.sample.terrain_files import write_terrain


@pytest.fixture(scope="module")
def places():
    return make_places(40, 3, 7)


@pytest.fixture(scope="module")
def folder(places, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ground") / "context"
    write_terrain(folder, places)
    return folder


def _ends(folder, lines, at):
    heights = read_heights(folder / "heights.asc")
    points = np.array([line.coords[at] for line in lines])
    return heights.at(points[:, 0], points[:, 1])


def test_rivers_run_downhill(folder):
    rivers = gpd.read_file(folder / "rivers.geojson")
    first, last = (_ends(folder, rivers.geometry, at) for at in (0, -1))
    known = np.isfinite(first) & np.isfinite(last)
    assert known.sum() > 20
    # Water stands level in a hollow that it fills, and leaves it over the lowest edge.
    assert ((first - last)[known] > -40).mean() > 0.9
    assert (first - last)[known].mean() > 20
    assert set(rivers["rank"]) == {1, 2, 3}


def test_a_main_road_joins_the_seats_and_every_village_has_a_way(folder, places):
    roads = gpd.read_file(folder / "roads.geojson").to_crs(places.villages.crs)
    main = shapely.union_all(roads[roads["rank"] == 3].geometry.to_numpy())
    seats = gpd.read_file(folder / "settlements.geojson").to_crs(places.villages.crs)
    assert len(seats) == len(places.townships)
    assert (shapely.distance(seats.geometry.to_numpy(), main) < 150).all()
    every = shapely.union_all(roads.geometry.to_numpy())
    settled = shapely.points(places.villages[["x", "y"]].to_numpy())
    assert (shapely.distance(settled, every) < 250).mean() > 0.95


def test_heights_are_those_of_the_settlements(folder, places):
    heights = read_heights(folder / "heights.asc")
    points = gpd.GeoSeries(shapely.points(places.villages[["x", "y"]]), crs=places.villages.crs)
    at = shapely.get_coordinates(points.to_crs(4326).to_numpy())
    told = heights.at(at[:, 0], at[:, 1])
    assert np.median(np.abs(told - places.villages["metres"])) < 15


def test_same_county_gives_the_same_bytes_and_can_be_read_as_a_ground(folder, places, tmp_path):
    write_terrain(tmp_path / "again", places)
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
    tables = read_ground(folder, places.villages.to_crs(4326).total_bounds.tolist())
    assert set(tables) == {RELIEF, LINES}
    assert len(tables[RELIEF].loc[0, "png"]) < 250_000
