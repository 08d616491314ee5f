"""The wall map: villages ticked off when nothing is open, else in the colour of the worst finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.cartography import NO_DATA, CategoryLayer, Layer, Palette
from geodata.cartography.palette import NO_DATA_COLOURS

# The way of classing that is offered where findings are known.
WALL = "wall"
CLASSES = ("high", "medium", "low", "none")
TICKED = CLASSES.index("none")
_COLOURS = {
    "light": ("#a50f15", "#fb8d3d", "#fee391", "#e4f1e6"),
    "dark": ("#fde047", "#f47d3a", "#8f3f5c", "#1f3a2c"),
}
WALL_PALETTE = Palette(_COLOURS, NO_DATA_COLOURS)


@dataclass(frozen=True)
class WallLayer(CategoryLayer):
    """A layer of open findings: CLASSES in words."""


def draw_wall(plain: Layer, worst: pd.Series) -> WallLayer:
    """Return the layer of open findings; `worst` has one of CLASSES for each judged village."""
    found = worst.reindex(plain.keys).map({name: at for at, name in enumerate(CLASSES)})
    classes = np.where(found.isna(), NO_DATA, found.fillna(0)).astype("uint8")
    return WallLayer.over(
        plain, classes, WALL_PALETTE, kind="wall", names=CLASSES, unknown="unknown"
    )
