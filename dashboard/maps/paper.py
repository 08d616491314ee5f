"""A map as a picture for slides and prints, drawn by the server without a browser.

The classes, colours, legend and worst places are those of the layer that the screen shows.
"""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass, field
from typing import Any

import matplotlib
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke

from dashboard.maps.fonts import Typeface, typeface
from dashboard.maps.ground import Plane, path_of
from dashboard.maps.ground_layers import GroundPicture, lines_of, relief_of
from dashboard.maps.margin import HATCHES, UNSURE, draw_margin
from dashboard.maps.paper_callouts import CalloutPainter
from dashboard.maps.paper_sheet import PaperSheet, circle_radius
from dashboard.maps.picture import bounds
from dashboard.maps.place_names import write_names
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.callouts import Callout
from geodata.cartography.palette import QUIET, STATE_COLOURS

INK, LINE, AWAY, HERE = "#10171c", "#37474f", "#f1f3f4", "#0b57d0"
# Of the width of the text: the column beside the map, and the air around the shown place.
_COLUMN, _AIR = 15.5, 0.04
_QUIET = 0.62
# Of rivers and roads: colour, and width by rank.
_LINES = {"river": ("#8aa6b4", (0.5, 0.9, 1.6)), "road": ("#7a6f60", (0.35, 0.6, 1.0))}
# The window is made this much wider, one after another, until all cards find room.
_WIDER = (1.0, 1.15, 1.3, 1.45)
_THEME = "light"
_UNKNOWN = STATE_COLOURS["no_data"]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawnMap:
    """A drawn map: its figure, the typeface used, and how many places found no room for a name.

    Where only the worst are named (many places, or one in the spotlight) `unnamed` is 0.
    """

    figure: Figure = field(repr=False)
    typeface: Typeface
    unnamed: int

    def picture(self, form: str = "png") -> bytes:
        """Return the picture as png or svg; the same map gives the same bytes."""
        file = io.BytesIO()
        dates = {"png": {"Software": None}, "svg": {"Date": None}}
        with (
            warnings.catch_warnings(record=True) as said,
            matplotlib.rc_context({"svg.hashsalt": "guatu"}),
        ):
            warnings.simplefilter("always")
            self.figure.savefig(file, format=form, metadata=dates[form])
        for warning in said:  # a character that no installed typeface has becomes an empty box
            _LOG.warning("%s", warning.message)
        return file.getvalue()


def draw_map(atlas: Atlas, layer: Layer, sheet: PaperSheet | None = None) -> DrawnMap:
    """Return the map of a layer: places in their colours, names, legend, scale, north and inset.

    Drawn in a plane where the scale is true; the length of the bar is that of the middle. Raises
    BriefingError where a text is Chinese and no typeface with Chinese is installed.
    """
    sheet = sheet or PaperSheet()
    figure = Figure(figsize=(sheet.width, sheet.height), dpi=sheet.dpi)
    FigureCanvasAgg(figure)
    letters = typeface()
    column = sheet.text * _COLUMN / 72
    axes = figure.add_axes((0, 0, 1 - column / sheet.width, 1))
    axes.set_axis_off()
    ground = _Ground.of(atlas, layer)
    pointed = layer.pointed_out(atlas, sheet.lang) if sheet.worst else []
    painter = CalloutPainter(axes, layer, sheet, letters, pointed)
    window, placed = _laid_out(axes, ground, layer, painter, (sheet.width - column) / sheet.height)
    relief = relief_of(atlas)
    _lay_relief(axes, ground, relief, window, over=False)
    _fill(axes, ground, layer, sheet, quiet=_QUIET if relief else 1.0)
    _lay_relief(axes, ground, relief, window, over=True)
    _lay_lines(axes, ground, atlas)
    _borders(axes, ground, atlas, layer)
    _signs(axes, ground, layer, sheet, letters)
    callouts = painter.draw(placed)
    scale = (sheet.width - column) * sheet.dpi / (window[2] - window[0])  # pixels a metre
    if sheet.spotlight is not None:
        _light(axes, ground, layer, sheet, scale)
    unnamed = write_names(axes, atlas, layer, sheet, ground.lowest, letters, callouts)
    per_metre = scale / sheet.dpi * 72
    draw_margin(figure, atlas, layer, sheet, letters, unnamed=unnamed, points_per_metre=per_metre)
    return DrawnMap(figure, letters, unnamed)


@dataclass(frozen=True)
class _Ground:
    """The outlines of every level in metres; `lowest` are those of the layer, in its order."""

    plane: Plane
    lowest: np.ndarray
    levels: dict[str, np.ndarray]
    area: np.ndarray

    @classmethod
    def of(cls, atlas: Atlas, layer: Layer) -> _Ground:
        edges = np.array(bounds(atlas, layer.place))
        plane = Plane.around(edges)
        drawn = atlas.shapes(layer.level, layer.keys)
        above = atlas.levels[: atlas.levels.index(layer.level)]
        levels = {
            level: plane.project(atlas.geometry(level).geometry.to_numpy()) for level in above
        }
        level = atlas.level_of(layer.place) or atlas.levels[0]
        whole = atlas.geometry(level).geometry.index
        own = atlas.shapes(level, whole if layer.place is None else [layer.place])
        return cls(plane, plane.project(drawn), levels, plane.project(own))


