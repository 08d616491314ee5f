"""Geometry made valid, every change and every doubtful feature as a record."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely


@dataclass(frozen=True)
class Repair:
    """What was found wrong with one feature; areas in square metres on the ellipsoid.

    `kind` is null_geometry, empty_geometry, invalid_geometry or duplicate_geometry. `note` is the
    fault as GEOS words it, or the feature that a duplicate repeats.
    """

    feature: int
    kind: str
    before: float
    after: float
    note: str = ""


def repair_geometry(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[Repair, ...]]:
    """Return the frame with valid or absent geometries, and a record of every feature concerned.

    An empty geometry becomes None, an invalid one is rebuilt and keeps its polygons only, a
    repeated one stays. No feature is left out.
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
    repairs += _duplicates(geometries, frame.crs)
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


def _duplicates(geometries: np.ndarray, crs: pyproj.CRS) -> list[Repair]:
    rows = np.flatnonzero(~shapely.is_missing(geometries))
    keys = shapely.to_wkb(shapely.normalize(geometries[rows]))
    first: dict[bytes, int] = {}
    repeated = []
    for row, key in zip(rows, keys, strict=True):
        origin = first.setdefault(key, int(row))
        if origin != row:
            repeated.append((int(row), origin))
    areas = ellipsoid_areas(geometries[[row for row, _ in repeated]], crs) if repeated else []
    return [
        Repair(row, "duplicate_geometry", area, area, f"= {origin}")
        for (row, origin), area in zip(repeated, areas, strict=True)
    ]
