"""Cards that tell of the worst places on a drawn map, each with a line to its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import IdentityTransform

from dashboard.maps.fonts import Typeface
from dashboard.maps.ground import renderer_of
from dashboard.maps.paper_sheet import PaperSheet
from geodata.cartography import Layer
from geodata.cartography.callouts import STEP, Anchor, Box, Callout, place_callouts
from geodata.cartography.layer import PointedOut

# Of the text of the sheet: name, place above, figure, parts; and of which weight.
_SIZES = {
    "name": (0.8, "bold"),
    "above": (0.6, "normal"),
    "figure": (1.02, "bold"),
    "parts": (0.64, "normal"),
}
# The text of a sheet is as large as this many pixels of the page that the cards are laid out for.
_TEXT = 24.0
_AIR, _EDGE = 0.5, 0.28  # of the text: within a card, and its coloured edge
INK, SOFT = "#15202b", "#566370"


@dataclass(frozen=True)
class PaperCallouts:
    """The cards that found room, what they take (pixels, y upwards) and their lines; all or none."""

    boxes: tuple[Box, ...] = ()
    lines: tuple[shapely.LineString, ...] = ()
    told: frozenset[int] = frozenset()


class CalloutPainter:
    """Lays out and draws the cards of one map; lengths are pixels of its axes, y upwards."""

    def __init__(
        self,
        axes: Axes,
        layer: Layer,
        sheet: PaperSheet,
        letters: Typeface,
        pointed: Sequence[PointedOut],
    ) -> None:
        self.axes, self.layer, self.letters = axes, layer, letters
        self.text = sheet.text * sheet.dpi / 72
        # Pixels of the drawing to one pixel of the page that the rules are for.
        self.unit = self.text / _TEXT
        self.pointed = [one for one in pointed if one.figure]
        self.fonts = {
            kind: FontProperties(
                family=list(letters.families), size=size * sheet.text, weight=weight
            )
            for kind, (size, weight) in _SIZES.items()
        }

    def place(self, anchors: np.ndarray, land: np.ndarray) -> list[Callout | None]:
        """Return a place for each card; `anchors` and the shown place (`land`) are in data units."""
        extent = self.axes.get_window_extent()
        to_page = self._to_page
        sizes = [self._size(one) for one in self.pointed]
        wanted = [
            Anchor(x, y, width / self.unit, height / self.unit)
            for (x, y), (width, height) in zip(to_page(anchors), sizes, strict=True)
        ]
        high = extent.height / self.unit
        rows = _rows(shapely.transform(land, to_page), high)
        return place_callouts(wanted, width=extent.width / self.unit, height=high, land=rows)

    def draw(self, placed: Sequence[Callout | None]) -> PaperCallouts:
        """Draw the cards and their lines; returns what they take."""
        known = [(one, at) for one, at in zip(self.pointed, placed, strict=True) if at is not None]
        for _, callout in known:
            self._line(callout)
        for pointed, callout in known:
            self._card(pointed, callout)
        boxes = tuple(self._box(callout) for _, callout in known)
        lines = tuple(shapely.LineString(self._from_page(np.array(c.line))) for _, c in known)
        return PaperCallouts(boxes, lines, frozenset(one.at for one, _ in known))

    def _to_page(self, points: np.ndarray) -> np.ndarray:
        extent = self.axes.get_window_extent()
        at = self.axes.transData.transform(points)
        return np.column_stack([at[:, 0] - extent.x0, extent.y1 - at[:, 1]]) / self.unit

    def _from_page(self, points: np.ndarray) -> np.ndarray:
        extent = self.axes.get_window_extent()
        moved = points * self.unit
        return np.column_stack([extent.x0 + moved[:, 0], extent.y1 - moved[:, 1]])

    def _box(self, callout: Callout) -> Box:
        (left, top), (right, low) = self._from_page(np.array(callout.box).reshape(2, 2))
        return float(left), float(low), float(right), float(top)

    def _wide(self, words: str, kind: str) -> float:
        renderer = renderer_of(self.axes.get_figure(root=True))
        words = self.letters.check(words)
        return float(renderer.get_text_width_height_descent(words, self.fonts[kind], False)[0])

    def _rows_of(self, pointed: PointedOut) -> Iterator[tuple[tuple[str, str], ...]]:
        yield (pointed.name, "name"), (pointed.above, "above")
        yield (pointed.figure, "figure"), (pointed.parts, "parts")

    def _size(self, pointed: PointedOut) -> tuple[float, float]:
        wide = max(
            sum(self._wide(words, kind) + self.text * 0.4 * bool(words) for words, kind in row)
            for row in self._rows_of(pointed)
        )
        return wide + self.text * (2 * _AIR + _EDGE), self.text * (2 * _AIR + 2.3)

    def _line(self, callout: Callout) -> None:
        points = self._from_page(np.array(callout.line))
        halo = [withStroke(linewidth=self.unit * 4.4, foreground="#ffffff")]
        drawn = [
            *self.axes.plot(*points.T, lw=max(self.unit * 1.1, 0.7)),
            *self.axes.plot(*points[0], "o", ms=self.unit * 5, mfc="#ffffff", mec=INK),
        ]
        for line in drawn:
            line.set(color=INK, transform=IdentityTransform(), zorder=5, path_effects=halo)
        drawn[1].set(markerfacecolor="#ffffff")

    def _card(self, pointed: PointedOut, callout: Callout) -> None:
        left, low, right, top = self._box(callout)
        edge = self.text * _EDGE
        on_left = callout.line[-1][0] == callout.box[2]
        class_ = int(self.layer.classes[pointed.at])
        colours = self.layer.palette.colours["light"]
        colour = colours[class_] if class_ < len(colours) else INK
        begin = right - edge if on_left else left
        for x, wide, fill in ((left, right - left, "#ffffff"), (begin, edge, colour)):
            box = Rectangle((x, low), wide, top - low, facecolor=fill, linewidth=0)
            box.set(transform=IdentityTransform(), zorder=6)
            self.axes.add_artist(box)
        y = top - self.text * (_AIR + 0.75)
        for row in self._rows_of(pointed):
            x = left + self.text * _AIR + (0 if on_left else edge)
            for words, kind in row:
                self._write(x, y, words, kind)
                x += self._wide(words, kind) + self.text * 0.4
            y -= self.text * 1.4

    def _write(self, x: float, y: float, words: str, kind: str) -> None:
        self.axes.text(
            x,
            y,
            self.letters.check(words),
            fontproperties=self.fonts[kind],
            color=SOFT if kind in ("above", "parts") else INK,
            transform=IdentityTransform(),
            parse_math=False,
            va="baseline",
            zorder=7,
        )


def _rows(land: np.ndarray, height: float) -> list[tuple[float, float] | None]:
    """Return the left and right end of shapes in every STEP pixels from the top."""
    whole = shapely.union_all(land)
    rows: list[tuple[float, float] | None] = []
    for at in range(int(height // STEP) + 1):
        strip = shapely.box(-1e6, at * STEP, 1e6, (at + 1) * STEP)
        left, _, right, _ = shapely.bounds(shapely.intersection(whole, strip)).tolist()
        rows.append((left, right) if np.isfinite(left) else None)
    return rows
