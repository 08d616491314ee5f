"""Figures for outside: counts that could point at a household are not shown, nor what gives them away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas
from geodata.cartography import NO_DATA, Layer
from geodata.figures import STATES, SmallFigures

_HIDDEN = STATES[3]


def public_layer(layer: Layer, hidden: pd.Series) -> Layer:
    """Return the layer as it may leave; `hidden` is by place."""
    gone = hidden.reindex(layer.keys, fill_value=False).to_numpy(dtype=bool)
    values = np.where(gone, np.nan, layer.values)
    classes = np.where(gone, NO_DATA, layer.classes).astype("uint8")
    return replace(
        layer, values=values, classes=classes, states=np.where(gone, _HIDDEN, layer.states)
    )


def small_outside(atlas: Atlas, smallest: int) -> SmallFigures:
    """Return which figures are of too few to be shown outside.

    Outside, counts of anything are checked, whoever makes the page.
    """
    whole = atlas.whole if isinstance(atlas, ScopedAtlas) else atlas

    def make() -> SmallFigures:
        keys = whole.places.index
        nobody, everybody = pd.Series(False, index=keys), pd.Series(True, index=keys)
        return SmallFigures(whole, nobody, everybody, smallest, everything=True)

    return whole.once(("small outside", smallest), make)
