"""Formats, geometry repairs, and records of everything that was changed or is doubtful."""

from __future__ import annotations

import json

import numpy as np
import pytest
from shapely import MultiPolygon, Point, Polygon, box

from geodata import read_boundaries
from tests.geodata.boundaries.layers import GK_38, layer, squares, write_shapefile

NAMES = ["杨村", "南关"]
BOWTIE = Polygon([(116, 37), (116.02, 37.02), (116.02, 37), (116, 37.02)])


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.geojson", "a.fgb", "a.parquet"])
def test_every_format_gives_the_same_features(tmp_path, name):
    source = layer({"村名": NAMES, "户数": [12, 7]}, crs=4326)
    path = tmp_path / name
    source.to_parquet(path) if name.endswith("parquet") else source.to_file(path)
    read = read_boundaries(path)
    # FlatGeobuf stores features in the order of its index.
    frame = read.frame.sort_values("户数", ascending=False)
    assert frame["村名"].tolist() == NAMES
    assert frame["户数"].tolist() == [12, 7]
    assert read.crs.label == "EPSG:4326"
    assert np.allclose(frame.bounds, source.bounds)
    assert read.frame.index.tolist() == [0, 1]


def test_topojson_is_read_with_its_shared_arcs(tmp_path):
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps({
        "type": "Topology",
        "arcs": [
            [[116.01, 37.0], [116.01, 37.01]],
            [[116.01, 37.01], [116.0, 37.01], [116.0, 37.0], [116.01, 37.0]],
            [[116.01, 37.0], [116.02, 37.0], [116.02, 37.01], [116.01, 37.01]],
        ],
        "objects": {"villages": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "杨村"}},
            {"type": "Polygon", "arcs": [[2, -1]], "properties": {"name": "南关"}},
        ]}},
    }), encoding="utf-8")  # fmt: skip
    read = read_boundaries(path)
    assert read.frame["name"].tolist() == NAMES
    assert read.frame.geometry[0].equals(squares(1)[0])
    assert read.crs.label in ("EPSG:4326", "EPSG:4490")
    assert read.neighbours.overlaps == ()


def test_prj_missing_is_settled_by_the_zone_before_the_easting(tmp_path):
    frame = layer({"n": NAMES}, shapes=squares(2, left=114.0)).to_crs(GK_38)
    path = write_shapefile(tmp_path, frame, drop=(".prj",))
    read = read_boundaries(path)
    assert (read.crs.label, read.crs.reason.kind) == ("EPSG:4526", "crs_zone")


def test_projected_geojson_without_crs_is_not_taken_for_degrees(tmp_path):
    frame = layer({"n": NAMES}).to_crs(4547).set_crs(4326, allow_override=True)
    path = tmp_path / "a.geojson"
    frame.to_file(path)
    with pytest.raises(Exception, match="--crs"):
        read_boundaries(path)
    assert read_boundaries(path, crs="EPSG:4547").crs.label == "EPSG:4547"


def test_null_empty_invalid_and_repeated_shapes_are_recorded_and_kept(tmp_path):
    square = box(116.1, 37, 116.11, 37.01)
    again = Polygon([(116.11, 37.01), (116.1, 37.01), (116.1, 37), (116.11, 37), (116.11, 37.01)])
    shapes = [square, None, Polygon(), BOWTIE, again]
    layer({"n": list("abcde")}, shapes=shapes).to_parquet(tmp_path / "a.parquet")
    read = read_boundaries(tmp_path / "a.parquet")
    assert len(read) == 5
    kinds = [(repair.feature, repair.kind) for repair in read.repairs]
    assert kinds == [
        (1, "null_geometry"), (2, "empty_geometry"), (3, "invalid_geometry"),
        (4, "duplicate_geometry"),
    ]  # fmt: skip
    assert read.frame.geometry[1] is None
    assert read.frame.geometry[2] is None
    assert read.frame.geometry[3].is_valid
    assert read.repairs[3].note == "= 1"


def test_areas_before_and_after_are_square_metres_on_the_ellipsoid(tmp_path):
    spike = Polygon(
        [(116, 37), (116.01, 37), (116.01, 37.01), (116.01, 37.02), (116.01, 37.01), (116, 37.01)]
    )
    layer({"n": ["a"]}, shapes=[spike]).to_parquet(tmp_path / "a.parquet")
    (repair,) = read_boundaries(tmp_path / "a.parquet").repairs
    # 0.01 degrees at 37 N: 889.6 m by 1109.9 m
    assert repair.before == pytest.approx(repair.after)
    assert repair.after == pytest.approx(889.6 * 1109.9, rel=1e-3)


def test_rebuilt_polygon_keeps_no_lines(tmp_path):
    layer({"n": ["a"]}, shapes=[BOWTIE]).to_parquet(tmp_path / "a.parquet")
    read = read_boundaries(tmp_path / "a.parquet")
    assert isinstance(read.frame.geometry[0], (Polygon, MultiPolygon))
    assert read.repairs[0].note.startswith("Self-intersection")


