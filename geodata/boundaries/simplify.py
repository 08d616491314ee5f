"""Lighter shapes for each zoom level, with the edges of neighbours and of levels still shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geodata.boundaries.dissolve import dissolved
from geodata.boundaries.hierarchy import PlaceTree
from geodata.boundaries.neighbours import metres_per_unit
from geodata.errors import BoundaryError

# A leader's projector shows this many pixels across; a bend smaller than one is not seen.
SCREEN = 1920


@dataclass(frozen=True)
class Zoom:
    """Shapes for looking at one place of `level` that fills the screen.

    `tolerance` is in metres. `shapes` has one frame per level of the tree, indexed by key, in the
    CRS of the boundaries; upper levels are unions of the same simplified lowest shapes. Bytes are
    those of the lowest level as well-known binary, before and after.
    """

    level: str
    tolerance: float
    shapes: Mapping[str, gpd.GeoDataFrame]
    bytes_before: int
    bytes_after: int


def simplify_levels(
    tree: PlaceTree, *, tolerances: Mapping[str, float] | None = None
) -> tuple[Zoom, ...]:
    """Return one zoom per level above the lowest, from the top down (the lowest when it is alone).

    `tolerances` gives metres by level; by default what is smaller than a pixel when a typical place
    of the level fills the screen goes. Raises BoundaryError for a level the tree has not.
    """
    unknown = set(tolerances or ()) - set(tree.levels)
    if unknown:
        raise BoundaryError(
            "boundaries.no_such_level",
            level=", ".join(sorted(unknown)),
            levels=", ".join(tree.levels),
        )
    lowest = tree.geometry(tree.lowest)
    unit = metres_per_unit(lowest.crs, lowest.total_bounds)
    before = _bytes(lowest.geometry)
    zooms = []
    for level in tree.levels[:-1] or tree.levels:
        metres = (tolerances or {}).get(level) or pixel_size(tree.geometry(level), unit)
        simple = _simplified(tree.clean_shapes, metres / unit)
        shapes = {name: _at_level(tree, name, simple) for name in tree.levels}
        zooms.append(Zoom(level, metres, shapes, before, _bytes(simple)))
    return tuple(zooms)


def pixel_size(places: gpd.GeoDataFrame, unit: float) -> float:
    """Return the metres that a pixel covers when the typical one of some places fills the screen.

    `unit` is the number of metres in one unit of the CRS.
    """
    bounds = places.geometry.dropna().bounds
    sides = np.maximum(bounds["maxx"] - bounds["minx"], bounds["maxy"] - bounds["miny"])
    return float(sides.median()) * unit / SCREEN


def _simplified(shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoSeries:
    """Return polygons simplified together, so that neighbours keep one edge."""
    values = shapes.to_numpy().copy()
    polygons = np.isin(shapely.get_type_id(values), (3, 6))
    values[polygons] = shapely.coverage_simplify(values[polygons], tolerance)
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


def _at_level(tree: PlaceTree, level: str, simple: gpd.GeoSeries) -> gpd.GeoDataFrame:
    places = tree.at_level(level)[["name", "parent"]]
    shapes = simple if level == tree.lowest else dissolved(simple, tree.ancestors(level))
    return gpd.GeoDataFrame(places, geometry=shapes.reindex(places.index), crs=simple.crs)


def _bytes(shapes: gpd.GeoSeries) -> int:
    return sum(len(binary) for binary in shapely.to_wkb(shapes.dropna().to_numpy()))
