"""Figures for outside: counts that could point at a household are not shown, nor what gives them away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, Layer
from geodata.figures import STATES, Indicator, small_figures

_HIDDEN = STATES[3]


def public_layer(layer: Layer, hidden: pd.Series) -> Layer:
    """Return the layer as it may leave; `hidden` is by place."""
    gone = hidden.reindex(layer.keys, fill_value=False).to_numpy(dtype=bool)
    values = np.where(gone, np.nan, layer.values)
    classes = np.where(gone, NO_DATA, layer.classes).astype("uint8")
    return replace(
        layer, values=values, classes=classes, states=np.where(gone, _HIDDEN, layer.states)
    )


def hidden_places(
    atlas: Atlas, indicator: Indicator, period: str, level: str, smallest: int
) -> pd.Series:
    """Return which places of a level may not be shown in a period; index key.

    Outside, counts of anything are checked, and what two of them give away together.
    """
    frame = atlas.frame(indicator.key, period, level)
    parents = atlas.places["parent"]
    return small_figures(frame, indicator, parents, smallest=smallest, everything=True)
