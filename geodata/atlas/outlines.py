"""Outlines for the screen: simplified once at the lowest level, dissolved upwards."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geodata.boundaries.hierarchy import cleaned

# The whole area is about one screen wide; zoomed in five times, an edge
# is still true to about one pixel.
SCREEN = 1920
KEPT_AT_ZOOM = 5


def screen_outlines(
    lowest: gpd.GeoDataFrame, ancestors: Mapping[str, pd.Series]
) -> dict[str, gpd.GeoDataFrame]:
    """Return outlines per level in EPSG:4326, edges shared within and between levels.

    `lowest` has the lowest places (any CRS, index key, geometry may be missing); `ancestors` maps
    each level to the ancestor key of every lowest key. Upper levels are unions of the simplified
    lowest, so that a township border lies exactly on the borders of its villages.
    """
    plane = lowest.to_crs(lowest.estimate_utm_crs()) if len(lowest) else lowest
    drawn = plane[shapely.get_dimensions(plane.geometry.to_numpy()) == 2]
    shapes = _simplified(drawn)
    return {
        level: _dissolved(shapes, drawn.crs, above.reindex(drawn.index))
        for level, above in ancestors.items()
    }


def _simplified(drawn: gpd.GeoDataFrame) -> pd.Series:
    """Return the shapes with vertices dropped that no screen shows; neighbours keep their edge."""
    if drawn.empty:
        return pd.Series([], index=drawn.index, dtype=object)
    west, south, east, north = drawn.total_bounds
    tolerance = max(east - west, north - south) / SCREEN / KEPT_AT_ZOOM
    # Slivers between villages would be specks in the outlines of townships and of the county.
    clean = cleaned(gpd.GeoSeries(drawn.geometry.map(_areas))).to_numpy()
    simple = shapely.coverage_simplify(_polygons(clean), tolerance)
    return pd.Series(_polygons(simple), index=drawn.index)


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a mixed collection; any other shape as it is."""
    if shapely.get_type_id(shape) != shapely.GeometryType.GEOMETRYCOLLECTION:
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area])


def _polygons(shapes: np.ndarray) -> np.ndarray:
    """Return valid polygons; where neighbours overlap, simplifying may leave invalid ones."""
    return shapely.make_valid(shapes, method="structure", keep_collapsed=False)


def _dissolved(shapes: pd.Series, crs: CRS | None, above: pd.Series) -> gpd.GeoDataFrame:
    """Return one shape per ancestor in EPSG:4326."""
    frame = gpd.GeoDataFrame({"above": above}, geometry=shapes.to_numpy(), crs=crs)
    if not above.index.equals(pd.Index(above)):
        frame = frame.dissolve("above", method="unary")
    else:
        frame = frame.drop(columns="above")
    frame.index.name = "key"
    return frame[["geometry"]].to_crs(4326).sort_index()
