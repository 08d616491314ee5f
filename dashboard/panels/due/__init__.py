"""What is due as of the day looked at in the place looked at, one by one, each with its card or place."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.due.due_board import DueView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> DueView:
    """Return the panel of one session."""
    return DueView(state, parts.people)
