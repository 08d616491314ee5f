"""Charts of the page, drawn by HoloViews with Bokeh."""

from __future__ import annotations

import warnings

import holoviews as hv
import pandas as pd
from bokeh.models import NumeralTickFormatter

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


def trend(own: pd.Series, above: pd.Series | None, *, names: tuple[str, str], now: str, dark: bool):
    """Return the course of a place (thick) against its parent (thin, dashed) with the period marked.

    Both series have period texts as index and shown values; NaN breaks the line.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hv.extension("bokeh", logo=False)
    ink = COLOURS["dark" if dark else "light"]
    curves = []
    if above is not None:
        curves.append(
            _curve(above, names[1]).opts(color=ink["above"], line_width=3, line_dash="dashed")
        )
    curves.append(_curve(own, names[0]).opts(color=ink["own"], line_width=4))
    dots = hv.Scatter(own.dropna().reset_index(name="value"), "period", "value")
    curves.append(dots.opts(color=ink["own"], size=8))
    here = own[own.index == now].dropna()
    point = hv.Scatter(here.reset_index(name="value"), "period", "value")
    curves.append(point.opts(color=ink["own"], size=18, line_color=ink["ink"], line_width=2))
    return hv.Overlay(curves).opts(
        hv.opts.Overlay(
            responsive=True,
            show_legend=above is not None,
            legend_position="top_left",
            xlabel="",
            ylabel="",
            toolbar=None,
            bgcolor=ink["ground"],
            hooks=[_dress(ink)],
            default_tools=[],
            active_tools=[],
            fontsize={"ticks": "12pt", "legend": "12pt"},
        )
    )


def _curve(values: pd.Series, name: str) -> hv.Curve:
    frame = values.rename("value").reset_index()
    return hv.Curve(frame, "period", "value", label=plain_text(name, 20))


def _dress(ink: dict[str, str]):
    """Return a hook that sets the colours and the number format of a figure."""

    def hook(plot, element) -> None:
        figure = plot.state
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

    return hook
