"""Figures for outside: counts that could point at a household are not shown, nor what gives them away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.access import small_counts
from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, Layer
from geodata.cube import Measure


def too_small(
    frame: pd.DataFrame, parents: pd.Series, measure: Measure, smallest: int
) -> pd.Series:
    """Return which places of a level may not be shown, row for row of `frame`.

    `frame` has numerator and denominator. Hidden are counts above zero and below `smallest`, also
    of those not counted (whole less counted), and of everybody behind a mean. Where one place of a
    parent is hidden alone, a second one is, so that no subtraction brings it back.
    """
    counted, whole = frame["numerator"], frame["denominator"]
    if measure.adds_up == "sum":
        checked = [] if measure.is_money else [counted]
    elif counts_subjects(measure):
        checked = [counted, whole - counted, whole]
    else:
        checked = [whole]
    hidden = pd.Series(False, index=frame.index)
    for counts in checked:
        hidden |= small_counts(counts, smallest, parents.reindex(frame.index))
    return hidden


def counts_subjects(measure: Measure) -> bool:
    """Return whether numerator and denominator are numbers of households (or sites, works)."""
    return measure.adds_up == "ratio" and measure.unit["zh"] == "%" and measure.denominator == "1"


def public_layer(layer: Layer, hidden: pd.Series) -> Layer:
    """Return the layer as it may leave; `hidden` is by place."""
    gone = hidden.reindex(layer.keys, fill_value=False).to_numpy(dtype=bool)
    values = np.where(gone, np.nan, layer.values)
    classes = np.where(gone, NO_DATA, layer.classes).astype("uint8")
    return replace(layer, values=values, classes=classes, hidden=gone)


def hidden_places(
    atlas: Atlas, measure: Measure, period: str, level: str, smallest: int
) -> pd.Series:
    """Return which places of a level may not be shown in a period; index key."""
    frame = atlas.frame(measure.key, period, level)
    return too_small(frame, atlas.places["parent"], measure, smallest)
