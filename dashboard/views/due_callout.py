"""What is due as of the day, in a few words beside the figures: counts that open exactly those."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.answers.due_line import due_line
from dashboard.session.state import State
from dashboard.texts import text
from geodata.themes.base import DUE_BANDS

# Kinds beyond these stand in the list that all open.
_MOST = 6


def due_callout(state: State) -> dict[str, Any]:
    """Return what the browser draws of what is due; empty where nothing may be told."""
    line = due_line(state.source, state.shown)
    if line is None:
        return {}
    lang, day = state.lang, date.fromisoformat(line.day)
    said = text("due_line.day", lang, month=day.month, day=day.day)
    return {
        "day": text("due_line.as_of", lang, day=said),
        "nothing": "" if line.kinds else text("due_line.none", lang),
        "titles": {band: text(f"due_line.{band}", lang) for band in DUE_BANDS},
        "counts": {band: getattr(line, band) for band in DUE_BANDS},
        "addresses": line.addresses,
        "kinds": [
            [one.title, {band: getattr(one, band) for band in DUE_BANDS}, one.addresses]
            for one in line.kinds[:_MOST]
        ],
        "open": text("due_line.open", lang),
    }


def answered_due(state: State, told: Mapping[str, Any], message: Mapping[str, object]) -> bool:
    """Open the list a message asks for where it is one that was told; return whether it was."""
    address = message.get("due")
    known = [told.get("addresses", {}), *(kind[-1] for kind in told.get("kinds", ()))]
    if not any(address in one.values() for one in known):
        return False
    state.read(str(address))
    return True
