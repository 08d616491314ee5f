"""The wall of sites: what they live on, from where they came, and a card of each side by side."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.sites.site_board import SitesView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> SitesView:
    """Return the panel of one session."""
    return SitesView(state)
