"""What the map on the screen is sent: once the geometry, then one picture per change."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import shapely

from dashboard.maps.sampled import SampledLayer
from dashboard.maps.wall import TICKED, WallLayer
from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, CategoryLayer, Layer, rank_places
from geodata.cartography.change_layer import ChangeLayer
from geodata.cartography.palette import HIDDEN_COLOURS
from geodata.cartography.ranking import worst_of
from geodata.cartography.words import change_text, number_text
from geodata.escaping import plain_text

# The class of a place that lies outside the shown one.
OUTSIDE = 254
WORST = 5
# With more places than this in view only the level above is named; the worst are always.
NAMED = 80
# So many villages of a sample are named; of more, names would cover the map.
SAMPLED = 40
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
    frame = atlas.geometry(level)
    shapes = frame.geometry.reindex(keys)
    points = shapely.point_on_surface(shapes.to_numpy())
    depth = atlas.levels.index(level)
    parents = np.full(len(keys), -1)
    if depth:
        above = atlas.places_in(None, atlas.levels[depth - 1])
        parents = above.get_indexer(atlas.places["parent"].reindex(keys))
    size = np.nan_to_num(shapely.area(shapes.to_numpy()) * 1e8)
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
    unit = unit_of(layer, lang)
    named = _named(atlas, layer)
    return {
        "level": layer.level,
        "values": _compact(layer),
        "classes": classes,
        "colours": {theme: list(found) for theme, found in layer.palette.colours.items()},
        "missing": {theme: list(found) for theme, found in layer.palette.no_data.items()},
        "hidden": np.flatnonzero(layer.veiled).tolist(),
        "veil": {theme: list(found) for theme, found in HIDDEN_COLOURS.items()},
        "legend": [
            {
                "label": row.label,
                "count": row.count,
                "colour": row.colour,
                "missing": row.no_data,
                "hidden": row.hidden,
            }
            for row in layer.legend(lang)
        ],
        "rule": layer.rule(lang),
        "words": layer.words(lang) if isinstance(layer, CategoryLayer) else [],
        "title": plain_text(_title(layer, unit, lang)),
        "unit": _suffix(layer, lang),
        "decimals": layer.decimals,
        "signed": isinstance(layer, ChangeLayer),
        "ticked": _ticked(layer),
        "worst": [list(found) for found in worst_places(atlas, layer)],
        "named": named,
        "named_ids": _positions(atlas, atlas.places_in(layer.place, named), named),
        "bounds": bounds(atlas, layer.place),
        "top": layer.place is None or len(atlas.path(layer.place)) == 1,
    }


def _ticked(layer: Layer) -> list[int]:
    """Return the positions of the places that the wall map ticks off."""
    if not isinstance(layer, WallLayer):
        return []
    return np.flatnonzero((layer.classes == TICKED) & layer.inside).tolist()


def _title(layer: Layer, unit: str, lang: str | None) -> str:
    title = layer.indicator.title_in(lang)
    if isinstance(layer, ChangeLayer):
        title = i18n.text("cartography.change_title", lang, title=title)
    if isinstance(layer, WallLayer):
        return i18n.text("cartography.wall_title", lang)
    if isinstance(layer, SampledLayer):
        return i18n.text("cartography.sample_title", lang)
    if not unit:
        return title
    return i18n.text("cartography.with_unit", lang, title=title, unit=unit)


def unit_of(layer: Layer, lang: str | None = None) -> str:
    """Return the unit of the values of a layer; the change of a share is in points."""
    points = isinstance(layer, ChangeLayer) and layer.indicator.is_share
    return i18n.text("cartography.points_unit", lang) if points else layer.indicator.unit_in(lang)


def _suffix(layer: Layer, lang: str | None) -> str:
    """Return what the script writes behind a value of the layer."""
    if isinstance(layer, ChangeLayer) and layer.indicator.is_share:
        return f" {unit_of(layer, lang)}"
    return layer.indicator.unit.suffix(lang)


def bounds(atlas: Atlas, place: str | None) -> list[float]:
    """Return west, south, east, north of a place, or of everything when it has no outline."""
    level = atlas.level_of(place)
    frame = atlas.geometry(atlas.levels[0] if level is None else level)
    if place is not None and place in frame.index:
        frame = frame.loc[[place]]
    if frame.empty:
        frame = atlas.geometry(atlas.lowest)
    found = frame.total_bounds
    return (
        [float(side) for side in found] if np.isfinite(found).all() else [73.0, 18.0, 135.0, 54.0]
    )


def _named(atlas: Atlas, layer: Layer) -> str:
    """Return the level whose names are written on the map."""
    depth = atlas.levels.index(layer.level)
    if depth and int(layer.inside.sum()) > NAMED:
        return atlas.levels[depth - 1]
    return layer.level


def _positions(atlas: Atlas, keys, level: str) -> list[int]:
    return atlas.places_in(None, level).get_indexer(keys).tolist()


def _compact(layer: Layer) -> np.ndarray:
    """Return the values in 4 bytes each when that shows the same figures, else in 8."""
    short = layer.values.astype("float32")
    rounded = np.round(short.astype("float64"), layer.decimals)
    same = np.array_equal(rounded, np.round(layer.values, layer.decimals), equal_nan=True)
    return short if same else layer.values.astype("float64")


def worst_places(atlas: Atlas, layer: Layer) -> list[tuple[int, str]]:
    """Return position and text of the places to point out: the worst first, or those drawn."""
    if isinstance(layer, ChangeLayer):
        return _most_changed(atlas, layer)
    if isinstance(layer, WallLayer):
        return []
    if isinstance(layer, SampledLayer):
        names = atlas.places["name"].reindex(layer.keys).to_numpy()
        return [(at, plain_text(names[at], 14)) for at in layer.drawn[:SAMPLED]]
    if layer.indicator.worse == "none" or int((layer.classes[layer.inside] != NO_DATA).sum()) < 2:
        return []
    ranked = rank_places(
        atlas, layer.indicator.key, layer.period, level=layer.level, place=layer.place
    )
    ranked = worst_of(ranked, layer.indicator.worse, WORST)
    positions = _positions(atlas, ranked.index, layer.level)
    percent = layer.indicator.unit.sign
    texts = [
        f"{plain_text(row.name, 14)} {number_text(row.value, layer.decimals)}{percent}"
        for row in ranked.itertuples()
    ]
    return list(zip(positions, texts, strict=True))


def _most_changed(atlas: Atlas, layer: ChangeLayer) -> list[tuple[int, str]]:
    """Return the places that became worse most (without a worse end: changed most), worst first."""
    directed = {"low": -layer.values, "none": np.abs(layer.values)}
    towards = directed.get(layer.indicator.worse, layer.values)
    towards = np.where(layer.inside & np.isfinite(towards), towards, -np.inf)
    order = [int(at) for at in np.argsort(-towards, kind="stable")[:WORST] if towards[at] > 0]
    names = atlas.places["name"].reindex(layer.keys).to_numpy()
    changes = [change_text(layer.values[at], layer.decimals) for at in order]
    return [(at, f"{plain_text(names[at], 14)} {c}") for at, c in zip(order, changes, strict=True)]