def test_repeated_code_is_recorded_but_repeated_name_is_not(tmp_path):
    codes = [f"9901211002{place:02d}" for place in range(39)] + ["990121100207"]
    layer({"code": codes, "name": ["杨村"] * 40}).to_file(tmp_path / "a.gpkg")
    read = read_boundaries(tmp_path / "a.gpkg")
    assert [(r.feature, r.kind, r.note) for r in read.repairs] == [
        (39, "duplicate_code", "code 990121100207 = 8")
    ]


def test_heights_are_left_off_and_counted(tmp_path):
    solid = Polygon([(116, 37, 5), (116.01, 37, 5), (116.01, 37.01, 6)])
    layer({"n": ["a"]}, shapes=[solid]).to_file(tmp_path / "a.gpkg")
    read = read_boundaries(tmp_path / "a.gpkg")
    assert not read.frame.has_z.any()
    assert [(issue.kind, issue.values["count"]) for issue in read.issues] == [
        ("heights_left_off", 1)
    ]


def test_points_are_read_and_have_no_neighbours(tmp_path):
    points = [Point(116, 37), Point(116, 37)]
    layer({"n": NAMES}, shapes=points).to_file(tmp_path / "a.gpkg")
    read = read_boundaries(tmp_path / "a.gpkg")
    assert read.repair_counts() == {"duplicate_geometry": 1}
    assert read.neighbours.overlaps == ()


def test_what_the_reader_remarks_is_kept(tmp_path):
    path = write_shapefile(tmp_path, layer({"v": [1.5, 2.5]}))
    dbf = path.with_suffix(".dbf")
    raw = dbf.read_bytes()
    assert raw.count(b"1.5000") == 1
    dbf.write_bytes(raw.replace(b"1.5000", b"1,5000"))
    issues = [issue for issue in read_boundaries(path).issues if issue.kind == "reader_remark"]
    assert len(issues) == 1
    assert "1,5000" in issues[0].sentence("en")


def test_overlap_and_sliver_between_neighbours_are_measured(tmp_path):
    side = 1000.0
    easting, northing = 38_500_000.0, 4_100_000.0
    shapes = [
        box(easting, northing, easting + side, northing + side),
        box(easting + side - 2, northing, easting + 2 * side, northing + side),
        Polygon([
            (easting, northing + side), (easting + 300, northing + side + 4),
            (easting + 600, northing + side), (easting + side, northing + side),
            (easting + side, northing + 2 * side), (easting, northing + 2 * side),
        ]),
    ]  # fmt: skip
    layer({"n": list("abc")}, shapes=shapes, crs=GK_38).to_file(tmp_path / "a.gpkg")
    faults = read_boundaries(tmp_path / "a.gpkg").neighbours
    assert [(pair.feature, pair.other) for pair in faults.overlaps] == [(0, 1)]
    assert faults.overlaps[0].area == pytest.approx(2 * side, rel=1e-3)
    assert faults.slivers == (pytest.approx(300 * 4, rel=1e-3),)


@pytest.mark.parametrize(("width", "count"), [(4.9, 1), (5.2, 0)])
def test_gap_counts_as_sliver_up_to_five_metres(tmp_path, width, count):
    outer = box(38_500_000, 4_100_000, 38_502_000, 4_102_000)
    gap = box(38_501_000, 4_100_500, 38_501_000 + width, 4_101_500)
    left = box(38_500_000, 4_100_000, 38_501_000, 4_102_000)
    shapes = [left, outer.difference(left).difference(gap)]
    layer({"n": ["a", "b"]}, shapes=shapes, crs=GK_38).to_file(tmp_path / "a.gpkg")
    assert len(read_boundaries(tmp_path / "a.gpkg").neighbours.slivers) == count


def test_village_inside_another_is_neither_overlap_nor_sliver(tmp_path):
    inner = box(38_500_400, 4_100_400, 38_500_402, 4_100_600)
    outer = box(38_500_000, 4_100_000, 38_501_000, 4_101_000).difference(inner)
    layer({"n": ["a", "b"]}, shapes=[outer, inner], crs=GK_38).to_file(tmp_path / "a.gpkg")
    faults = read_boundaries(tmp_path / "a.gpkg").neighbours
    assert (faults.overlaps, faults.slivers) == ((), ())


def test_notebook_shows_counts_and_names_made_harmless(tmp_path):
    hostile = "<img src=x onerror=alert(1)>?村"
    layer({"村": [hostile, "b"]}, shapes=[squares(1)[0], None]).to_parquet(tmp_path / "a.parquet")
    read = read_boundaries(tmp_path / "a.parquet")
    page = read._repr_html_()
    assert "没有图形 1 个" in page
    assert "<img" not in page
    assert "&lt;img" in page
    assert repr(read) == "<Boundaries a.parquet: 2 features, utf-8, EPSG:4490>"
