"""Charts of the page, drawn by HoloViews with Bokeh."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cache

import holoviews as hv
import pandas as pd
from bokeh.models import CategoricalTickFormatter, NumeralTickFormatter, Plot

from geodata.escaping import plain_text

COLOURS = {
    "light": {
        "own": "#0b57d0",
        "above": "#78828c",
        "ink": "#10171c",
        "ground": "#ffffff",
        "grid": "#dde2e7",
    },
    "dark": {
        "own": "#7cc4ff",
        "above": "#9aa7b2",
        "ink": "#ffffff",
        "ground": "#1a2027",
        "grid": "#37414b",
    },
}


@cache
def start() -> None:
    """Load HoloViews' drawing by Bokeh, once in a process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hv.extension("bokeh", logo=False)


# Okabe and Ito: told apart by colour-blind eyes and on a projector.
_PARTS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")


def composition(parts: pd.DataFrame, *, order: Sequence[str], dark: bool):
    """Return amounts by period stacked by part; index period, a column for each part.

    `order` names all parts there can be, so that a part has the same colour on every card. What is
    missing is left out; amounts below zero hang under the axis.
    """
    start()
    ink = COLOURS["dark" if dark else "light"]
    long = parts.rename_axis(index="period", columns="part").stack().rename("amount").reset_index()
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


# More bars than this are not told apart on a wall.
BARS = 8


def counted(counts: pd.Series, *, dark: bool):
    """Return counts by label as horizontal bars, largest on top; at most eight, zero at the left."""
    start()
    ink = COLOURS["dark" if dark else "light"]
    shown = counts.head(BARS).iloc[::-1]
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


def _roomy(largest: float):
    """Return a hook that leaves room for the number after the longest bar."""

    def hook(plot, element) -> None:
        figure = plot.state
        figure.x_range.start, figure.x_range.end = 0, 1.18 * largest
        figure.xaxis.visible = False
        figure.yaxis.formatter = CategoricalTickFormatter()
        figure.xgrid.grid_line_color = None

    return hook


def dressed(ink: dict[str, str]):
    """Return a hook that sets the colours and the number format of a figure."""

    def hook(plot, element) -> None:
        dress(plot.state, ink)

    return hook


def dress(figure: Plot, ink: dict[str, str]) -> None:
    """Set the colours and the number format of a figure; nothing moves it.

    A wheel over a chart scrolls the page it stands on, and a drag does nothing.
    """
    figure.toolbar.update(tools=[], active_scroll=None, active_drag=None, active_tap=None)
    figure.background_fill_color = figure.border_fill_color = ink["ground"]
    figure.outline_line_color = None
    figure.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    figure.xgrid.grid_line_color = None
    figure.ygrid.grid_line_color = ink["grid"]
    for axis in (*figure.xaxis, *figure.yaxis):
        axis.major_label_text_color = axis.axis_line_color = ink["ink"]
        axis.major_tick_line_color = ink["ink"]
        axis.minor_tick_line_color = None
    for legend in figure.legend:
        legend.background_fill_alpha = 0
        legend.border_line_color = None
        legend.label_text_color = ink["ink"]
        legend.orientation = "horizontal"
