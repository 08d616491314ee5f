"""Amounts by period stacked by part."""

from __future__ import annotations

from collections.abc import Sequence

import holoviews as hv
import pandas as pd

from dashboard.charts.look import COLOURS, dressed, start

# Okabe and Ito: told apart by colour-blind eyes and on a projector.
_PARTS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")


def height(parts: pd.DataFrame) -> int:
    """Return the pixels the chart needs."""
    return 280


def draw(parts: pd.DataFrame, *, dark: bool, order: Sequence[str] = ()) -> hv.Bars:
    """Return amounts by period stacked by part; index period, a column for each part.

    `order` names all parts there can be, so that a part has the same colour on every card; else
    those there are. What is
    missing is left out; amounts below zero hang under the axis.
    """
    start()
    order = list(order or parts.columns)
    ink = COLOURS["dark" if dark else "light"]
    stacked = pd.Series(parts.rename_axis(index="period", columns="part").stack(), name="amount")
    long = stacked.reset_index()
    bars = hv.Bars(long, kdims=["period", "part"], vdims="amount")
    return bars.opts(
        stacked=True,
        responsive=True,
        cmap=[_PARTS[order.index(part)] for part in parts.columns],
        xlabel="",
        ylabel="",
        legend_position="top",
        toolbar=None,
        xrotation=45,
        hooks=[dressed(ink)],
        fontsize={"ticks": "12pt", "legend": "12pt"},
    )
