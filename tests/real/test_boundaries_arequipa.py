"""1,834 districts of Peru in GeoJSON, eight of them without a shape."""

from __future__ import annotations

import pytest

from geodata import place_tree, read_boundaries

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def districts(real_data):
    return read_boundaries(real_data / "pe_arequipa" / "peru_distrital_simple.geojson")


def test_eight_null_shapes_are_recorded_and_kept(districts):
    assert len(districts) == 1834
    assert districts.repair_counts() == {"null_geometry": 8}
    assert districts.frame.geometry.isna().sum() == 8
    assert districts.crs.label == "EPSG:4326"


def test_codes_of_six_digits_make_departments_and_provinces(districts):
    tree = place_tree(districts, code="IDDIST", names=["NOMBDEP", "NOMBPROV", "NOMBDIST"])
    assert tree.places.groupby("level").size().to_dict() == {
        "province": 25, "city": 195, "county": 1834,
    }  # fmt: skip
    assert tree.places.loc["04", "name"] == "AREQUIPA"
    assert tree.places.loc["040101", "parent"] == "0401"


def test_departments_dissolved_from_districts_cover_the_published_ones(districts, real_data):
    tree = place_tree(districts, code="IDDIST")
    published = read_boundaries(real_data / "pe_arequipa" / "peru_departamental_simple.geojson")
    ours = tree.geometry("province").to_crs("ESRI:54034").area["04"]
    row = published.frame[published.frame["NOMBDEP"] == "AREQUIPA"]
    assert ours == pytest.approx(row.to_crs("ESRI:54034").area.item(), rel=0.02)
