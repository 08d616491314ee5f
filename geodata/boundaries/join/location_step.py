"""Places of the table with coordinates: the feature that their point lies in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geodata.boundaries.join.code_step import note_other_name
from geodata.boundaries.join.matching import Link, Matching, Reason
from geodata.boundaries.join.names import clean_name

LOCATION = "location"


def match_locations(work: Matching, layer: gpd.GeoDataFrame) -> None:
    """Match places whose point (longitude, latitude) lies in exactly one feature."""
    points = work.table.points
    if points is None:
        return
    work.tried.append(LOCATION)
    drawn = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=4326)
    known = points["x"].notna().to_numpy()
    shapes = layer.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    placed = drawn.to_crs(layer.crs).to_numpy()
    names = {_last_name(path) for path in work.boundary.paths} - {""}
    inside: dict[int, list[int]] = {}
    for place, feature in zip(*tree.query(placed[known], predicate="intersects"), strict=True):
        inside.setdefault(int(np.flatnonzero(known)[place]), []).append(int(feature))
    for place in work.open_places():
        if not known[place]:
            work.reasons[place] = Reason("join.no_point")
            continue
        found = [f for f in inside.get(place, []) if (place, f) not in work.rejected]
        if len(found) == 1:
            work.accept(place, Link(found[0], LOCATION))
            if _last_name(work.table.paths[place]) in names:
                note_other_name(work, place, found[0], "join.name_elsewhere")
        elif found:
            work.reasons[place] = Reason("join.point_on_border", {"count": len(found)})
        else:
            work.reasons[place] = Reason("join.point_outside")


def _last_name(path: tuple[str, ...]) -> str:
    return clean_name(path[-1]) if path else ""
