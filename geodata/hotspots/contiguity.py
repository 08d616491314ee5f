"""Neighbours of polygons that tolerate boundaries drawn apart: gaps and overlaps of metres."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy import sparse

from geodata.errors import HotspotError
from geodata.hotspots.weights import Neighbours, binary

LARGEST_TOLERANCE = 20.0
_SHARE_OF_SIDE = 0.01
_POLICIES = ("nearest", "exclude")


def neighbours(
    geometries: object,
    tolerance: float | None = None,
    min_neighbours: int = 2,
    *,
    island_policy: str = "nearest",
    barriers: object = None,
) -> Neighbours:
    """Return which villages touch, or nearly touch, as links both ways.

    Parameters
    ----------
    geometries
        GeoSeries, GeoDataFrame or array of polygons or points. Degrees are projected to the UTM
        zone of the middle; other coordinates are taken as metres. The labels are kept.
    tolerance
        Distance in metres up to which two polygons are neighbours; default the smaller of 20 m and
        1 % of the side of a village of median area.
    min_neighbours
        Villages with fewer get the nearest ones by distance between the polygons; such links are
        flagged in `added`.
    island_policy
        nearest does that; exclude leaves villages without neighbours alone ("not assessed").
    barriers
        Lines (GeoSeries or array, same CRS) such as rivers and ridges: two villages are no
        neighbours when the line between their inner points crosses one.

    Returns
    -------
    Neighbours with the report of tolerance and links gained over touching exactly, and the hash of
    the geometry. Missing or empty polygons have no neighbours.
    """
    if island_policy not in _POLICIES:
        raise HotspotError(
            "hotspots.bad_option", name="island_policy", value=island_policy, known=str(_POLICIES)
        )
    shapes, ids, projected = _read_geometries(geometries)
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    tolerance = _tolerance(shapes[usable], tolerance)
    tree = shapely.STRtree(np.where(usable, shapes, np.array(None)))
    focal, other = tree.query(shapes, predicate="dwithin", distance=tolerance)
    gained = _gained(shapes, focal, other) if tolerance > 0 else 0
    if barriers is not None:
        focal, other = _not_across(shapes, focal, other, _lines(barriers, projected))
    n = len(shapes)
    matrix = binary(focal, other, n)
    added = sparse.csr_array((n, n), dtype=np.float64)
    if island_policy == "nearest":
        focal, other = _nearest(tree, shapes, matrix, usable, min_neighbours)
        added = binary(np.r_[focal, other], np.r_[other, focal], n)
        matrix = sparse.csr_array(matrix + added)
    return Neighbours(
        matrix=matrix,
        ids=ids,
        added=added,
        tolerance=tolerance,
        gained=gained,
        geometry_hash=geometry_hash(geometries),
        without_geometry=int((~usable).sum()),
        duplicated=_duplicated(shapes[usable]),
    )


def nearest_neighbours(geometries: object, k: int = 8) -> Neighbours:
    """Return the k nearest villages of each, made mutual: for villages known only as points."""
    return neighbours(geometries, tolerance=0.0, min_neighbours=k)


def geometry_hash(geometries: object) -> str:
    """Return the SHA-256 of the polygons' bytes in their order: another hash, other neighbours."""
    shapes = np.asarray(getattr(geometries, "geometry", geometries), dtype=object)
    digest = hashlib.sha256()
    for part in shapely.to_wkb(shapes):  # bytes of any length: nothing to vectorise
        digest.update(b"-" if part is None else part)
    return digest.hexdigest()


def _read_geometries(geometries: object) -> tuple[np.ndarray, pd.Index, pyproj.CRS | None]:
    """Return shapes in metres, their labels, and the CRS they were projected to (None if not)."""
    if isinstance(geometries, gpd.GeoDataFrame):
        geometries = geometries.geometry
    if not isinstance(geometries, gpd.GeoSeries):
        shapes = np.asarray(geometries, dtype=object).ravel()
        if not (shapely.is_geometry(shapes) | shapely.is_missing(shapes)).all() or not len(shapes):
            raise HotspotError("hotspots.no_geometries")
        return shapes, pd.RangeIndex(len(shapes)), None
    if not len(geometries):
        raise HotspotError("hotspots.no_geometries")
    if not geometries.index.is_unique:
        raise HotspotError("hotspots.label_twice")
    projected = None
    if geometries.crs is not None and geometries.crs.is_geographic and geometries.notna().any():
        projected = geometries.estimate_utm_crs()
        geometries = geometries.to_crs(projected)
    return np.asarray(geometries.array, dtype=object), geometries.index, projected