def _laid_out(
    axes: Axes, ground: _Ground, layer: Layer, painter: CalloutPainter, aspect: float
) -> tuple[tuple[float, float, float, float], list[Callout | None]]:
    """Return the window that is shown and the cards in it: wider where that gives all of them room.

    A place whose card finds no room even then is told of by its name.
    """
    points = anchors_of(ground.lowest[[one.at for one in painter.pointed]])
    tried = []
    for wider in _WIDER if len(points) else _WIDER[:1]:
        window = _window(ground, aspect, wider)
        axes.set_xlim(window[0], window[2])
        axes.set_ylim(window[1], window[3])
        placed = painter.place(points, ground.area) if np.isfinite(points).all() else []
        tried.append((sum(one is not None for one in placed), -wider, window, placed))
        if tried[-1][0] == len(points):
            break
    _, _, window, placed = max(tried, key=lambda one: one[:2])
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    return window, placed or [None] * len(painter.pointed)


def _window(
    ground: _Ground, aspect: float, wider: float = 1.0
) -> tuple[float, float, float, float]:
    """Return left, low, right and high in metres: the shown place with air, widened to `aspect`."""
    window = shapely.total_bounds(ground.area)
    if not np.isfinite(window).all():
        window = shapely.total_bounds(ground.lowest)
    if not np.isfinite(window).all():
        window = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
    left, low, right, high = window
    air = _AIR * max(right - left, high - low, 1.0)
    wide, tall = right - left + 2 * air, high - low + 2 * air
    wide *= wider
    wide, tall = max(wide, tall * aspect), max(tall, wide / aspect)
    x, y = (left + right) / 2, (low + high) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2


def _lay_relief(
    axes: Axes,
    ground: _Ground,
    relief: GroundPicture | None,
    window: tuple[float, float, float, float],
    *,
    over: bool,
) -> None:
    """Draw the relief under the places, where it shows through the quiet ones, or paler over all."""
    if relief is None:
        return
    west, south, east, north = relief.bounds
    middle = ((west + east) / 2, (south + north) / 2)
    ends = shapely.points(
        [(west, middle[1]), (middle[0], south), (east, middle[1]), (middle[0], north)]
    )
    left, low, right, high = ground.plane.project(ends)
    axes.imshow(
        relief.pixels(),
        extent=(
            float(shapely.get_x(left)),
            float(shapely.get_x(right)),
            float(shapely.get_y(low)),
            float(shapely.get_y(high)),
        ),
        aspect="auto",
        interpolation="bilinear",
        alpha=0.45 if over else 0.6,
        zorder=0.9 if not over else 1.0,
    )
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])


def _lay_lines(axes: Axes, ground: _Ground, atlas: Atlas) -> None:
    """Draw rivers and roads quietly, the wider the higher their rank, and seats as small squares."""
    for (kind, rank), shapes in lines_of(atlas).items():
        moved = ground.plane.project(shapes)
        if kind == "settlement":
            at = shapely.get_coordinates(shapely.centroid(moved))
            axes.plot(*at.T, "s", ms=3.2, mfc="#ffffff", mec=INK, mew=0.9, zorder=2.2)
            continue
        colour, widths = _LINES[kind]
        lines = [shapely.get_coordinates(one) for one in shapely.get_parts(moved)]
        drawn = LineCollection(lines, colors=colour, linewidths=widths[rank - 1], alpha=0.75)
        drawn.set_zorder(1.0)
        axes.add_collection(drawn, autolim=False)


def _fill(axes: Axes, ground: _Ground, layer: Layer, sheet: PaperSheet, *, quiet: float) -> None:
    """Fill every place: in its class, hatched without data, pale outside the shown place.

    With a relief below, outside and the value that stands apart are `quiet`: they let it through.
    """
    pale = 0.42 if sheet.spotlight is not None else 1.0
    away = ground.lowest[~layer.inside]
    _patch(axes, away, facecolor=AWAY, edgecolor="#ffffff", linewidth=0.5, alpha=quiet)
    apart = -1 if layer.kind != "plain" else layer.breaks.apart_class
    colours = layer.palette.colours[_THEME]
    if layer.form == "circles":
        colours = (QUIET[_THEME],) * len(colours)
    for class_, colour in enumerate(colours):
        chosen = ground.lowest[layer.inside & (layer.classes == class_)]
        hatch = UNSURE if class_ == layer.hatched else None
        style = {"facecolor": colour, "edgecolor": "#90a4ae", "hatch": hatch, "linewidth": 0}
        faint = quiet if class_ == apart or layer.form == "circles" else 1.0
        _patch(axes, chosen, alpha=pale * faint, **style)
    for state, ground_colours in STATE_COLOURS.items():
        base, stroke = ground_colours[_THEME]
        style = {"facecolor": base, "edgecolor": stroke, "hatch": HATCHES[state], "linewidth": 0}
        _patch(axes, ground.lowest[layer.without_class(state)], alpha=pale, **style)


