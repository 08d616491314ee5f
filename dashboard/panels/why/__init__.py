"""Why a place stands out."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.why.view import WhyView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> WhyView:
    """Return the panel of one session."""
    return WhyView(parts.of_people())
