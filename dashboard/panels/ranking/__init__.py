"""The ranking of the places on the map."""

from __future__ import annotations

import panel as pn

from dashboard.panels import Parts
from dashboard.panels.ranking.view import RankingView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> pn.Column:
    """Return the ranking."""
    return pn.Column(
        RankingView(state), css_classes=["guatu-ranking"], sizing_mode="stretch_both", margin=0
    )
