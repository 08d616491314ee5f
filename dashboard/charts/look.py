"""How every chart of the page looks: colours, letters, and that nothing moves it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import holoviews as hv
from bokeh.models import NumeralTickFormatter, Plot

from dashboard.web.tokens import tokens

# Parts of a chart by the token that colours them.
_PARTS = {"own": "accent", "above": "spark", "ink": "ink", "ground": "paper", "grid": "hair"}
COLOURS = {
    look: {part: tokens(look)[token] for part, token in _PARTS.items()}
    for look in ("light", "dark")
}


@cache
def start() -> None:
    """Load HoloViews' drawing by Bokeh, once in a process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hv.extension("bokeh", logo=False)


def dressed(ink: dict[str, str]) -> Callable[[Any, object], None]:
    """Return a hook that sets the colours and the number format of a figure."""

    def hook(plot: Any, element: object) -> None:
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
