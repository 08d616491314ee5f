"""The course of the place looked at, and of the one above it."""

from __future__ import annotations

import panel as pn

from dashboard.panels import Parts
from dashboard.panels.trend.place_trend import TrendView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> pn.Column:
    """Return the course over all periods."""
    return pn.Column(
        TrendView(state),
        css_classes=["guatu-trend"],
        sizing_mode="stretch_width",
        styles={"height": "min(460px, 100%)"},
        margin=0,
    )
