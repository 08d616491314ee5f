"""The ranking of the places on the map, and under it the course of the one looked at."""

from __future__ import annotations

import panel as pn

from dashboard.panels import Parts
from dashboard.panels.ranking.place_trend import TrendView
from dashboard.panels.ranking.view import RankingView
from dashboard.session.state import State

# On a phone both stand below each other with heights of their own.
_PHONE = """
@media (max-width: 800px) {
  :host > .guatu-ranking { flex: none !important; height: 56vh !important; }
  :host > .guatu-trend { flex: none !important; height: 32vh !important; }
}
"""


def panel(state: State, parts: Parts) -> pn.Column:
    """Return the ranking over the course."""
    fill = {"sizing_mode": "stretch_both", "margin": 0}
    ranking = pn.Column(
        RankingView(state),
        styles={"flex": "3 1 0", "min-height": "0"},
        css_classes=["guatu-ranking"],
        **fill,
    )
    trend = pn.Column(
        TrendView(state),
        styles={"flex": "2 1 0", "min-height": "250px"},
        css_classes=["guatu-trend"],
        **fill,
    )
    return pn.Column(ranking, trend, stylesheets=[_PHONE], **fill)
