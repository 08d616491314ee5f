"""Outlines as coarse as a screen shows them: what a page can carry with it to draw its first map at once."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import numpy as np
import shapely

from dashboard.maps.picture import bounds, label_rows, named_level, outlines_of
from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas

# A page with more places than this in view opens without a map of its own: it would be too large.
MOST_PLACES = 6000
# Of the longer side of what is shown: what is simplified away, and the unit of the coordinates.
_SIMPLE, _UNIT = 1 / 900, 1 / 1500
# Of the longer side: what is drawn around the shown place, so that no edge of it is seen.
_AROUND = 1.0


def coarse_json(atlas: Atlas, level: str, place: str | None) -> str:
    """Return as JSON that of which a browser draws a level around a place without asking for anything.

    `corner` and `unit` are in degrees; `outlines` by level are [position, [ring, ...]] with each ring
    as x, y and steps in units; `places` by level as in `label_rows`, with names only where they are
    written. Empty where too many places are in view. Names and outlines are public, so that it is
    made once for all scopes, by level and place.
    """
    whole = atlas.whole if isinstance(atlas, ScopedAtlas) else atlas
    known: str = whole.once(("coarse", level, place), lambda: _coarse(whole, level, place))
    return known


def _coarse(atlas: Atlas, level: str, place: str | None) -> str:
    named = named_level(atlas, level, place)
    west, south, east, north = bounds(atlas, place)
    side = max(east - west, north - south, 1e-6)
    air = _AROUND * side
    window = shapely.box(west - air, south - air, east + air, north + air)
    corner, unit = np.array([west - air, south - air]), side * _UNIT
    shown = atlas.levels[: atlas.levels.index(level) + 1]
    outlines = {}
    for one in shown:
        keys = atlas.places_in(None, one)
        shapes = atlas.shapes(one, keys)
        near = np.flatnonzero(~shapely.is_missing(shapes) & shapely.intersects(shapes, window))
        if len(near) > MOST_PLACES:
            return ""
        simple = shapely.coverage_simplify(shapes[near], side * _SIMPLE)
        outlines[one] = [
            [int(at), rings]
            for at, rings in zip(near, _rings(simple, corner, unit), strict=True)
            if rings
        ]
    inside = set(atlas.places_in(place, level))
    told = {
        "corner": corner.tolist(),
        "unit": unit,
        "outlines": outlines,
        "places": {
            one: _places(atlas, one, one == named, inside)
            for one in atlas.levels
            if one in (*shown, named)
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def coarse_outlines_json(atlas: Atlas, level: str) -> bytes:
    """Return the outlines of a level as GeoJSON as coarse as a screen shows the whole area.

    The feature id is the position of the place; edges of neighbours stay the same.
    """
    frame = atlas.geometry(level)
    west, south, east, north = frame.total_bounds
    side = max(east - west, north - south, 1e-6)
    simple = shapely.coverage_simplify(frame.geometry.to_numpy(), side * _SIMPLE)
    digits = max(0, math.ceil(-math.log10(side * _UNIT)))
    shapes = shapely.set_precision(simple, 10.0**-digits, mode="pointwise")
    return outlines_of(atlas.places_in(None, level).get_indexer(frame.index), shapes)


def _rings(shapes: np.ndarray, corner: np.ndarray, unit: float) -> Iterable[list[list[int]]]:
    """Yield the rings of each shape in whole steps; those that shrink to a line are left out."""
    for shape in shapes:
        rings = shapely.get_rings(shapely.get_parts(shape))
        steps = (np.rint((shapely.get_coordinates(ring) - corner) / unit) for ring in rings)
        moved = (np.diff(one, axis=0, prepend=0).astype(int) for one in steps)
        kept = (one[np.r_[True, one[1:].any(axis=1)]] for one in moved)
        yield [one.ravel().tolist() for one in kept if len(one) > 3]


def _places(atlas: Atlas, level: str, named: bool, inside: set[str]) -> list[list[object]]:
    """Return the rows of a level; of its lowest places those outside the shown one have no point."""
    rows = label_rows(atlas, level)
    keys = atlas.places_in(None, level)
    out: list[list[object]] = []
    for key, (name, x, y, parent, size) in zip(keys, rows, strict=True):
        if level == atlas.lowest and key not in inside:
            out.append(["", None])
        else:
            out.append([name if named else "", x, y, parent, size])
    return out
