"""Each fault of boundaries is found where it is, and nothing is found in sound ones."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from geodata.boundaries.boundary_faults import BoundaryFault, boundary_faults, feature_keys
from geodata.boundaries.datums import to_bd09, to_gcj02

SIDE = 1000.0


def grid(count: int = 4, crs: str = "EPSG:4545") -> gpd.GeoDataFrame:
    """Return villages as squares of a kilometre, named v00 to v33."""
    rows = [
        {
            "name": f"v{x}{y}",
            "people": 10 * x + y,
            "geometry": box(
                500_000 + SIDE * x,
                3_600_000 + SIDE * y,
                500_000 + SIDE * (x + 1),
                3_600_000 + SIDE * (y + 1),
            ),
        }
        for x in range(count)
        for y in range(count)
    ]
    return gpd.GeoDataFrame(rows, crs="EPSG:4545").to_crs(crs)


def at(frame: gpd.GeoDataFrame, name: str) -> int:
    return int(np.flatnonzero(frame["name"] == name)[0])


def put(frame: gpd.GeoDataFrame, name: str, shape: shapely.Geometry) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy().copy()
    shapes[at(frame, name)] = shape
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))


def shape(frame: gpd.GeoDataFrame, name: str) -> shapely.Geometry:
    return frame.geometry.iloc[at(frame, name)]


def _swap(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = frame["name"].replace({"v11": "v22", "v22": "v11"})
    return frame.assign(name=names)


def _twice(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [*frame["name"], "again"], "people": [*frame["people"], 0]},
        geometry=[*frame.geometry, shape(frame, "v11")],
        crs=frame.crs,
    )


def _merge(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    both = shapely.union(shape(frame, "v11"), shape(frame, "v12"))
    return put(frame, "v11", both)[frame["name"] != "v12"].reset_index(drop=True)


def _enclave(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    inner = shape(frame, "v11").centroid.buffer(200)
    frame = put(frame, "v11", shapely.difference(shape(frame, "v11"), inner))
    row = gpd.GeoDataFrame({"name": ["in"], "people": [1]}, geometry=[inner], crs=frame.crs)
    return gpd.GeoDataFrame(gpd.pd.concat([frame, row], ignore_index=True), crs=frame.crs)


def _no_hole(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    whole = shape(frame, "v11")
    return put(_enclave(frame), "v11", whole)


def _corner(frame: gpd.GeoDataFrame, by: float) -> gpd.GeoDataFrame:
    """Move the middle of one edge of v11, away from v12 (by > 0) or into it (by < 0)."""
    left, bottom, right, top = shape(frame, "v11").bounds
    moved = Polygon(
        [(left, bottom), (right, bottom), (right, top), ((left + right) / 2, top - by), (left, top)]
    )
    return put(frame, "v11", moved)


def _gcj(frame: gpd.GeoDataFrame, into: Callable[..., object] = to_gcj02) -> gpd.GeoDataFrame:
    degrees = frame.to_crs(4326)
    shapes = shapely.transform(
        degrees.geometry.to_numpy(), lambda one: np.column_stack(into(*one.T))
    )
    return degrees.set_geometry(gpd.GeoSeries(shapes, crs=4326)).to_crs(frame.crs)


Damage = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]
DAMAGES: dict[str, tuple[Damage, str, tuple[str, ...]]] = {
    "overlap": (lambda f: _corner(f, -80), "share", ("v11", "v12")),
    "sliver": (lambda f: _corner(f, 3), "fill", ("v11", "v12")),
    "gap": (lambda f: _corner(f, 200), "fill", ("v11", "v12")),
    "same_shape": (_twice, "drop", ("v11", "again")),
    "same_key": (lambda f: f.assign(name=f["name"].replace("v33", "v11")), "", ("v11", "v11")),
    "no_hole": (_no_hole, "cut", ("v11", "in")),
    "enclave": (_enclave, "", ("in", "v11")),
}
AGAINST_LAST: dict[str, tuple[Damage, str, tuple[str, ...]]] = {
    "swapped": (_swap, "swap", ("v22", "v11")),
    "moved": (
        lambda f: put(f, "v33", box(520_000, 3_600_000, 521_000, 3_601_000)),
        "restore",
        ("v33",),
    ),
    "renamed": (lambda f: f.assign(name=f["name"].replace("v11", "new")), "", ("new",)),
    "new": (
        lambda f: put(f.assign(name=f["name"].replace("v33", "new")), "new", box(0, 0, 9, 9)),
        "",
        ("new",),
    ),
    "gone": (lambda f: f[f["name"] != "v33"].reset_index(drop=True), "", ()),
    "merged": (_merge, "", ("v11",)),
    "datum": (_gcj, "gcj02", ()),
}


def faults_of(
    frame: gpd.GeoDataFrame, last: gpd.GeoDataFrame | None = None
) -> tuple[BoundaryFault, ...]:
    last_keys = [] if last is None else feature_keys(last, ["name"])
    return boundary_faults(frame, feature_keys(frame, ["name"]), last=last, last_keys=last_keys)


@pytest.mark.parametrize("crs", ["EPSG:4545", "EPSG:4490", "EPSG:3857"])
def test_sound_boundaries_have_no_fault(crs: str) -> None:
    frame = grid(crs=crs)
    assert faults_of(frame, grid()) == ()
    assert faults_of(frame.iloc[:0], grid().iloc[:0]) == ()
    assert faults_of(grid(count=1)) == ()


@pytest.mark.parametrize("kind", DAMAGES)
def test_each_fault_is_found_with_its_villages(kind: str) -> None:
    damage, repair, names = DAMAGES[kind]
    frame = damage(grid())
    faults = [fault for fault in faults_of(frame) if fault.kind == kind]
    assert len(faults) == 1
    fault = faults[0]
    assert fault.repair == repair
    assert {frame["name"].iloc[row] for row in fault.features} == set(names)
    assert [one.key for one in faults_of(frame)] == [fault.key]
    for lang in ("zh", "en"):
        assert "{" not in fault.sentence(lang) + fault.proposal(lang)


@pytest.mark.parametrize("kind", AGAINST_LAST)
def test_each_change_since_last_year_is_found(kind: str) -> None:
    damage, repair, names = AGAINST_LAST[kind]
    frame = damage(grid())
    faults = [fault for fault in faults_of(frame, grid()) if fault.kind == kind]
    assert len(faults) == 1, faults_of(frame, grid())
    assert faults[0].repair == repair
    assert tuple(frame["name"].iloc[row] for row in faults[0].features) == names
    assert faults[0].sentence("en")
    if kind in ("swapped", "renamed", "merged", "datum"):
        assert len(faults_of(frame, grid())) == 1


def test_a_layer_that_was_moved_as_a_whole_is_told_with_how_far() -> None:
    frame = grid()
    moved = frame.set_geometry(frame.geometry.translate(60, -80))
    (fault,) = faults_of(moved, frame)
    assert (fault.kind, fault.repair, fault.values["metres"]) == ("datum", "shift", 100)


def test_the_shift_of_another_map_site_is_told_from_that_of_the_first() -> None:
    (fault,) = faults_of(_gcj(grid(), to_bd09), grid())
    assert (fault.kind, fault.repair) == ("datum", "bd09")


@pytest.mark.parametrize(("metres", "told"), [(50, []), (150, ["moved"]), (230, ["moved"])])
def test_a_village_that_was_shifted_a_little_has_moved(metres: int, told: list[str]) -> None:
    frame = grid()
    old = frame.set_index("name").geometry["v33"]
    now = put(frame, "v33", shapely.transform(old, lambda points: points + np.array([metres, 0])))
    assert [fault.kind for fault in faults_of(now, frame) if fault.last >= 0] == told


def test_a_village_that_took_in_another_has_not_moved() -> None:
    frame = grid()
    shapes = frame.set_index("name").geometry
    small = box(*shapes["v11"].bounds[:2], shapes["v11"].bounds[0] + 300, shapes["v11"].bounds[3])
    last = put(frame, "v11", small)
    rest = shapes["v11"].difference(small)
    last = put(last, "v21", shapes["v21"].union(rest))
    grown = small.union(last.set_index("name").geometry["v21"])
    now = put(last[last["name"] != "v21"].reset_index(drop=True), "v11", grown)
    kinds = {fault.kind for fault in faults_of(now, last)}
    assert "moved" not in kinds
    assert kinds & {"merged", "gone"}


def test_the_same_fault_has_the_same_key_in_any_order() -> None:
    frame = _corner(_corner(grid(), -80), -80)
    turned = frame[::-1].reset_index(drop=True)
    assert {one.key for one in faults_of(frame)} == {one.key for one in faults_of(turned)}


def test_villages_without_shape_or_name_are_passed_over() -> None:
    frame = put(grid(), "v33", None).assign(name="")
    assert faults_of(frame) == ()
    assert feature_keys(frame, ["name"])[0] == "#1"
    assert Point(0, 0).is_valid
