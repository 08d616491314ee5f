"""The wall of a ledger: every village by its most urgent open entry, and what is to be done first."""

from __future__ import annotations

from dashboard.panels import Parts
from dashboard.panels.ledger.ledger_board import LedgerView
from dashboard.session.state import State


def panel(state: State, parts: Parts) -> LedgerView:
    """Return the panel of one session."""
    return LedgerView(state, parts.people)
