"""What the map on the screen is sent: once the geometry, then one picture per change."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
import shapely

from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.palette import STATE_COLOURS, THEMES
from geodata.cartography.words import state_text
from geodata.escaping import plain_text
from geodata.figures import STATES

# The class of a place that lies outside the shown one.
OUTSIDE = 254
# With more places than this in view only the level above is named; the worst are always.
NAMED = 80
# Five decimals of a degree are about one metre.
_GRID = 1e-5


def outlines_json(atlas: Atlas, level: str) -> bytes:
    """Return the outlines of a level as GeoJSON; the feature id is the place's position."""
    frame = atlas.geometry(level)
    positions = atlas.places_in(None, level).get_indexer(frame.index)
    # Rounded as text only: one edge of two neighbours has one set of coordinates, so it stays one.
    shapes = shapely.set_precision(frame.geometry.to_numpy(), _GRID, mode="pointwise")
    parts = (
        f'{{"type":"Feature","id":{position},"properties":{{}},"geometry":{shape}}}'
        for position, shape in zip(positions, shapely.to_geojson(shapes), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'.encode()


def labels_json(atlas: Atlas, level: str) -> bytes:
    """Return name, longitude, latitude, position of the parent and size of each place, in order."""
    keys = atlas.places_in(None, level)
    shapes = atlas.shapes(level, keys)
    points = shapely.point_on_surface(shapes)
    depth = atlas.levels.index(level)
    parents = np.full(len(keys), -1)
    if depth:
        above = atlas.places_in(None, atlas.levels[depth - 1])
        parents = above.get_indexer(pd.Index(atlas.places["parent"].reindex(keys)))
    size = np.nan_to_num(shapely.area(shapes) * 1e8)
    columns = (
        [plain_text(name) for name in atlas.places["name"].reindex(keys)],
        [None if np.isnan(x) else round(float(x), 5) for x in shapely.get_x(points)],
        [None if np.isnan(y) else round(float(y), 5) for y in shapely.get_y(points)],
        parents.tolist(),
        np.round(size).astype("int64").tolist(),
    )
    rows = list(zip(*columns, strict=True))
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(content: bytes) -> str:
    """Return the name under which a browser may keep this content for ever."""
    return hashlib.sha256(content).hexdigest()[:16]


def picture(atlas: Atlas, layer: Layer, *, lang: str | None = None) -> dict[str, object]:
    """Return one change of the map: values and classes as typed arrays, legend, names, bounds."""
    classes = np.where(layer.inside, layer.classes, OUTSIDE).astype("uint8")
    named = _named(atlas, layer)
    return {
        "level": layer.level,
        "values": _compact(layer),
        "classes": classes,
        "colours": {theme: list(colours) for theme, colours in layer.palette.colours.items()},
        "states": states_of(layer),
        "grounds": grounds(),
        "reasons": {state: state_text(state, lang) for state in STATES[1:]},
        "legend": [
            {
                "label": row.label,
                "count": row.count,
                "colour": row.colour,
                "state": row.state,
                "hatched": row.hatched,
            }
            for row in layer.legend(lang)
        ],
        "rule": layer.rule(lang),
        "words": layer.words(lang),
        "title": plain_text(layer.title(lang)),
        "unit": layer.suffix(lang),
        "decimals": layer.decimals,
        "signed": layer.signed,
        "hatched": layer.hatched,
        "outlined": outlined(atlas, layer),
        "ticked": layer.ticked.tolist(),
        "worst": [list(one) for one in layer.pointed_out(atlas)],
        "named": named,
        "named_ids": _positions(atlas, atlas.places_in(layer.place, named), named),
        "bounds": bounds(atlas, layer.place),
        "top": layer.place is None or len(atlas.path(layer.place)) == 1,
    }


def outlined(atlas: Atlas, layer: Layer) -> dict[str, object]:
    """Return as GeoJSON one outline around each group of places that a layer points out."""
    shapes = atlas.shapes(layer.level, layer.keys)
    groups = [shapely.union_all(shapes[list(group)]) for group in layer.outlined]
    rounded = shapely.set_precision(np.array(groups, dtype=object), _GRID, mode="pointwise")
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(text)}
        for text in shapely.to_geojson(rounded)
    ]
    return {"type": "FeatureCollection", "features": features}


def states_of(layer: Layer) -> dict[str, list[int]]:
    """Return the positions of the shown places without a class, by the reason for it."""
    return {state: np.flatnonzero(layer.without_class(state)).tolist() for state in STATES[1:]}


def grounds() -> dict[str, dict[str, list[str]]]:
    """Return by theme of the page ground and pattern of places without a class, by the reason."""
    return {
        theme: {state: list(looks[theme]) for state, looks in STATE_COLOURS.items()}
        for theme in THEMES
    }


def bounds(atlas: Atlas, place: str | None) -> list[float]:
    """Return west, south, east, north of a place, or of everything when it has no outline."""
    level = atlas.level_of(place)
    frame = atlas.geometry(atlas.levels[0] if level is None else level)
    if place is not None and place in frame.index:
        frame = frame.loc[[place]]
    if frame.empty:
        frame = atlas.geometry(atlas.lowest)
    box = frame.total_bounds
    return [float(side) for side in box] if np.isfinite(box).all() else [73.0, 18.0, 135.0, 54.0]


def _named(atlas: Atlas, layer: Layer) -> str:
    """Return the level whose names are written on the map."""
    depth = atlas.levels.index(layer.level)
    if depth and int(layer.inside.sum()) > NAMED:
        return atlas.levels[depth - 1]
    return layer.level


def _positions(atlas: Atlas, keys: pd.Index, level: str) -> list[int]:
    return [int(at) for at in atlas.places_in(None, level).get_indexer(keys)]


def _compact(layer: Layer) -> np.ndarray:
    """Return the values in 4 bytes each when that shows the same figures, else in 8."""
    short = layer.values.astype("float32")
    rounded = np.round(short.astype("float64"), layer.decimals)
    same = np.array_equal(rounded, np.round(layer.values, layer.decimals), equal_nan=True)
    return short if same else layer.values.astype("float64")
