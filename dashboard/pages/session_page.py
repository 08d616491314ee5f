"""The frame of a session's page, which the server forgets when the session ends."""

from __future__ import annotations

from typing import Any

import panel as pn
from panel_material_ui.template.base import Page


def session_page(**options: Any) -> Page:
    """Return a page that nothing of the process holds on to.

    A page of this library follows whether the server is busy, for the life of the process: each
    session would stay in memory, and each change would run through all that ever were. Here the
    page does not follow it; there is no busy indicator to show it.
    """
    before = _watchers()
    page = Page(busy_indicator=None, **options)
    for watcher in _watchers():
        if watcher not in before:
            pn.state.param.unwatch(watcher)
    return page


def _watchers() -> list[Any]:
    return list(pn.state.param.watchers.get("busy", {}).get("value", []))