def _borders(axes: Axes, ground: _Ground, atlas: Atlas, layer: Layer) -> None:
    """Draw the edges of the places thin and light, those above them dark, the shown one thick."""
    thin = 0.7 if layer.inside.sum() <= 400 else 0.3
    inside = ground.lowest[layer.inside]
    _patch(axes, inside, facecolor="none", edgecolor="#ffffff", linewidth=thin)
    _patch(axes, inside, facecolor="none", edgecolor="#5f6b73", linewidth=thin * 0.5)
    for depth, shapes in enumerate(reversed(ground.levels.values())):
        _patch(axes, shapes, facecolor="none", edgecolor=LINE, linewidth=1.1 + 0.7 * depth)
    _patch(axes, ground.area, facecolor="none", edgecolor=INK, linewidth=2.2)
    for outline in layer.outlines:
        whole = np.array([shapely.union_all(ground.lowest[list(outline.at)])])
        _patch(axes, whole, facecolor="none", edgecolor="#ffffff", linewidth=5)
        _patch(axes, whole, facecolor="none", edgecolor=INK, linewidth=2.8)


def _signs(axes: Axes, ground: _Ground, layer: Layer, sheet: PaperSheet, letters: Typeface) -> None:
    """Draw the circles of figures that add up, and the signs that stand on places."""
    if layer.form == "circles":
        shown = np.flatnonzero(layer.inside & (layer.values > 0))
        shown = shown[np.argsort(-layer.values[shown], kind="stable")]
        points = anchors_of(ground.lowest[shown])
        radius = circle_radius(layer.values[shown], layer.largest, sheet)
        colours = np.array(layer.palette.colours[_THEME])[layer.classes[shown]]
        # The area of a marker is told in points by the square around it.
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=(2 * radius) ** 2,
            c=colours.tolist(),
            linewidths=0.9,
            edgecolors="#ffffff",
            alpha=0.92,
            zorder=2.5,
        )
    font = FontProperties(family=list(letters.families), size=sheet.text * 0.8)
    at = [position for position, _ in layer.signs]
    for (x, y), (_, sign) in zip(anchors_of(ground.lowest[at]), layer.signs, strict=True):
        if np.isfinite(x):
            halo = [withStroke(linewidth=2, foreground="#ffffff")]
            axes.text(
                x,
                y,
                sign,
                fontproperties=font,
                color=INK,
                ha="center",
                va="center",
                zorder=2.6,
                path_effects=halo,
            )


def anchors_of(shapes: np.ndarray) -> np.ndarray:
    """Return the middle of the largest circle in each shape (n, 2); NaN without a shape."""
    circles = shapely.maximum_inscribed_circle(shapes)
    return np.array(
        [
            shapely.get_coordinates(one)[0]
            if one is not None and not one.is_empty
            else (np.nan, np.nan)
            for one in circles
        ]
    ).reshape(-1, 2)


def _light(axes: Axes, ground: _Ground, layer: Layer, sheet: PaperSheet, scale: float) -> None:
    """Show one place in full colour with a bright edge; a small one stands in a ring as well."""
    own = ground.lowest[layer.keys == sheet.spotlight]
    own = own[~shapely.is_missing(own)] if len(own) else own
    if len(own) == 0:
        return
    class_ = int(layer.classes[layer.keys.get_loc(sheet.spotlight)])
    colours = layer.palette.colours[_THEME]
    state = str(layer.states[layer.keys.get_loc(sheet.spotlight)])
    known = class_ < len(colours)
    colour = colours[class_] if known else STATE_COLOURS.get(state, _UNKNOWN)[_THEME][0]
    _patch(axes, own, facecolor=colour, edgecolor="#ffffff", linewidth=5)
    _patch(axes, own, facecolor="none", edgecolor=HERE, linewidth=3)
    left, low, right, high = shapely.total_bounds(own)
    if max(right - left, high - low) * scale < sheet.dpi * 0.4:
        middle = ((left + right) / 2, (low + high) / 2)
        axes.plot(*middle, "o", ms=34, mfc="none", mec=HERE, mew=3)


def _patch(axes: Axes, shapes: np.ndarray, **style: Any) -> None:
    path = path_of(shapes)
    if path is not None:
        # Added without its extent: the window is set, and measuring each edge takes most of the time.
        axes.add_artist(PathPatch(path, joinstyle="round", **style))
