"""What lies in the folder `context` is read by the names of its files, in whatever projection."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geodata.errors import GroundError
from geodata.ground import LINES, RELIEF, read_ground
from tests.geodata.ground.test_heights import CRS, LEFT, STEP, TOP, slope, write_asc

WHOLE = gpd.GeoSeries([shapely.box(LEFT + 900, TOP - 2400, LEFT + 3000, TOP - 600)], crs=CRS)
BOUNDS = WHOLE.to_crs(4326).total_bounds.tolist()


def _lines(file, *, crs=CRS, rank=None):
    shapes = [
        shapely.LineString([(LEFT + 1000, TOP - 1000), (LEFT + 2500, TOP - 2000)]),
        shapely.LineString([(LEFT + 900_000, TOP), (LEFT + 900_100, TOP)]),
    ]
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs=CRS).to_crs(crs)
    if rank is not None:
        frame["rank"] = rank
    frame.to_file(file)


def test_no_folder_is_plain_ground(tmp_path):
    assert read_ground(tmp_path / "context", BOUNDS) == {}


@pytest.mark.parametrize("name", ["rivers.geojson", "河流.gpkg", "River_main.shp"])
@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:3857"])
def test_lines_are_read_by_name_and_cut_to_the_county(tmp_path, name, crs):
    _lines(tmp_path / name, crs="EPSG:4326" if name.endswith("json") else crs, rank=[9, None])
    table = read_ground(tmp_path, BOUNDS)[LINES]
    assert table[["kind", "rank"]].to_numpy().tolist() == [["river", 3]]
    (line,) = shapely.from_wkb(table["wkb"])
    wanted = gpd.GeoSeries([shapely.Point(LEFT + 1000, TOP - 1000)], crs=CRS).to_crs(4326)[0]
    assert shapely.Point(line.coords[0]).distance(wanted) < 2e-5


def test_heights_become_one_small_picture(tmp_path):
    write_asc(tmp_path / "高程.asc", slope())
    table = read_ground(tmp_path, BOUNDS)[RELIEF]
    assert table.loc[0, "png"].startswith(b"\x89PNG")
    assert table.loc[0, "west"] < BOUNDS[0] < BOUNDS[2] < table.loc[0, "east"]
    assert table.loc[0, "south"] < BOUNDS[1] < BOUNDS[3] < table.loc[0, "north"]
    assert STEP


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_whose_name_says_nothing_is_told(tmp_path, lang):
    _lines(tmp_path / "layer1.gpkg")
    with pytest.raises(GroundError, match=r"layer1\.gpkg"):
        read_ground(tmp_path, BOUNDS)


def test_a_vector_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "roads.gpkg").write_bytes(b"nothing")
    with pytest.raises(GroundError, match=r"roads\.gpkg"):
        read_ground(tmp_path, BOUNDS)


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "说明.txt").write_text("来源", encoding="utf-8")
    assert read_ground(tmp_path, BOUNDS) == {}
