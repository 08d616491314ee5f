"""Figures for outside: counts that could point at a household are not shown, nor what gives them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.texts import text
from geodata.access import small_counts
from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, Layer, LegendRow
from geodata.cube import Measure


@dataclass(frozen=True)
class PublicLayer(Layer):
    """A layer without the figures in `hidden`, which the legend counts apart from missing data."""

    hidden: np.ndarray

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes, then places without data, then places whose count is too small."""
        *rows, missing = super().legend(lang)
        count = int(np.sum(self.hidden & self.inside))
        lost = LegendRow(missing.label, missing.count - count, missing.colour, no_data=True)
        told = text("paper.suppressed", lang)
        return (*rows, lost, LegendRow(told, count, missing.colour, no_data=True))


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


def public_layer(layer: Layer, hidden: pd.Series) -> PublicLayer:
    """Return the layer as it may leave; `hidden` is by place."""
    gone = hidden.reindex(layer.keys, fill_value=False).to_numpy()
    fields: Mapping[str, object] = {
        name: getattr(layer, name) for name in Layer.__dataclass_fields__
    }
    values = np.where(gone, np.nan, layer.values)
    classes = np.where(gone, NO_DATA, layer.classes).astype("uint8")
    return PublicLayer(**{**fields, "values": values, "classes": classes, "hidden": gone})  # type: ignore[arg-type]


def hidden_places(
    atlas: Atlas, measure: Measure, period: str, level: str, smallest: int
) -> pd.Series:
    """Return which places of a level may not be shown in a period; index key."""
    frame = atlas.frame(measure.key, period, level)
    return too_small(frame, atlas.places["parent"], measure, smallest)
