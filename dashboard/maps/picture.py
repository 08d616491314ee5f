"""What the map on the screen is sent: once the geometry, then one picture per change."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
import shapely

from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.coverage import coverage
from geodata.cartography.palette import QUIET, STATE_COLOURS, THEMES
from geodata.cartography.words import number_text, state_text
from geodata.escaping import plain_text
from geodata.figures import STATES
from geodata.i18n import default_language, parted

# The class of a place that lies outside the shown one.
OUTSIDE = 254
# With more places than this in view a drawn map names the level above; the worst are always.
NAMED = 80
# Five decimals of a degree are about one metre.
_GRID = 1e-5


def outlines_json(atlas: Atlas, level: str) -> bytes:
    """Return the outlines of a level as GeoJSON; the feature id is the place's position."""
    frame = atlas.geometry(level)
    positions = atlas.places_in(None, level).get_indexer(frame.index)
    # Rounded as text only: one edge of two neighbours has one set of coordinates, so it stays one.
    shapes = shapely.set_precision(frame.geometry.to_numpy(), _GRID, mode="pointwise")
    return outlines_of(positions, shapes)


def outlines_of(positions: np.ndarray, shapes: np.ndarray) -> bytes:
    """Return shapes as GeoJSON, the position of each as its id."""
    parts = (
        f'{{"type":"Feature","id":{position},"properties":{{}},"geometry":{shape}}}'
        for position, shape in zip(positions, shapely.to_geojson(shapes), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'.encode()


def labels_json(atlas: Atlas, level: str) -> bytes:
    """Return the rows of `label_rows` as JSON."""
    return json.dumps(label_rows(atlas, level), ensure_ascii=False, separators=(",", ":")).encode()


def label_rows(atlas: Atlas, level: str) -> list[tuple[str, float | None, float | None, int, int]]:
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
    return list(zip(*columns, strict=True))


def fingerprint(content: bytes) -> str:
    """Return the name under which a browser may keep this content for ever."""
    return hashlib.sha256(content).hexdigest()[:16]


def picture(atlas: Atlas, layer: Layer, *, lang: str | None = None) -> dict[str, object]:
    """Return one change of the map: values and classes as typed arrays, legend, names, bounds."""
    classes = np.where(layer.inside, layer.classes, OUTSIDE).astype("uint8")
    named = named_level(atlas, layer.level, layer.place)
    level = atlas.level_of(layer.place) or atlas.levels[0]
    whole = atlas.places_in(layer.place, level)
    return {
        "level": layer.level,
        "place": {"level": level, "ids": _positions(atlas, whole, level)},
        "values": _compact(layer),
        "classes": classes,
        "colours": {theme: list(colours) for theme, colours in layer.palette.colours.items()},
        "form": layer.form,
        "largest": layer.largest if layer.form == "circles" else 0,
        "quiet": {theme: QUIET[theme] for theme in THEMES},
        "quiet_class": layer.breaks.apart_class if layer.kind == "plain" else -1,
        "states": states_of(layer),
        "grounds": grounds(),
        "reasons": {state: state_text(state, lang) for state in STATES[1:]},
        **legend_told(atlas, layer, lang),
        "words": layer.words(lang),
        "unit": layer.suffix(lang),
        "decimals": layer.decimals,
        "signed": layer.signed,
        "hatched": layer.hatched,
        "outlined": outlined(atlas, layer, lang),
        "signs": [list(one) for one in layer.signs],
        "worst": [
            [one.at, one.words, one.name, one.above, one.figure, one.parts]
            for one in layer.pointed_out(atlas, lang)
        ],
        "named": named,
        "named_ids": _positions(atlas, atlas.places_in(layer.place, named), named),
        "bounds": bounds(atlas, layer.place),
        "top": layer.place is None or len(atlas.path(layer.place)) == 1,
    }


def legend_told(atlas: Atlas, layer: Layer, lang: str | None = None) -> dict[str, object]:
    """Return the legend as plain values: title, rows by class, their sum in words, sizes of circles."""
    rows, level = layer.legend(lang), text(f"atlas.{layer.level}", lang)
    classed = sorted((row for row in rows if row.at >= 0), key=lambda row: row.at)
    counts = [str(row.count) for row in classed]
    total = sum(row.count for row in classed)
    said = [text("map.legend_sum", lang, counts="+".join(counts), total=total, level=level)]
    unshaped = len(coverage(atlas, layer.indicator.key, layer.period, layer.place).unshaped)
    if unshaped and layer.level == atlas.lowest:
        said.append(text("map.legend_unshaped", lang, count=unshaped, level=level))
    return {
        "title": plain_text(layer.title(lang)),
        "rule": layer.rule(lang),
        "bars": text("map.legend_bars", lang, level=level),
        "sum": parted(said, lang) if counts else "",
        "legend": [
            {
                "label": row.label,
                "count": row.count,
                "colour": row.colour,
                "state": row.state,
                "hatched": row.hatched,
                "at": row.at,
            }
            for row in rows
        ],
        "outline": text("map.legend_outline", lang) if layer.outlines else "",
        "circles": [
            [value, number_text(value, 0) + layer.suffix(lang)] for value in circle_values(layer)
        ],
    }


def circle_values(layer: Layer) -> list[float]:
    """Return up to three figures whose circles stand in the legend: the largest drawn, then round ones."""
    drawn = layer.values[layer.inside & np.isfinite(layer.values)]
    most = float(drawn.max()) if layer.form == "circles" and len(drawn) else 0.0
    if most <= 0:
        return []
    power = 10 ** np.floor(np.log10(most))
    known = [digit * power * ten for ten in (0.01, 0.1, 1) for digit in (1, 2, 5)]
    nearest = [max((one for one in known if one <= most / part), default=0.0) for part in (4, 16)]
    return [float(size) for size in dict.fromkeys((most, *nearest)) if size >= 1]


def outlined(atlas: Atlas, layer: Layer, lang: str | None = None) -> dict[str, object]:
    """Return as GeoJSON one outline around each group of places that a layer points out, with words."""
    shapes = atlas.shapes(layer.level, layer.keys)
    groups = [shapely.union_all(shapes[list(outline.at)]) for outline in layer.outlines]
    rounded = shapely.set_precision(np.array(groups, dtype=object), _GRID, mode="pointwise")
    features = []
    for outline, shape in zip(layer.outlines, shapely.to_geojson(rounded), strict=True):
        title, told = outline.words.get(lang or default_language(), ("", ""))
        words = {"title": title, "told": told}
        features.append({"type": "Feature", "properties": words, "geometry": json.loads(shape)})
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


def named_level(atlas: Atlas, shown: str, place: str | None) -> str:
    """Return the level whose names are written on a map of the level `shown`: what the place is made of."""
    level = atlas.level_of(place)
    depth = 0 if level is None else atlas.levels.index(level)
    deepest = atlas.levels.index(shown)
    if level is None and len(atlas.places_in(None, atlas.levels[0])) > 1:
        return atlas.levels[0]
    while depth < deepest:
        depth += 1
        if len(atlas.places_in(place, atlas.levels[depth])) > 1:
            break
    return atlas.levels[depth]


def _positions(atlas: Atlas, keys: pd.Index, level: str) -> list[int]:
    return [int(at) for at in atlas.places_in(None, level).get_indexer(keys)]


def _compact(layer: Layer) -> np.ndarray:
    """Return the values in 4 bytes each when that shows the same figures, else in 8."""
    short = layer.values.astype("float32")
    rounded = np.round(short.astype("float64"), layer.decimals)
    same = np.array_equal(rounded, np.round(layer.values, layer.decimals), equal_nan=True)
    return short if same else layer.values.astype("float64")
