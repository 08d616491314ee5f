"""In which place a point lies: water samples, households, relocation sites."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.crs import crs_of

INSIDE, SEVERAL, OUTSIDE, NO_POINT = "inside", "several", "outside", "no_point"


def place_points(points: gpd.GeoSeries, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return for each point the key of its place, an outcome, and metres to the nearest place.

    `places` are shapes by key. The outcome is inside, several (on a border or in overlapping
    places; the first key in order is given), outside (the nearest place is named in `nearest`, and
    `place` is missing) or no_point. The index is that of the points; none is left out.
    """
    # An edge is straight in the CRS it was drawn in, so containment is decided there.
    spots = np.asarray(points.to_crs(crs_of(places)).array)
    keys = places.index.to_numpy()
    drawn = ~shapely.is_missing(spots) & ~shapely.is_empty(spots)
    hits = shapely.STRtree(np.asarray(places.geometry.array)).query(spots, "intersects")
    # By point, then by place: the first hit of a point is the one that counts.
    point, place = hits[:, np.lexsort((hits[1], hits[0]))]
    first, at, times = np.unique(point, return_index=True, return_counts=True)
    named = np.full(len(points), None, dtype=object)
    named[first] = keys[place[at]]
    nearest, metres = named.copy(), np.full(len(points), np.nan)
    metres[first] = 0.0
    outcome = np.full(len(points), OUTSIDE, dtype=object)
    outcome[first] = np.where(times > 1, SEVERAL, INSIDE)
    outcome[~drawn] = NO_POINT
    apart = np.flatnonzero(outcome == OUTSIDE)
    if len(apart) and not places.geometry.isna().all():
        plane = places.geometry.estimate_utm_crs()
        shapes = np.asarray(places.geometry.to_crs(plane).array)
        (of_apart, place), away = shapely.STRtree(shapes).query_nearest(
            np.asarray(points.take(apart).to_crs(plane).array),
            return_distance=True,
            all_matches=False,
        )
        nearest[apart[of_apart]], metres[apart[of_apart]] = keys[place], away
    columns = {"place": named, "outcome": outcome, "nearest": nearest}
    frame = pd.DataFrame(columns, index=points.index, dtype=object)
    return frame.astype({"outcome": "str"}).assign(metres=metres)
