"""Geometry made valid with a record of every change; overlaps and slivers between neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geodata.boundaries.crs import crs_of
from geodata.boundaries.levels import repeated_codes
from geodata.boundaries.remark import Remark


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
    geometries, crs = frame.geometry.to_numpy().copy(), crs_of(frame)
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
        areas = zip(ellipsoid_areas(before, crs), ellipsoid_areas(after, crs), strict=True)
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
    repairs += _unchanged(again, geometries, crs)
    repaired = frame.set_geometry(gpd.GeoSeries(geometries, index=frame.index, crs=crs))
    return repaired, tuple(sorted(repairs, key=lambda repair: (repair.feature, repair.kind)))


def ellipsoid_areas(geometries: np.ndarray, crs: pyproj.CRS) -> list[float]:
    """Return areas in square metres on the ellipsoid of the CRS; a missing geometry has 0."""
    geod = crs.get_geod()
    if geod is None:
        return [float(area) for area in np.nan_to_num(shapely.area(geometries))]
    degrees = gpd.GeoSeries(geometries, crs=crs).to_crs(crs.geodetic_crs or crs)
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
    pairs = zip(origin.index, origin, strict=True)
    return [(int(row), int(first)) for row, first in pairs if row != first]


def _unchanged(
    again: list[tuple[int, int, str, str]], geometries: np.ndarray, crs: pyproj.CRS
) -> list[Repair]:
    rows = [row for row, *_ in again]
    areas = ellipsoid_areas(geometries[rows], crs) if rows else []
    return [
        Repair(row, kind, area, area, note)
        for (row, _, kind, note), area in zip(again, areas, strict=True)
    ]


# A gap no wider than this on average is a fault of drawing, not land (metres).
SLIVER_WIDTH = 5.0
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Overlap:
    """Two features (rows) that share land, and how much in square metres."""

    feature: int
    other: int
    area: float


@dataclass(frozen=True)
class NeighbourFaults:
    """Overlapping pairs, largest first, and the areas of slivers in square metres."""

    overlaps: tuple[Overlap, ...] = ()
    slivers: tuple[float, ...] = ()

    def remarks(self) -> tuple[Remark, ...]:
        """Return one remark for the overlaps and one for the slivers, when there are any."""
        remarks = []
        if self.overlaps:
            worst = self.overlaps[0]
            values = {
                "count": len(self.overlaps),
                "area": round(sum(pair.area for pair in self.overlaps), 1),
                "row": worst.feature + 1,
                "other": worst.other + 1,
                "most": round(worst.area, 1),
            }
            remarks.append(Remark("boundaries.overlaps", values))
        if self.slivers:
            values = {"count": len(self.slivers), "area": round(sum(self.slivers), 1)}
            remarks.append(Remark("boundaries.slivers", values | {"width": SLIVER_WIDTH}))
        return tuple(remarks)


def neighbour_faults(frame: gpd.GeoDataFrame) -> NeighbourFaults:
    """Return overlaps and slivers between the valid polygons of a layer; others are passed over."""
    shapes = frame.geometry.to_numpy()
    rows = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    crs = crs_of(frame)
    width = SLIVER_WIDTH / metres_per_unit(crs, frame.total_bounds)
    edges = shapely.coverage_invalid_edges(shapes[rows], gap_width=width)
    suspects = rows[~shapely.is_empty(edges)]
    if not len(suspects):
        return NeighbourFaults()
    overlaps = _overlaps(shapes, suspects, crs)
    return NeighbourFaults(overlaps, _slivers(shapes[rows], shapes[suspects], width, crs))


def metres_per_unit(crs: pyproj.CRS, bounds: np.ndarray) -> float:
    """Return how many metres one unit of the CRS is; for degrees the mean at the middle latitude."""
    if crs.is_geographic:
        middle = min(abs(bounds[1] + bounds[3]) / 2, 89.0)
        return _METRES_PER_DEGREE * math.sqrt(math.cos(math.radians(middle)))
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0


def _overlaps(shapes: np.ndarray, suspects: np.ndarray, crs: pyproj.CRS) -> tuple[Overlap, ...]:
    left, right = shapely.STRtree(shapes[suspects]).query(shapes[suspects], "intersects")
    left, right = suspects[left[left < right]], suspects[right[left < right]]
    shared = shapely.intersection(shapes[left], shapes[right])
    is_land = shapely.area(shared) > 0
    areas = ellipsoid_areas(shared[is_land], crs)
    pairs = zip(left[is_land], right[is_land], areas, strict=True)
    overlaps = [Overlap(int(one), int(other), area) for one, other, area in pairs]
    return tuple(sorted(overlaps, key=lambda pair: (-pair.area, pair.feature, pair.other)))


def _slivers(
    shapes: np.ndarray, suspects: np.ndarray, width: float, crs: pyproj.CRS
) -> tuple[float, ...]:
    """Return the areas of the narrow holes in the union that no other polygon fills."""
    parts = shapely.get_parts(shapely.union_all(suspects))
    rings, owner = shapely.get_rings(parts, return_index=True)
    is_hole = np.zeros(len(rings), dtype=bool)
    is_hole[1:] = owner[1:] == owner[:-1]
    holes = np.asarray(shapely.polygons(rings[is_hole]))
    if not len(holes):
        return ()
    narrow = holes[2 * shapely.area(holes) < width * shapely.length(holes)]
    filled, _ = shapely.STRtree(shapes).query(shapely.point_on_surface(narrow), "within")
    free = np.setdiff1d(np.arange(len(narrow)), filled)
    return tuple(sorted(ellipsoid_areas(narrow[free], crs), reverse=True))
