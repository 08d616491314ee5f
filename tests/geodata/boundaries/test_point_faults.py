"""Points that name their place show swaps and shifts, and nothing where there are none."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.boundaries.boundary_faults import feature_keys
from geodata.boundaries.datums import to_bd09, to_gcj02
from geodata.boundaries.mending import RepairDecision, mend_layer
from geodata.boundaries.point_faults import point_faults
from tests.geodata.boundaries.test_boundary_faults import _gcj, _swap, grid

Shift = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def _points(seed: int = 3, each: int = 6) -> tuple[gpd.GeoSeries, pd.Series]:
    frame = grid()
    rng = np.random.default_rng(seed)
    spots, names = [], []
    for name, shape in zip(frame["name"], frame.geometry, strict=True):
        left, bottom, right, top = shape.bounds
        for x, y in rng.uniform(0.02, 0.98, (each, 2)):
            spots.append(shapely.Point(left + x * (right - left), bottom + y * (top - bottom)))
            names.append(name)
    points = gpd.GeoSeries(spots, crs=frame.crs).to_crs(4326)
    return points, pd.Series(names, dtype="str")


def _faults(frame: gpd.GeoDataFrame, points: gpd.GeoSeries, names: pd.Series):
    return point_faults(frame, feature_keys(frame, ["name"]), points, names)


@pytest.mark.parametrize("crs", ["EPSG:4545", "EPSG:4490", "EPSG:3857"])
def test_sound_boundaries_and_points_have_no_fault(crs: str) -> None:
    points, names = _points()
    assert _faults(grid(crs=crs), points, names) == ()
    assert _faults(grid(crs=crs), points.iloc[:2], names.iloc[:2]) == ()
    assert _faults(grid(crs=crs), points, names + "x") == ()


def test_swapped_names_are_told_and_mended() -> None:
    points, names = _points()
    frame = _swap(grid())
    (fault,) = _faults(frame, points, names)
    assert (fault.kind, fault.repair) == ("swapped_by_points", "swap")
    assert {fault.values["place"], fault.values["other"]} == {"v11", "v22"}
    decided = [RepairDecision(fault.key, "accept", "li", "2025-01-01")]
    mended = mend_layer(frame, [fault], decided).frame
    assert _faults(mended, points, names) == ()


def test_points_of_one_place_in_another_are_told_without_a_repair() -> None:
    points, names = _points()
    (fault,) = _faults(grid(), points, names.replace({"v11": "v22"}).where(names != "v22", "v33"))[
        :1
    ]
    assert (fault.kind, fault.repair) == ("points_elsewhere", "")


@pytest.mark.parametrize(("into", "datum"), [(to_gcj02, "gcj02"), (to_bd09, "bd09")])
def test_a_shifted_layer_is_told_from_shifted_points(into: Shift, datum: str) -> None:
    points, names = _points()
    layer_faults = _faults(_gcj(grid(), into), points, names)
    assert [(fault.kind, fault.repair) for fault in layer_faults] == [("datum_by_points", datum)]
    shifted = shapely.transform(points.to_numpy(), lambda one: np.column_stack(into(*one.T)))
    (fault,) = _faults(grid(), gpd.GeoSeries(shifted, crs=4326), names)
    assert (fault.kind, fault.values["datum"]) == ("datum_of_points", datum)
    for lang in ("zh", "en"):
        assert "{" not in fault.sentence(lang) + layer_faults[0].proposal(lang)
