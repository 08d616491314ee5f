"""In which place a point lies: water samples, households, relocation sites."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

INSIDE, SEVERAL, OUTSIDE, NO_POINT = "inside", "several", "outside", "no_point"


def place_points(points: gpd.GeoSeries, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return for each point the key of its place, an outcome, and metres to the nearest place.

    `places` are shapes by key. The outcome is inside, several (on a border or in overlapping
    places; the first key in order is given), outside (the nearest place is named in `nearest`, and
    `place` is missing) or no_point. The index is that of the points; none is left out.
    """
    # An edge is straight in the CRS it was drawn in, so containment is decided there.
    shapes = places.geometry.to_numpy()
    spots = points.to_crs(places.crs).to_numpy()
    keys = places.index.to_numpy()
    found = pd.DataFrame(
        {"place": None, "outcome": OUTSIDE, "nearest": None, "metres": np.nan}, index=points.index
    )
    drawn = ~shapely.is_missing(spots) & ~shapely.is_empty(spots)
    hits = pd.DataFrame(
        shapely.STRtree(shapes).query(spots, "intersects").T, columns=["point", "place"]
    ).sort_values(["point", "place"])
    first = hits.drop_duplicates("point")
    column = found.columns.get_indexer
    found.iloc[first["point"], column(["place"])[0]] = keys[first["place"]]
    found.iloc[first["point"], column(["nearest"])[0]] = keys[first["place"]]
    found.iloc[first["point"], column(["metres"])[0]] = 0.0
    found.iloc[first["point"], column(["outcome"])[0]] = INSIDE
    several = hits.loc[hits["point"].duplicated(), "point"].unique()
    found.iloc[several, column(["outcome"])[0]] = SEVERAL
    found.iloc[np.flatnonzero(~drawn), column(["outcome"])[0]] = NO_POINT
    _name_nearest(found, points, places)
    return found


def _name_nearest(found: pd.DataFrame, points: gpd.GeoSeries, places: gpd.GeoDataFrame) -> None:
    """Write the nearest place and its distance beside the points that lie in none."""
    rows = np.flatnonzero(found["outcome"] == OUTSIDE)
    if not len(rows) or places.geometry.isna().all():
        return
    plane = places.geometry.estimate_utm_crs()
    shapes = places.geometry.to_crs(plane).to_numpy()
    (point, place), metres = shapely.STRtree(shapes).query_nearest(
        points.iloc[rows].to_crs(plane).to_numpy(), return_distance=True, all_matches=False
    )
    found.iloc[rows[point], found.columns.get_loc("nearest")] = places.index.to_numpy()[place]
    found.iloc[rows[point], found.columns.get_loc("metres")] = metres
