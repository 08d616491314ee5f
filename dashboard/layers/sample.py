"""The map of a sample: which villages were drawn, of which kind, and how each was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from dashboard.layers import Headline, LayerKind, Sample, counted_headline
from dashboard.layers.map_source import MapSource
from dashboard.layers.plain import draw_plain
from dashboard.view import View
from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import CategoryLayer, Layer, Palette
from geodata.cartography.layer import LONGEST_NAME, LegendRow, PointedOut
from geodata.escaping import plain_text

# The strata with how a village of each was chosen, as the map tells them apart.
CLASSES = ("exited_weak", "other_weak", "exited_lot", "other_lot")
_COLOURS = {
    "light": ("#a50f15", "#fb6a4a", "#08519c", "#6baed6", "#eceff2"),
    "dark": ("#ffd23f", "#f4773b", "#9fd8ff", "#4a8fc9", "#2b333c"),
}
# So many villages of a sample are named; of more, names would cover the map.
NAMED = 40
_NAMES = (*CLASSES, "none")
SAMPLE_PALETTE = Palette(_COLOURS)


@dataclass(frozen=True)
class SampledLayer(CategoryLayer):
    """A layer of the villages drawn: CLASSES in words, all others in grey."""

    kind: ClassVar[str] = "sample"

    def title(self, lang: str | None = None) -> str:
        """Return what stands over the legend."""
        return i18n.text("cartography.sample_title", lang)

    def pointed_out(self, atlas: Atlas, lang: str | None = None) -> list[PointedOut]:
        """Return the villages that were drawn by name; of many, only the first."""
        names = atlas.places["name"].reindex(self.keys).to_numpy()
        return [
            PointedOut(at, plain_text(names[at], LONGEST_NAME)) for at in self.positions[:NAMED]
        ]

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes in words; no village is without one."""
        return super().legend(lang)[:-1]

    @property
    def positions(self) -> list[int]:
        """Return the positions of the shown villages that were drawn."""
        return np.flatnonzero((self.classes < len(CLASSES)) & self.inside).tolist()


def draw_sampled(plain: Layer, sample: Mapping[str, str]) -> SampledLayer:
    """Return the layer of a sample; `sample` has one of CLASSES for each drawn village."""
    chosen = pd.Series(sample, dtype="object").reindex(plain.keys).fillna("none")
    classes = chosen.map({name: at for at, name in enumerate(_NAMES)}).to_numpy("uint8")
    return SampledLayer.worded(plain, classes, SAMPLE_PALETTE, names=_NAMES, unknown="none")


def _wants(source: MapSource, view: View, sample: Sample) -> bool:
    return view.level == source.atlas.lowest and bool(sample)


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    return draw_sampled(draw_plain(source, view), sample)


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Say how many villages of the shown place are in the sample, and how they were chosen."""
    counts = layer.counts.tolist()
    weak, lot = sum(counts[:2]), sum(counts[2:4])
    return counted_headline(
        "map.sampled", source, view, layer, seed=view.seed, all=weak + lot, weak=weak, lot=lot
    )


# Beside the sample, whatever else is asked for, the map shows what was drawn.
KIND = LayerKind("sample", 10, _wants, _draw, _says)
