"""Faults of boundaries that points show which name the place they are in: swaps, another datum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.boundary_faults import BoundaryFault
from geodata.boundaries.crs import crs_of
from geodata.boundaries.datums import SHIFTED, check_datum, unshifted
from geodata.boundaries.point_places import OUTSIDE, place_points

# Fewer points of a place say nothing, nor does less than this share of them in one other place.
_FEWEST, _MOST = 3, 0.6


def point_faults(
    frame: gpd.GeoDataFrame, keys: Sequence[str], points: gpd.GeoSeries, recorded: pd.Series
) -> tuple[BoundaryFault, ...]:
    """Return what points show of a layer: it or they carry a shift, or places have other outlines.

    `recorded` names for each point its place, by the keys of `feature_keys` (index as `points`). A
    shift that is told is taken out before places are looked at.
    """
    named = frame.set_axis(pd.Index(keys), axis=0)
    named = named[~named.index.duplicated()]
    fault, named, points = _datum(frame, named, points, recorded)
    return (*([fault] if fault else []), *_elsewhere(frame, keys, named, points, recorded))


def _datum(
    frame: gpd.GeoDataFrame, named: gpd.GeoDataFrame, points: gpd.GeoSeries, recorded: pd.Series
) -> tuple[BoundaryFault | None, gpd.GeoDataFrame, gpd.GeoSeries]:
    """Return the fault of a datum, and layer and points without the shift that it is."""
    check = check_datum(points, recorded, named)
    best, shifted, plain = check.inside.get(check.verdict, 0), "", named
    for datum in SHIFTED:
        shapes = unshifted(named.geometry.to_crs(4326).to_numpy(), datum)
        out = named.set_geometry(gpd.GeoSeries(shapes, index=named.index, crs=4326))
        other = check_datum(points, recorded, out)
        inside = other.inside["unshifted"]
        if other.verdict == "unshifted" and inside > max(best, check.inside["unshifted"]):
            best, shifted, plain = inside, datum, out.to_crs(crs_of(frame))
    values: dict[str, object] = {"count": check.points, "before": check.inside["unshifted"]}
    values["after"] = best
    box = shapely.box(*frame.total_bounds)
    if shifted:
        fault = BoundaryFault("datum_by_points", "datum:layer", (), box, 0.0, shifted, values)
        return fault, plain, points
    if check.verdict in SHIFTED:
        values["datum"] = check.verdict
        degrees = points.to_crs(4326)
        out_of = gpd.GeoSeries(
            unshifted(degrees.to_numpy(), check.verdict), index=points.index, crs=4326
        )
        return (
            BoundaryFault("datum_of_points", "datum:points", (), box, 0.0, "", values),
            named,
            out_of,
        )
    return None, named, points


def _elsewhere(
    frame: gpd.GeoDataFrame,
    keys: Sequence[str],
    named: gpd.GeoDataFrame,
    points: gpd.GeoSeries,
    recorded: pd.Series,
) -> Iterator[BoundaryFault]:
    placed = place_points(points, named).assign(recorded=recorded.reindex(points.index))
    placed = placed[placed["recorded"].isin(named.index) & placed["place"].notna()]
    mostly: dict[str, tuple[str, int, int]] = {}
    for key, part in placed[placed["outcome"] != OUTSIDE].groupby("recorded"):
        counts = part["place"].value_counts()
        there, count = str(counts.index[0]), int(counts.iloc[0])
        if there != key and count >= max(_FEWEST, _MOST * len(part)):
            mostly[str(key)] = (there, count, len(part))
    row = {key: at for at, key in reversed(list(enumerate(keys)))}
    shapes = np.asarray(frame.geometry.array)
    for key, (there, count, known) in sorted(mostly.items()):
        back = mostly.get(there, ("", 0, 0))[0] == key
        if back and there < key:
            continue
        kind = "swapped_by_points" if back else "points_elsewhere"
        pair = "+".join(sorted((key, there))) if back else key
        rows = (row[key], row[there])
        values = {"place": key, "other": there, "count": count, "known": known}
        shape = shapely.union_all(shapes[list(rows)])
        yield BoundaryFault(
            kind, f"{kind}:{pair}", rows, shape, 0.0, "swap" if back else "", values
        )