def _tolerance(shapes: np.ndarray, tolerance: float | None) -> float:
    if tolerance is not None:
        if not (np.isfinite(tolerance) and tolerance >= 0):
            raise HotspotError(
                "hotspots.bad_option", name="tolerance", value=tolerance, known=">= 0"
            )
        return float(tolerance)
    if not len(shapes):
        return 0.0
    side = np.sqrt(np.median(shapely.area(shapes)))
    return float(min(LARGEST_TOLERANCE, _SHARE_OF_SIDE * side))


def _gained(shapes: np.ndarray, focal: np.ndarray, other: np.ndarray) -> int:
    """Return how many pairs are neighbours only because of the tolerance."""
    once = focal < other
    one, two = shapes[focal[once]], shapes[other[once]]
    shapely.prepare(one)
    return int((~shapely.intersects(one, two)).sum())


def _lines(barriers: object, projected: pyproj.CRS | None) -> np.ndarray:
    if isinstance(barriers, (gpd.GeoSeries, gpd.GeoDataFrame)):
        lines = barriers.geometry
        lines = lines.to_crs(projected) if projected is not None else lines
        return np.asarray(lines.array, dtype=object)
    return np.asarray(barriers, dtype=object).ravel()


def _not_across(
    shapes: np.ndarray, focal: np.ndarray, other: np.ndarray, lines: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs whose connecting line crosses no barrier."""
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes[focal]))
    outer = shapely.get_coordinates(shapely.point_on_surface(shapes[other]))
    between = shapely.linestrings(np.stack([inner, outer], axis=1))
    crossed = shapely.STRtree(lines).query(between, predicate="intersects")[0]
    keep = np.ones(len(focal), dtype=bool)
    keep[crossed] = False
    return focal[keep], other[keep]


def _nearest(
    tree: shapely.STRtree,
    shapes: np.ndarray,
    matrix: sparse.csr_array,
    usable: np.ndarray,
    wanted: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return links of villages with fewer than `wanted` neighbours to the nearest others.

    The circle of search doubles until it holds enough; of equal distances the earlier village wins.
    """
    wanted = min(wanted, int(usable.sum()) - 1)
    short = np.flatnonzero(usable & (np.diff(matrix.indptr) < wanted))
    if not len(short):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    bounds = shapely.total_bounds(shapes[usable])
    radius = max(np.hypot(bounds[2] - bounds[0], bounds[3] - bounds[1]) / usable.sum() ** 0.5, 1e-9)
    pairs, open_rows = [], short
    while len(open_rows):
        row, other = tree.query(shapes[open_rows], predicate="dwithin", distance=radius)
        enough = np.bincount(row, minlength=len(open_rows)) > wanted  # the village finds itself
        keep = enough[row] & (open_rows[row] != other)
        pairs.append(np.c_[open_rows[row[keep]], other[keep]])
        open_rows, radius = open_rows[~enough], radius * 2
    focal, other = np.concatenate(pairs).T
    apart = shapely.distance(shapes[focal], shapes[other])
    linked = np.asarray(matrix[focal, other]).ravel() > 0
    order = np.lexsort((other, apart, ~linked, focal))  # own neighbours first: they count
    focal, other, linked = focal[order], other[order], linked[order]
    rank = np.arange(len(focal)) - np.searchsorted(focal, focal)
    need = (rank < wanted) & ~linked
    return focal[need], other[need]


def _duplicated(shapes: np.ndarray) -> int:
    """Return how many polygons are exact copies of an earlier one."""
    return len(shapes) - len(np.unique(shapely.to_wkb(shapes).astype(bytes)))
