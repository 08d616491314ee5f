"""Counts by label as horizontal bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import holoviews as hv
import pandas as pd
from bokeh.models import CategoricalTickFormatter

from dashboard.charts.look import COLOURS, dressed, start
from geodata.escaping import plain_text

# More bars than this are not told apart on a wall.
BARS = 8
# Pixels of each bar that lies, and of what is around the bars.
_BAR, _AROUND = 36, 44


def height(parts: pd.DataFrame) -> int:
    """Return the pixels the chart needs."""
    return _AROUND + _BAR * min(len(parts), BARS)


def draw(parts: pd.DataFrame, *, dark: bool) -> hv.Overlay:
    """Return the column `count` by label, largest on top; at most eight bars, zero at the left."""
    start()
    ink = COLOURS["dark" if dark else "light"]
    shown = parts["count"].head(BARS).iloc[::-1]
    names = [_fitted(str(name)) for name in shown.index]
    values = shown.to_numpy(dtype="float64")
    bars = hv.Bars((names, values), kdims="part", vdims="count")
    told = hv.Labels(
        (names, values, [f" {value:,.0f}" for value in values]), ["part", "count"], "said"
    )
    told = told.opts(
        text_align="left", text_color=ink["ink"], text_font_size="13pt", invert_axes=True
    )
    bars = bars.opts(color=ink["own"], line_color=None, invert_axes=True, bar_width=0.7)
    return (bars * told).opts(
        responsive=True,
        xlabel="",
        ylabel="",
        toolbar=None,
        show_legend=False,
        hooks=[dressed(ink), _roomy(float(values.max(initial=1)))],
        fontsize={"ticks": "12pt"},
    )


def _fitted(name: str) -> str:
    """Return a name cut where it would take the bars' room; a Chinese sign is two letters wide."""
    wide = sum(1 for sign in name if not sign.isascii())
    return plain_text(name, 18 if 2 * wide > len(name) else 34)


def _roomy(largest: float) -> Callable[[Any, object], None]:
    """Return a hook that leaves room for the number after the longest bar."""

    def hook(plot: Any, element: object) -> None:
        figure = plot.state
        figure.x_range.start, figure.x_range.end = 0, 1.18 * largest
        figure.xaxis.visible = False
        figure.yaxis.formatter = CategoricalTickFormatter()
        figure.xgrid.grid_line_color = None

    return hook
