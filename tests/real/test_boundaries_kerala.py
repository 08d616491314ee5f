"""1,533 village polygons of Kerala with four invalid shapes, and 338 groundwater samples."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from geodata import place_points, place_tree, read_boundaries

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def kerala(real_data):
    return read_boundaries(real_data / "in_kerala_water" / "kerala_villages.topojson")


def test_invalid_shapes_and_repeated_codes_are_recorded(kerala):
    assert len(kerala) == 1533
    assert kerala.repair_counts() == {"duplicate_code": 4, "invalid_geometry": 4}
    assert kerala.frame.is_valid.all()
    rebuilt = [repair for repair in kerala.repairs if repair.kind == "invalid_geometry"]
    assert all(repair.after == pytest.approx(repair.before, rel=0.01) for repair in rebuilt)


def test_districts_and_taluks_are_found(kerala):
    tree = place_tree(
        kerala, names=["DISTRICT", "SUB_DIST", "NAME"], levels=["district", "taluk", "village"]
    )
    assert len(tree.at_level("village")) == 1533
    assert sum(issue.kind == "duplicate_key" for issue in tree.issues) == 4
    assert tree.geometry("district").geometry.is_valid.all()


def test_328_of_338_samples_lie_in_a_village_and_two_more_within_200_metres(kerala, real_data):
    samples = pd.read_csv(real_data / "in_kerala_water" / "cgwb_groundwater_2023_kerala.csv")
    points = gpd.GeoSeries(
        gpd.points_from_xy(samples["Longitude"], samples["Latitude"], crs=4326), samples.index
    )
    found = place_points(points, kerala.frame)
    assert found["outcome"].value_counts().to_dict() == {"inside": 328, "outside": 10}
    assert (found["metres"] <= 200).sum() == 330
    assert found.loc[found["outcome"] == "outside", "metres"].gt(0).all()
