"""The wall map: villages ticked off when nothing is open, else in the colour of the worst finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dashboard.layers import Headline, LayerKind, Sample, counted_headline
from dashboard.layers.map_source import MapSource
from dashboard.layers.plain import draw_plain
from dashboard.texts import text
from dashboard.view import View
from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, CategoryLayer, Layer, Palette
from geodata.cartography.layer import PointedOut

# The way of classing that is offered where findings are known.
WALL = "wall"
CLASSES = ("high", "medium", "low", "none")
TICKED = CLASSES.index("none")
_COLOURS = {
    "light": ("#a50f15", "#fb8d3d", "#fee391", "#e4f1e6"),
    "dark": ("#fde047", "#f47d3a", "#8f3f5c", "#1f3a2c"),
}
WALL_PALETTE = Palette(_COLOURS)


@dataclass(frozen=True)
class WallLayer(CategoryLayer):
    """A layer of open findings: CLASSES in words."""

    kind: ClassVar[str] = WALL

    def title(self, lang: str | None = None) -> str:
        """Return what stands over the legend."""
        return i18n.text("cartography.wall_title", lang)

    @property
    def signs(self) -> list[tuple[int, str]]:
        """Return a tick on every place in which nothing is open."""
        done = np.flatnonzero((self.classes == TICKED) & self.inside)
        return [(int(at), "✓") for at in done]

    def pointed_out(self, atlas: Atlas, lang: str | None = None) -> list[PointedOut]:
        """Return nothing: the colour says what is worst."""
        return []


def draw_wall(plain: Layer, worst: pd.Series) -> WallLayer:
    """Return the layer of open findings; `worst` has one of CLASSES for each judged village."""
    severities = worst.reindex(plain.keys).map({name: at for at, name in enumerate(CLASSES)})
    classes = np.where(severities.isna(), NO_DATA, severities.fillna(0)).astype("uint8")
    return WallLayer.worded(plain, classes, WALL_PALETTE, names=CLASSES, unknown="unknown")


def _wants(source: MapSource, view: View, sample: Sample) -> bool:
    lowest = view.level == source.atlas.lowest
    return lowest and view.classes == WALL and source.findings is not None


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    assert source.findings is not None
    worst = source.findings.worst(source.atlas, view.theme, view.period)
    return draw_wall(draw_plain(source, view), worst)


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Say how many places are ticked off, of all that could be judged."""
    counts = layer.counts.tolist()
    theme = source.themes[view.theme].title[view.lang] if view.theme in source.themes else ""
    done, judged = counts[TICKED], sum(counts)
    return counted_headline(
        "map.ticked", source, view, layer, whole, about=theme, done=done, all=judged
    )


KIND = LayerKind(
    WALL,
    40,
    _wants,
    _draw,
    _says,
    classes=lambda lang: text("controls.wall", lang),
    offered=lambda source: source.findings is not None,
    lowest=True,
)
