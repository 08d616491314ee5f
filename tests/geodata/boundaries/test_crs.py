"""The CRS that a layer states or that its coordinates tell, and what is refused."""

from __future__ import annotations

import pyproj
import pytest

from geodata import GuatuError
from geodata.boundaries.crs import choose_crs

DEGREES = (116.0, 37.0, 116.5, 37.5)
GK_38 = (38_400_000.0, 4_100_000.0, 38_600_000.0, 4_200_000.0)
CUSTOM = (
    'PROJCS["county grid",GEOGCS["g",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000],PARAMETER["False_Northing",0],'
    'PARAMETER["Central_Meridian",116.5],PARAMETER["Scale_Factor",1],'
    'PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1]]'
)


def test_esri_definition_is_identified():
    esri = pyproj.CRS.from_epsg(4526).to_wkt("WKT1_ESRI")
    choice = choose_crs(esri, GK_38)
    assert choice.label == "EPSG:4526"
    assert choice.reason.kind == "crs_identified"
    assert choice.warnings == ()


def test_custom_definition_is_accepted_as_it_is():
    choice = choose_crs(CUSTOM, (480_000, 4_100_000, 520_000, 4_200_000))
    assert (choice.label, choice.reason.kind) == ("county grid", "crs_custom")


def test_degrees_in_china_without_prj_are_cgcs2000_with_a_warning():
    choice = choose_crs(None, DEGREES)
    assert (choice.label, choice.reason.kind) == ("EPSG:4490", "crs_degrees")
    assert [warning.kind for warning in choice.warnings] == ["crs_assumed_datum"]


@pytest.mark.parametrize(
    ("zone", "epsg"), [(25, 4513), (38, 4526), (45, 4533), (13, 4491), (20, 4498), (23, 4501)]
)
def test_zone_before_the_easting_names_the_projection(zone, epsg):
    middle = zone * 1_000_000 + 500_000
    choice = choose_crs(None, (middle - 9e4, 4e6, middle + 9e4, 4.1e6))
    assert choice.crs == pyproj.CRS.from_epsg(epsg)
    meridian = 3 * zone if zone >= 25 else 6 * zone - 3
    origin = {part.name: part.value for part in choice.crs.coordinate_operation.params}
    assert origin["Longitude of natural origin"] == meridian


@pytest.mark.parametrize(
    ("bounds", "key"),
    [
        ((400_000, 4.1e6, 600_000, 4.2e6), "crs_zone_missing"),
        ((37.0, 116.0, 37.5, 116.5), "crs_swapped"),
        ((4.1e6, 38.4e6, 4.2e6, 38.6e6), "crs_swapped"),
        ((-77.0, -16.0, -70.0, -14.0), "crs_missing"),
        ((1.0, 1.0, 5.0, 6.0), "crs_missing"),
        ((38.4e6, 4.1e6, 39.6e6, 4.2e6), "crs_missing"),
        ((24.4e6, 4.1e6, 24.6e6, 4.2e6), "crs_missing"),
    ],
)
def test_coordinates_that_do_not_tell_are_refused_with_what_to_do(bounds, key):
    with pytest.raises(GuatuError) as refusal:
        choose_crs(None, bounds)
    assert refusal.value.key == f"boundaries.{key}"
    assert "--crs" in refusal.value.sentence("en") or key == "crs_swapped"


def test_users_statement_goes_before_the_coordinates():
    choice = choose_crs(None, (400_000, 4.1e6, 600_000, 4.2e6), given="EPSG:4547")
    assert (choice.label, choice.reason.kind) == ("EPSG:4547", "crs_given")


@pytest.mark.parametrize(
    ("stated", "given", "key"),
    [('PROJCS["cut off', None, "prj_invalid"), (None, "EPSG:nonsense", "crs_unknown")],
)
def test_definition_nobody_understands_is_refused(stated, given, key):
    with pytest.raises(GuatuError) as refusal:
        choose_crs(stated, DEGREES, given=given)
    assert refusal.value.key == f"boundaries.{key}"


@pytest.mark.parametrize(
    ("stated", "bounds"),
    [("EPSG:4326", GK_38), ("EPSG:4326", (0, 0, 1, 91)), ("EPSG:4547", GK_38)],
)
def test_coordinates_that_contradict_the_statement_are_refused(stated, bounds):
    with pytest.raises(GuatuError) as refusal:
        choose_crs(stated, bounds)
    assert refusal.value.key == "boundaries.crs_contradicted"


@pytest.mark.parametrize(
    ("epsg", "key"),
    [(4214, "beijing_1954"), (4610, "xian_1980"), (2422, "beijing_1954"), (2343, "xian_1980")],
)
def test_old_datums_warn(epsg, key):
    crs = pyproj.CRS.from_epsg(epsg)
    bounds = DEGREES if crs.is_geographic else (400_000, 4e6, 600_000, 4.1e6)
    choice = choose_crs(crs.to_wkt("WKT1_ESRI"), bounds)
    assert [warning.kind for warning in choice.warnings] == [f"datum_{key}"]


def test_old_datum_in_a_custom_definition_warns():
    old = CUSTOM.replace("D_China_2000", "D_Beijing_1954").replace(
        '"CGCS2000",6378137,298.257222101', '"Krasovsky_1940",6378245,298.3'
    )
    choice = choose_crs(old, (480_000, 4_100_000, 520_000, 4_200_000))
    assert [warning.kind for warning in choice.warnings] == ["datum_beijing_1954"]
