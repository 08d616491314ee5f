"""Shapes of upper levels as the union of the shapes below them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely


def dissolved(shapes: gpd.GeoSeries, group: pd.Series) -> gpd.GeoSeries:
    """Return the union of the shapes of each group; shapes without a group or geometry are left.

    Both have the same index. Holes of no width between neighbours that were drawn apart stay; use
    `simplify_levels` for outlines without them.
    """
    values, keys = shapes.to_numpy(), group.reindex(shapes.index)
    present = ~shapely.is_missing(values) & keys.notna().to_numpy()
    table = pd.DataFrame({"key": keys.to_numpy()[present], "shape": values[present]})
    union = {
        key: shapely.union_all(rows["shape"].to_numpy())
        for key, rows in table.groupby("key", sort=True)
    }
    return gpd.GeoSeries(pd.Series(union, dtype=object), crs=shapes.crs)
