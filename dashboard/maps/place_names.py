"""Names on a drawn map: the worst places with their figures, the places above, then the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke

from dashboard.maps.fonts import Typeface
from dashboard.maps.ground import Plane, renderer_of
from dashboard.maps.label_positions import Placed, Wanted, position_labels
from dashboard.maps.paper_callouts import PaperCallouts
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.maps.picture import NAMED, bounds, named_level
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.escaping import plain_text

_LONGEST = 12
_MOSTLY = 0.5
# Of the text of the sheet, by what is named; the colour of each and its thickness.
_SIZES = {"worst": 0.95, "above": 0.86, "place": 0.72}
_COLOURS = {"worst": "#10171c", "above": "#455a64", "place": "#263238"}
_WEIGHTS = {"worst": "bold", "above": "bold", "place": "normal"}

# The words of a name, its point in pixels, and its kind.
_Name: TypeAlias = tuple[str, np.ndarray, str]


def write_names(
    axes: Axes,
    atlas: Atlas,
    layer: Layer,
    sheet: PaperSheet,
    shapes: np.ndarray,
    letters: Typeface,
    callouts: PaperCallouts,
) -> int:
    """Write what finds room; returns how many places whose name was wanted have none."""
    renderer = renderer_of(axes.get_figure(root=True))
    points = shapely.point_on_surface(shapes)
    at = axes.transData.transform(np.column_stack([shapely.get_x(points), shapely.get_y(points)]))
    fonts = {
        kind: FontProperties(
            family=list(letters.families), size=size * sheet.text, weight=_WEIGHTS[kind]
        )
        for kind, size in _SIZES.items()
    }

    def wanted(words: str, point: np.ndarray, kind: str) -> Wanted:
        width, height, _ = renderer.get_text_width_height_descent(
            letters.check(words), fonts[kind], False
        )
        gap = sheet.text * sheet.dpi / 72 * 0.25
        own = kind == "worst"
        x, y = point
        return Wanted(words, x, y, width + gap, height + gap, leads=own, kind=kind)

    asked = [
        wanted(words, point, kind)
        for words, point, kind in _asked(axes, atlas, layer, sheet, at, callouts.told)
        if np.isfinite(point).all()
    ]
    edge = axes.get_window_extent()
    inside = (edge.x0, edge.y0, edge.x1, edge.y1)
    placed = position_labels(asked, inside=inside, taken=callouts.boxes, lines=callouts.lines)
    for name in placed:
        _write(axes, name, fonts[name.wanted.kind], sheet)
    if not _names_all(atlas, layer, sheet):
        return 0
    kinds = [
        sum(name.kind != "above" for name in some) for some in (asked, [p.wanted for p in placed])
    ]
    return kinds[0] - kinds[1]


def _names_all(atlas: Atlas, layer: Layer, sheet: PaperSheet) -> bool:
    """Return whether the coloured places are those that the shown one is made of, and not too many."""
    few = int(layer.inside.sum()) <= NAMED
    return (
        few
        and sheet.spotlight is None
        and named_level(atlas, layer.level, layer.place) == layer.level
    )


def _asked(
    axes: Axes,
    atlas: Atlas,
    layer: Layer,
    sheet: PaperSheet,
    at: np.ndarray,
    told: frozenset[int],
) -> Iterator[_Name]:
    """Yield words, point and kind of every name, the most important first."""
    names = atlas.places["name"].reindex(layer.keys)
    done: set[int] = set(told)
    if sheet.spotlight in layer.keys:
        position = int(layer.keys.get_indexer(pd.Index([sheet.spotlight]))[0])
        done.add(position)
        yield plain_text(names.iloc[position], _LONGEST), at[position], "worst"
    for pointed in layer.pointed_out(atlas, sheet.lang) if sheet.worst else ():
        if pointed.at not in done:
            done.add(pointed.at)
            yield pointed.words, at[pointed.at], "worst"
    yield from _above(axes, atlas, layer)
    if not _names_all(atlas, layer, sheet):
        return
    known = layer.classes < len(layer.palette.colours["light"])
    badness = np.where(known, layer.values, -np.inf)
    badness = -badness if layer.indicator.worse == "low" else badness
    # Where most places have no figure, their names would hide the few that have one.
    named = layer.inside & (known if known[layer.inside].mean() < _MOSTLY else True)
    for position in np.argsort(-badness, kind="stable"):
        if named[position] and int(position) not in done:
            yield plain_text(names.iloc[position], _LONGEST), at[position], "place"


def _above(axes: Axes, atlas: Atlas, layer: Layer) -> Iterator[_Name]:
    """Yield the names of the level above the layer's, where the map shows several of them."""
    depth = atlas.levels.index(layer.level)
    if depth == 0:
        return
    keys = atlas.places_in(layer.place, atlas.levels[depth - 1])
    if len(keys) < 2:
        return
    shapes = atlas.shapes(atlas.levels[depth - 1], keys)
    plane = Plane.around(np.array(bounds(atlas, layer.place)))
    points = shapely.point_on_surface(plane.project(shapes))
    at = axes.transData.transform(np.column_stack([shapely.get_x(points), shapely.get_y(points)]))
    for key, point in zip(keys, at, strict=True):
        yield plain_text(atlas.name(key), _LONGEST), point, "above"


def _write(axes: Axes, name: Placed, font: FontProperties, sheet: PaperSheet) -> None:
    """Write one name with a white halo, and the line to its point when it stands off."""
    back = axes.transData.inverted()
    wanted, kind = name.wanted, name.wanted.kind
    if name.line:
        xy = back.transform([(wanted.x, wanted.y), (name.x, name.y)])
        halo = [withStroke(linewidth=2.6, foreground="#ffffff")]
        axes.plot(*xy.T, color=_COLOURS[kind], lw=1.1, zorder=3, path_effects=halo)
        axes.plot(*xy[0], "o", ms=4, color=_COLOURS[kind], zorder=3, path_effects=halo)
    x, y = back.transform((name.x, name.y))
    axes.text(
        x,
        y,
        wanted.words,
        fontproperties=font,
        color=_COLOURS[kind],
        ha="center",
        va="center",
        parse_math=False,
        zorder=4,
        path_effects=[withStroke(linewidth=sheet.text * 0.2, foreground="#ffffff")],
    )
