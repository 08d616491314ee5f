"""The points of a theme, and the scorecard of one of them."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.points.view import PointsView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> PointsView:
    """Return the panel of one session."""
    return PointsView(parts.of_points())
