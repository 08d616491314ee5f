"""What stands beside a drawn map: legend with counts, position, scale bar, north and mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle

from dashboard.maps.fonts import Typeface
from dashboard.maps.ground import Plane, path_of, renderer_of, round_length
from dashboard.maps.paper_sheet import PaperSheet, circle_radius
from dashboard.maps.picture import bounds, circle_values, legend_told
from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.layer import LegendRow
from geodata.cartography.palette import STATE_COLOURS
from geodata.cartography.words import number_text
from geodata.escaping import plain_text

INK, QUIET = "#10171c", "#4a555c"
_AIR = 8  # points
_CLOSING = "）】》，。；：、！？”"  # never at the beginning of a line
_FOOT = 54  # points for the scale bar and the north arrow
_SWATCH = 33  # points for the colour of a class and the gap after it
_INSET = 0.26  # of the height, at most
# How places without a class are filled, by the reason for it.
# A class of which neither side can be told.
UNSURE = "\\\\"
HATCHES = {"no_data": "////", "not_applicable": "--", "hidden": "....", "outside": None}


def draw_margin(
    figure: Figure,
    atlas: Atlas,
    layer: Layer,
    sheet: PaperSheet,
    letters: Typeface,
    *,
    unnamed: int,
    points_per_metre: float,
) -> None:
    """Draw the column at the right of the map from the legend down to the mark."""
    column = _Column(figure, sheet, letters)
    foot = column.mark(sheet.mark)
    column.scale(points_per_metre, foot)
    foot += _FOOT
    foot = column.inset(atlas, layer, sheet, foot)
    column.legend(atlas, layer, sheet.lang, unnamed, foot)


class _Column:
    """The right column of a sheet, measured in points from its lower left corner."""

    def __init__(self, figure: Figure, sheet: PaperSheet, letters: Typeface) -> None:
        map_axes = figure.axes[0]
        left = map_axes.get_position().x1
        self.figure, self.sheet, self.letters = figure, sheet, letters
        self.left, self.width = left, (1 - left) * sheet.width * 72
        self.height = sheet.height * 72
        self.axes = figure.add_axes((left, 0, 1 - left, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(0, self.height)

    def font(self, share: float, weight: str = "normal") -> FontProperties:
        """Return the typeface at a share of the sheet's text."""
        size = self.sheet.text * share
        return FontProperties(family=list(self.letters.families), size=size, weight=weight)

    def write(self, x: float, y: float, words: str, font: FontProperties, **how: Any) -> None:
        """Write words at a point."""
        how = {"color": INK, **how}
        words = self.letters.check(words)
        self.axes.text(x, y, words, fontproperties=font, parse_math=False, **how)

    def lines(self, words: str, font: FontProperties, most: int = 4) -> list[str]:
        """Return words broken to the width of the column, by character, or by word where there are spaces."""
        renderer = renderer_of(self.figure)
        room = (self.width - 2 * _AIR) * self.sheet.dpi / 72

        def wide(line: str) -> bool:
            return bool(renderer.get_text_width_height_descent(line, font, False)[0] > room)

        lines, line = [], ""
        for piece in _pieces(self.letters.check(words)):
            if line and wide((line + piece).rstrip()):
                lines.append(line.rstrip())
                line = ""
            line += piece
        lines.append(line.rstrip())
        return [*lines[: most - 1], *(["".join(lines[most - 1 :])] if len(lines) >= most else [])]

    def fit(self, rows: Sequence[LegendRow], counts: list[str], font: FontProperties) -> float:
        """Return what the text of the legend is shrunk by so that label and count stand apart."""
        renderer = renderer_of(self.figure)

        def wide(words: str) -> float:
            words = self.letters.check(words)
            return float(renderer.get_text_width_height_descent(words, font, False)[0])

        widest = max(
            wide(plain_text(row.label, 30)) + wide(count)
            for row, count in zip(rows, counts, strict=True)
        )
        room = (self.width - 2 * _AIR - _SWATCH - 6) * self.sheet.dpi / 72
        return float(min(1.0, room / max(widest, 1)))

    def mark(self, words: str) -> float:
        """Write the mark at the foot and return how high it reaches."""
        font = self.font(0.72)
        y = float(_AIR)
        for line in reversed(self.lines(words, font) if words else []):
            self.write(_AIR, y, line, font, color=QUIET)
            y += font.get_size() * 1.3
        return y

    def scale(self, per_metre: float, foot: float) -> None:
        """Draw the bar of a round length and, beside it, the arrow to the north."""
        lang = self.sheet.lang
        length = round_length((self.width - 70) / per_metre)
        far, y = length * per_metre, foot + 12
        for begin, colour in ((0.0, INK), (0.5, "#ffffff")):
            box = (_AIR + begin * far, y)
            self.axes.add_patch(Rectangle(box, far / 2, 6, fc=colour, ec=INK, lw=1))
        key, shown = ("kilometres", length / 1000) if length >= 1000 else ("metres", length)
        said = text(f"paper.{key}", lang, length=f"{shown:,.0f}")
        self.write(_AIR, y + 11, f"0 – {said}", self.font(0.78))
        x = self.width - 24
        arrow = [(x, y + 26), (x - 8, y), (x, y + 6), (x + 8, y)]
        self.axes.add_patch(Polygon(arrow, closed=True, fc=INK, ec=INK))
        self.write(x - 30, y + 8, text("paper.north", lang), self.font(0.9, "bold"), ha="center")

    def inset(self, atlas: Atlas, layer: Layer, sheet: PaperSheet, foot: float) -> float:
        """Draw where the shown place lies in the one above it; returns how high that reaches."""
        path = atlas.path(layer.place)
        if len(path) < 2:
            return foot
        key, parent = path[-1], path[-2]
        own, whole = _outline(atlas, key), _outline(atlas, parent)
        if own is None or whole is None:
            return foot
        font = self.font(0.72)
        title = self.lines(text("paper.inset", sheet.lang, place=_name(atlas, parent)), font, 2)
        room, tall = self.width - 2 * _AIR, self.height * _INSET
        plane = Plane.around(np.array(bounds(atlas, parent)))
        around, inner = plane.project(np.array([whole])), plane.project(np.array([own]))
        left, low, right, high = (float(edge) for edge in shapely.total_bounds(around))
        factor = min(room / (right - left), tall / (high - low))
        for shapes, style in (
            (around, {"fc": "#e7eaec", "ec": "#78909c", "lw": 1}),
            (inner, {"fc": "#0b57d0", "ec": "#0b57d0", "lw": 1}),
        ):
            moved = shapely.transform(
                shapes, lambda at: (at - [left, low]) * factor + [_AIR, foot + _AIR]
            )
            if (rings := path_of(moved)) is not None:
                self.axes.add_patch(PathPatch(rings, **style))
        top: float = foot + _AIR + (high - low) * factor + 4
        for line in reversed(title):
            self.write(_AIR, top, line, font, color=QUIET)
            top += font.get_size() * 1.3
        return top

    def legend(
        self, atlas: Atlas, layer: Layer, lang: str | None, unnamed: int, foot: float
    ) -> None:
        """Write title, a bar for each class, their sum, how the classes were cut, and what has no name."""
        unit = layer.indicator.unit_in(lang)
        title = plain_text(layer.indicator.title_in(lang), 60)
        title = text("paper.legend", lang, title=title, unit=unit) if unit else title
        level = text(f"atlas.{layer.level}", lang)
        rows, told = _rising(layer.legend(lang)), legend_told(atlas, layer, lang)
        head, small = self.font(0.95, "bold"), self.font(0.72)
        y = self.height - _AIR
        for line in self.lines(title, head, 3):
            y -= head.get_size() * 1.3
            self.write(_AIR, y, line, head)
        notes = self.lines(str(told["sum"]), small, 3) + self.lines(layer.rule(lang), small)
        if unnamed:
            said = text("paper.unnamed", lang, count=unnamed, level=level)
            notes += self.lines(said, small)
        below = len(notes) * small.get_size() * 1.3 + 2 * _AIR
        y -= 0.5 * _AIR
        if self.narrow(rows):
            y = self.bars(rows, y, min(self.sheet.text * 6.5, y - foot - below - 60))
        else:
            y = self.table(rows, level, y, y - foot - below)
        if layer.outlines:
            y = self.around(text("map.legend_outline", lang), y)
        if layer.form == "circles":
            y = self.circles(layer, lang, y)
        y -= _AIR
        for line in notes:
            y -= small.get_size() * 1.3
            self.write(_AIR, y, line, small, color=QUIET)

    def narrow(self, rows: Sequence[LegendRow]) -> bool:
        """Return whether the classes are told in so few signs that bars stand side by side."""
        room = (self.width - 2 * _AIR) / max(len(rows), 1)
        return len(rows) > 0 and max(len(row.label) for row in rows) * self.sheet.text * 0.4 <= room

    def bars(self, rows: Sequence[LegendRow], top: float, tall: float) -> float:
        """Draw a bar for each class, as high as it has places; returns how low that reaches."""
        font, bold = self.font(0.7), self.font(0.74, "bold")
        step = (self.width - 2 * _AIR) / len(rows)
        foot = top - tall
        most = max(1, *(row.count for row in rows))
        for at, row in enumerate(rows):
            left, high = _AIR + at * step, (tall - bold.get_size() * 1.5) * row.count / most
            high = max(high, 3.0 if not row.no_data else 8.0) if row.count else 0.5
            self.swatch(row, (left + 0.05 * step, foot), 0.9 * step, high)
            middle = left + step / 2
            self.write(middle, foot + high + 3, f"{row.count:,}", bold, ha="center")
            label = plain_text(row.label, 30)
            self.write(middle, foot - font.get_size() * 1.3, label, font, ha="center")
        return foot - font.get_size() * 1.6

    def swatch(self, row: LegendRow, at: tuple[float, float], wide: float, high: float) -> None:
        """Draw the look of a class in a box."""
        line, hatch = "#78909c", UNSURE if row.hatched else HATCHES.get(row.state)
        if row.no_data:
            line = STATE_COLOURS[row.state]["light"][1]
        box = Rectangle(at, wide, high, lw=0.6, ec=line, hatch=hatch)
        box.set_facecolor(row.colour["light"])
        self.axes.add_patch(box)

    def around(self, words: str, top: float) -> float:
        """Draw the look of an outline and what it is; returns how low that reaches."""
        font = self.font(0.72)
        low = top - font.get_size() * 2
        box = (_AIR + 1, low + 1)
        self.axes.add_patch(Rectangle(box, 24, font.get_size(), lw=2.4, fc="none", ec=INK))
        self.write(_AIR + _SWATCH, low + 2, words, font)
        return low

    def circles(self, layer: Layer, lang: str | None, top: float) -> float:
        """Draw circles of round figures, one standing in the other; returns how low that reaches."""
        font = self.font(0.72)
        values = circle_values(layer)
        if not values:
            return top
        radii = circle_radius(np.array(values), layer.largest, self.sheet)
        middle, foot = _AIR + radii[0], top - 2 * radii[0] - _AIR
        gap = max(2 * radii[0] / max(len(values) - 1, 1), font.get_size() * 1.2)
        for at, (value, radius) in enumerate(zip(values, radii, strict=True)):
            self.axes.add_patch(Circle((middle, foot + radius), radius, fc="none", ec=INK, lw=0.8))
            y = foot + 2 * radii[0] - at * gap
            self.axes.plot(
                [middle, middle + radii[0] + 8], [foot + 2 * radius, y], color=INK, lw=0.6
            )
            words = number_text(value, 0) + layer.suffix(lang)
            self.write(middle + radii[0] + 11, y, words, font, va="center")
        return float(min(foot, foot + 2 * radii[0] - (len(values) - 1) * gap - font.get_size()))

    def table(self, rows: Sequence[LegendRow], level: str, y: float, room: float) -> float:
        """Write a row for each class with its number of places; returns how low that reaches."""
        lang = self.sheet.lang
        high = min(self.sheet.text * 1.75, room / max(len(rows), 1))
        counts = [text("paper.count", lang, count=f"{row.count:,}", level=level) for row in rows]
        share = min(1.0, high / self.sheet.text / 1.3)
        font = self.font(share * self.fit(rows, counts, self.font(share)))
        for row, count in zip(rows, counts, strict=True):
            y -= high
            self.swatch(row, (_AIR, y), _SWATCH - 7, high * 0.72)
            middle = y + high * 0.36
            self.write(_AIR + _SWATCH, middle, plain_text(row.label, 30), font, va="center")
            right = self.width - _AIR
            self.write(right, middle, count, font, va="center", ha="right", color=QUIET)
        return y


def _rising(rows: Sequence[LegendRow]) -> list[LegendRow]:
    """Return the classes from the lowest up, then those without one that anybody is in."""
    classed = sorted((row for row in rows if row.at >= 0), key=lambda row: row.at)
    return classed + [row for row in rows if row.at < 0 and row.count]


def _pieces(words: str) -> list[str]:
    """Return where a line may break: after each Chinese character, after each space."""
    pieces = [""]
    for sign in words:
        if sign in _CLOSING and len(pieces) > 1 and not pieces[-1]:
            pieces.pop()
        pieces[-1] += sign
        if sign == " " or sign > "\u2e80":
            pieces.append("")
    return [piece for piece in pieces if piece]


def _outline(atlas: Atlas, key: str) -> shapely.Geometry | None:
    frame = atlas.geometry(atlas.level_of(key) or atlas.levels[0])
    return frame.geometry[key] if key in frame.index else None


def _name(atlas: Atlas, key: str) -> str:
    return plain_text(atlas.name(key), 12)
