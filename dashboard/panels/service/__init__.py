"""The wall of a service: each point from its first step to the people it reaches."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.service.service_board import ServiceView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> ServiceView:
    """Return the panel of one session."""
    return ServiceView(state)
