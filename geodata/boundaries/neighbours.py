"""Faults between neighbours: polygons that overlap, and slivers of no one's land between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geodata.boundaries.remark import Remark
from geodata.boundaries.repair import ellipsoid_areas

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
        found = []
        if self.overlaps:
            worst = self.overlaps[0]
            values = {
                "count": len(self.overlaps),
                "area": round(sum(pair.area for pair in self.overlaps), 1),
                "row": worst.feature + 1,
                "other": worst.other + 1,
                "most": round(worst.area, 1),
            }
            found.append(Remark("boundaries.overlaps", values))
        if self.slivers:
            values = {"count": len(self.slivers), "area": round(sum(self.slivers), 1)}
            found.append(Remark("boundaries.slivers", values | {"width": SLIVER_WIDTH}))
        return tuple(found)


def neighbour_faults(frame: gpd.GeoDataFrame) -> NeighbourFaults:
    """Return overlaps and slivers between the valid polygons of a layer; others are passed over."""
    shapes = frame.geometry.to_numpy()
    rows = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    width = SLIVER_WIDTH / metres_per_unit(frame.crs, frame.total_bounds)
    edges = shapely.coverage_invalid_edges(shapes[rows], gap_width=width)
    suspects = rows[~shapely.is_empty(edges)]
    if not len(suspects):
        return NeighbourFaults()
    overlaps = _overlaps(shapes, suspects, frame.crs)
    return NeighbourFaults(overlaps, _slivers(shapes[rows], shapes[suspects], width, frame.crs))


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
    found = [Overlap(int(one), int(other), area) for one, other, area in pairs]
    return tuple(sorted(found, key=lambda pair: (-pair.area, pair.feature, pair.other)))


def _slivers(
    shapes: np.ndarray, suspects: np.ndarray, width: float, crs: pyproj.CRS
) -> tuple[float, ...]:
    """Return the areas of the narrow holes in the union that no other polygon fills."""
    parts = shapely.get_parts(shapely.union_all(suspects))
    rings, owner = shapely.get_rings(parts, return_index=True)
    is_hole = np.concatenate([[False], owner[1:] == owner[:-1]]) if len(rings) else []
    holes = shapely.polygons(rings[is_hole])
    if not len(holes):
        return ()
    narrow = holes[2 * shapely.area(holes) < width * shapely.length(holes)]
    filled, _ = shapely.STRtree(shapes).query(shapely.point_on_surface(narrow), "within")
    free = np.setdiff1d(np.arange(len(narrow)), filled)
    return tuple(sorted(ellipsoid_areas(narrow[free], crs), reverse=True))
