"""Outlines of places that have no boundary file: what lies nearer to their points than to any other's."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.errors import BoundaryError

# The file of such outlines in a workspace, by which they are known as approximate ever after.
FILE = "approximate.gpkg"
# Middles are put on a grid of so many degrees (some 550 m), so that no outline tells where a household is.
_GRID = 0.005
# How far beyond the outermost middles the outlines reach, in typical distances between neighbours.
_REACH = 3.0
_FEWEST = 3


def outlines_around(points: pd.DataFrame, names: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return an outline (EPSG:4326) for each different row of names, with these as columns.

    `points` has x and y in degrees, a row for each of `names`; rows without a point or a name say
    nothing. The outlines are Voronoi cells of the places' median points and are approximate. Raises
    BoundaryError for fewer than three places with points.
    """
    texts = names.astype("str").fillna("").apply(lambda column: column.str.strip())
    known = points[["x", "y"]].notna().all(axis=1) & (texts.iloc[:, -1] != "")
    columns = list(texts.columns)
    rows = texts[known].assign(x=points.loc[known, "x"], y=points.loc[known, "y"])
    middles = rows.groupby(columns, sort=True)[["x", "y"]].median().reset_index()
    if len(middles) < _FEWEST:
        raise BoundaryError("boundaries.few_points", count=len(middles), least=_FEWEST)
    middles[["x", "y"]] = _apart((middles[["x", "y"]] / _GRID).round().to_numpy())
    spots = gpd.GeoSeries(gpd.points_from_xy(middles["x"], middles["y"]), crs=4326)
    plane = spots.estimate_utm_crs()
    drawn = spots.to_crs(plane)
    _, near = shapely.STRtree(drawn.to_numpy()).query_nearest(
        drawn.to_numpy(), exclusive=True, return_distance=True, all_matches=False
    )
    whole = shapely.buffer(
        shapely.MultiPoint(drawn.to_numpy()).convex_hull, _REACH * np.median(near)
    )
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.MultiPoint(drawn.to_numpy()), extend_to=whole, ordered=True
        )
    )
    outlines = gpd.GeoSeries(shapely.intersection(cells, whole), crs=plane).to_crs(4326)
    return gpd.GeoDataFrame(middles[columns], geometry=outlines.to_numpy(), crs=4326)


def _apart(cells: np.ndarray) -> np.ndarray:
    """Return middles on the grid in degrees, each on a cell of its own: the next free one eastwards."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for x, y in cells.astype(int):
        while (int(x), int(y)) in taken:
            x += 1
        taken.add((int(x), int(y)))
        placed.append((x, y))
    return np.array(placed, dtype=float) * _GRID
