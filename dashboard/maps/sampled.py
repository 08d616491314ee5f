"""The map of a sample: which villages were drawn, of which kind, and how each was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.cartography import CategoryLayer, Layer, Palette
from geodata.cartography.layer import LegendRow
from geodata.cartography.palette import NO_DATA_COLOURS

# The strata with how a village of each was chosen, as the map tells them apart.
CLASSES = ("exited_weak", "other_weak", "exited_lot", "other_lot")
_COLOURS = {
    "light": ("#a50f15", "#fb6a4a", "#08519c", "#6baed6", "#eceff2"),
    "dark": ("#ffd23f", "#f4773b", "#9fd8ff", "#4a8fc9", "#2b333c"),
}
_NAMES = (*CLASSES, "none")
SAMPLE_PALETTE = Palette(_COLOURS, NO_DATA_COLOURS)


@dataclass(frozen=True)
class SampledLayer(CategoryLayer):
    """A layer of the villages drawn: CLASSES in words, all others in grey."""

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes in words; no village is without one."""
        return super().legend(lang)[:-1]

    @property
    def drawn(self) -> list[int]:
        """Return the positions of the shown villages that were drawn."""
        return np.flatnonzero((self.classes < len(CLASSES)) & self.inside).tolist()


def draw_sampled(plain: Layer, sample: Mapping[str, str]) -> SampledLayer:
    """Return the layer of a sample; `sample` has one of CLASSES for each drawn village."""
    found = pd.Series(sample, dtype="object").reindex(plain.keys).fillna("none")
    classes = found.map({name: at for at, name in enumerate(_NAMES)}).to_numpy("uint8")
    return SampledLayer.over(
        plain, classes, SAMPLE_PALETTE, kind="sample", names=_NAMES, unknown="none"
    )
