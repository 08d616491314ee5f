"""Every place of the map by months, in the classes of the map; a cell opens the map there."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.months.grid import GridView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> GridView:
    """Return the panel of one session."""
    return GridView(state)
