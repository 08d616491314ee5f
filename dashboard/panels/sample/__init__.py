"""The mock inspection of a place."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.sample.view import SamplingView
from dashboard.session.sampling import Sampling
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> SamplingView:
    """Return the panel of one session."""
    return SamplingView(Sampling(parts.of_people()))
