"""Shapes of upper levels as the union of the shapes below them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.neighbours import SLIVER_WIDTH, metres_per_unit


def cleaned(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return polygons that meet exactly: overlaps go to one neighbour, slivers are closed.

    It is for drawing and for unions; the boundaries themselves keep their shapes, and how much
    differs is in their overlaps and slivers. Points, lines and missing shapes stay as they are.
    """
    values = shapes.to_numpy().copy()
    polygons = np.isin(shapely.get_type_id(values), (3, 6))
    width = SLIVER_WIDTH / metres_per_unit(shapes.crs, shapes.total_bounds)
    if not shapely.coverage_is_valid(values[polygons], gap_width=width):
        made = shapely.coverage_clean(values[polygons], gap_width=width)
        # A polygon that lies wholly under others would vanish; it keeps its own shape.
        values[polygons] = np.where(shapely.is_empty(made), values[polygons], made)
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


def dissolved(shapes: gpd.GeoSeries, group: pd.Series) -> gpd.GeoSeries:
    """Return the union of the shapes of each group; shapes without a group or geometry are left.

    Both have the same index.
    """
    values, keys = shapes.to_numpy(), group.reindex(shapes.index)
    present = ~shapely.is_missing(values) & keys.notna().to_numpy()
    table = pd.DataFrame({"key": keys.to_numpy()[present], "shape": values[present]})
    union = {key: _union(rows["shape"].to_numpy()) for key, rows in table.groupby("key", sort=True)}
    return gpd.GeoSeries(pd.Series(union, dtype=object), crs=shapes.crs)


def _union(shapes: np.ndarray) -> shapely.Geometry:
    """Return the union, the quick way where the shapes meet exactly."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)
