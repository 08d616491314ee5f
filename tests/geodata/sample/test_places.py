"""The invented county's places: a whole coverage, codes that cannot be real, the demo's files."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import codes
from geodata.sample.invented_names import misspell
from geodata.sample.join_demo import DEMO_INDICATORS, write_join_demo
from geodata.sample.places import CRS, make_places
from geodata.sample.plan import PlannedCluster, grow
from geodata.sample.sheets import write_shapefile


@pytest.fixture(scope="module")
def places():
    return make_places(60, 5, seed=3)


def _parts(frame, column):
    return frame.dissolve(column).geometry


def test_villages_share_their_borders_without_gap_or_overlap(places):
    polygons = places.villages.geometry.to_numpy()
    assert shapely.coverage_is_valid(polygons)
    county = shapely.union_all(polygons)
    assert county.geom_type == "Polygon"
    assert not county.interiors
    assert county.area == pytest.approx(places.villages.area.sum())


def test_every_township_is_one_piece(places):
    assert set(_parts(places.villages, "township_code").geom_type) == {"Polygon"}
    assert set(places.villages["township_code"]) == set(places.townships["code"])


def test_codes_are_whole_unique_and_of_no_real_place(places):
    villages = places.villages
    assert all(
        codes.is_code(code) and code.startswith(codes.INVENTED_PREFIX) for code in villages["code"]
    )
    assert villages["code"].is_unique
    assert villages["code"].is_monotonic_increasing
    assert (villages["code"].str[:9] == villages["township_code"]).all()


def test_names_are_unique_within_a_township_but_not_within_the_county(places):
    villages = make_places(120, 8, seed=3).villages
    assert not villages.duplicated(["township", "name"]).any()
    assert villages["name"].duplicated().any()


def test_villages_are_of_uneven_size_and_smaller_where_the_land_is_low(places):
    area = places.villages.area
    assert area.max() > 5 * area.min()
    low = places.villages["metres"] <= places.villages["metres"].median()
    assert area[low].median() < area[~low].median()


def test_neighbours_are_villages_that_touch(places):
    one, other = places.neighbours.T
    polygons = places.villages.geometry.to_numpy()
    assert shapely.touches(polygons[one], polygons[other]).all()


def test_same_seed_gives_the_same_county_and_another_seed_another():
    first, again, other = (make_places(20, 3, seed) for seed in (5, 5, 6))
    assert first.villages.equals(again.villages)
    assert not first.villages.geom_equals(other.villages).any()


@pytest.mark.parametrize(("villages", "townships"), [(1, 1), (12, 3), (12, 12)])
def test_smallest_counties_can_be_made(villages, townships):
    places = make_places(villages, townships, seed=1)
    assert len(places.villages) == villages
    assert places.villages["township_code"].nunique() == townships


@pytest.mark.parametrize(("villages", "townships"), [(3, 4), (0, 0), (3001, 9)])
def test_impossible_counts_are_refused(villages, townships):
    with pytest.raises(ValueError, match=f"{villages} villages"):
        make_places(villages, townships, seed=1)


@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", True), ("GBK", False), ("UTF-8", True)])
def test_shapefile_reads_back_in_its_encoding(places, tmp_path, encoding, cpg):
    file = write_shapefile(places, tmp_path / "a.shp", encoding=encoding, cpg=cpg)
    assert file.with_suffix(".cpg").exists() == cpg
    frame = gpd.read_file(file, encoding=encoding)
    assert frame.crs == CRS
    assert list(frame.iloc[:, 1]) == list(places.villages["name"])
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())


def test_grown_cluster_is_connected_and_of_its_size(places):
    chosen = grow(places, 10, 7)
    assert len(chosen) == 7
    assert shapely.union_all(places.villages.geometry.iloc[list(chosen)]).geom_type == "Polygon"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 23, [2.0, 2.0, 2.0]), (12, 23, [1.0, 1.0, 2.0]), (0, 11, [2.0, 2.0, 1.0])],
)
def test_cluster_rises_and_fades_in_its_months(start, end, expected):
    course = PlannedCluster("x", "any", (0,), start, end, 2.0).course(24)
    assert course[[0, 5, 23]].tolist() == expected
    assert course.min() >= 1
    assert course.max() == 2.0


def test_misspelt_name_differs_in_one_character():
    written = misspell(np.random.default_rng(1), "柳树坪村")
    assert written != "柳树坪村"
    assert sum(a != b for a, b in zip(written, "柳树坪村", strict=True)) == 1


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_join_demo(
        tmp_path_factory.mktemp("demo"), villages=40, townships=4, months=12, seed=2
    )


def test_demo_answers_agree_with_its_files(demo):
    answers = json.loads(demo.answers.read_text(encoding="utf-8"))
    table = pd.read_csv(demo.table, encoding="gb18030", dtype=str)
    shapes = gpd.read_file(demo.boundaries, encoding="gbk")
    assert len(table) == answers["rows"]
    known = set(zip(shapes["乡镇名称"], shapes["行政区名称"], strict=True))
    written = set(zip(table["乡镇"], table["行政村"], strict=True))
    assert {name for _, name in written - known} == {one["written"] for one in answers["misspelt"]}
    assert len(known - written) == len(answers["misspelt"]) + len(answers["missing"])
    silent = answers["missing_feed"][0]
    township = shapes.loc[shapes["行政区代码"].str.startswith(silent["township"]), "乡镇名称"].iloc[
        0
    ]
    assert table.query("乡镇 == @township")["数据月份"].nunique() == 11
    assert not ((table["乡镇"] == township) & (table["数据月份"] == silent["month"])).any()


def test_demo_clusters_stand_out_from_the_county(demo):
    answers = json.loads(demo.answers.read_text(encoding="utf-8"))
    table = pd.read_csv(demo.table, encoding="gb18030")
    shapes = gpd.read_file(demo.boundaries, encoding="gbk")
    names = shapes.set_index("行政区代码")[["乡镇名称", "行政区名称"]].agg("/".join, axis=1)
    last = table[table["数据月份"] == "2025-12"]
    inside = set(names.reindex(answers["clusters"][0]["villages"]))
    hot = (last["乡镇"] + "/" + last["行政村"]).isin(inside)
    share = last["监测对象户数"].groupby(hot).sum() / last["总户数"].groupby(hot).sum()
    assert share[True] > 1.8 * share[False]


def test_demo_indicators_name_columns_of_the_table(demo):
    columns = set(pd.read_csv(demo.table, encoding="gb18030", nrows=1).columns)
    for indicator in DEMO_INDICATORS:
        assert {indicator.numerator, indicator.denominator} - {None} <= columns
        assert set(indicator.title) == {"zh", "en"}


def test_demo_is_the_same_bytes_each_time(tmp_path):
    first, again = (
        write_join_demo(tmp_path / name, villages=12, townships=2, months=3, seed=4)
        for name in ("one", "two")
    )
    for one in first.table.parent.rglob("*.*"):
        other = again.table.parent / one.relative_to(first.table.parent)
        assert one.read_bytes() == other.read_bytes(), one.name
