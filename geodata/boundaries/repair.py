"""Geometry made valid, every change and every doubtful feature as a record."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geodata.boundaries.columns import repeated_codes


@dataclass(frozen=True)
class Repair:
    """What was found wrong with one feature; areas in square metres on the ellipsoid.

    `kind` is null_geometry, empty_geometry, invalid_geometry, duplicate_geometry or duplicate_code.
    `note` is the fault as GEOS words it, or the record (counted from 1) that a duplicate repeats.
    """

    feature: int
    kind: str
    before: float
    after: float
    note: str = ""


def repair_geometry(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Repair, ...]]:
    """Return the frame with valid or absent geometries, and a record of every feature concerned.

    An empty geometry becomes None, an invalid one is rebuilt and keeps its polygons only, a
    repeated shape or code stays. No feature is left out.
    """
    geometries = frame.geometry.to_numpy().copy()
    absent = shapely.is_missing(geometries)
    empty = shapely.is_empty(geometries)
    invalid = ~absent & ~empty & ~shapely.is_valid(geometries)
    repairs = [Repair(int(row), "null_geometry", 0.0, 0.0) for row in np.flatnonzero(absent)]
    repairs += [Repair(int(row), "empty_geometry", 0.0, 0.0) for row in np.flatnonzero(empty)]
    geometries[empty] = None
    if invalid.any():
        before, rows = geometries[invalid], np.flatnonzero(invalid)
        after = _rebuilt(before)
        geometries[invalid] = after
        notes = shapely.is_valid_reason(before)
        areas = zip(
            ellipsoid_areas(before, frame.crs), ellipsoid_areas(after, frame.crs), strict=True
        )
        repairs += [
            Repair(int(row), "invalid_geometry", old, new, str(note))
            for row, (old, new), note in zip(rows, areas, notes, strict=True)
        ]
    again = [
        (row, first, "duplicate_geometry", f"= {first + 1}") for row, first in _twins(geometries)
    ]
    again += [
        (row, first, "duplicate_code", f"{code} = {first + 1}")
        for row, first, code in repeated_codes(frame)
    ]
    repairs += _unchanged(again, geometries, frame.crs)
    repaired = frame.set_geometry(gpd.GeoSeries(geometries, index=frame.index, crs=frame.crs))
    return repaired, tuple(sorted(repairs, key=lambda repair: (repair.feature, repair.kind)))


def ellipsoid_areas(geometries: np.ndarray, crs: pyproj.CRS) -> list[float]:
    """Return areas in square metres on the ellipsoid of the CRS; a missing geometry has 0."""
    geod = crs.get_geod()
    if geod is None:
        return [float(area) for area in np.nan_to_num(shapely.area(geometries))]
    degrees = gpd.GeoSeries(geometries, crs=crs).to_crs(crs.geodetic_crs)
    # pyproj measures one geometry at a time; only repaired features come here.
    return [
        0.0 if shape is None or shape.is_empty else abs(geod.geometry_area_perimeter(shape)[0])
        for shape in degrees
    ]


def _rebuilt(geometries: np.ndarray) -> np.ndarray:
    """Return valid geometries of the same kind; parts that fell to lines or points are left off."""
    made = shapely.make_valid(geometries, method="structure", keep_collapsed=False)
    made[shapely.is_empty(made)] = None
    return made


def _twins(geometries: np.ndarray) -> list[tuple[int, int]]:
    """Return (row, earlier row) where a shape is the same whatever its starting point."""
    rows = np.flatnonzero(~shapely.is_missing(geometries))
    keys = pd.Series(shapely.to_wkb(shapely.normalize(geometries[rows])), index=rows)
    origin = keys.groupby(keys).transform(lambda same: same.index[0])
    return [(int(row), int(first)) for row, first in origin.items() if row != first]


def _unchanged(
    again: list[tuple[int, int, str, str]], geometries: np.ndarray, crs: pyproj.CRS
) -> list[Repair]:
    rows = [row for row, *_ in again]
    areas = ellipsoid_areas(geometries[rows], crs) if rows else []
    return [
        Repair(row, kind, area, area, note)
        for (row, _, kind, note), area in zip(again, areas, strict=True)
    ]
