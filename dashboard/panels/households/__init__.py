"""The households of a place, or what a rule found that is no household."""

from __future__ import annotations

import secrets

from dashboard.panels import Parts
from dashboard.panels.households.view import HouseholdsView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> HouseholdsView:
    """Return the panel of one session; its lots are drawn from a seed of its own."""
    return HouseholdsView(parts.of_people(), secrets.randbits(32))
