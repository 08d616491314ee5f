"""The app over one atlas: a page for each session, all over the same places and outlines."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import pandas as pd
import panel as pn

from dashboard.maps.picture import labels_json, outlines_json
from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import Parts, map_page
from dashboard.state import State
from geodata.atlas import Atlas
from geodata.policy import Policy
from geodata.theme import Theme


def app_of(
    atlas: Atlas,
    sources: list[dict[str, str]],
    *,
    lang: str | None = None,
    seen_by: Callable[[object], Atlas] | None = None,
    themes: Sequence[Theme] = (),
    policy: Policy | None = None,
    findings: Callable[[str, str], pd.Series] | None = None,
    parts_of: Callable[[State], Parts] | None = None,
) -> Callable[[], pn.viewable.Viewable]:
    """Return the function that makes the page of a session from the address it asked for.

    `seen_by` gives the atlas as whoever sent a session's request may see it; without it everybody
    sees all. `findings` gives the worst open severity of each village for a theme and a month.
    `parts_of` gives what the session's viewer may read of households and points; None shows the
    map alone.
    """

    def session() -> pn.viewable.Viewable:
        query = pn.state.location.search if pn.state.location else ""
        if lang and "lang=" not in query:
            query = f"{query or '?'}&lang={lang}"
        request = getattr(pn.state.curdoc.session_context, "request", None) if seen_by else None
        mine = seen_by(request) if seen_by else atlas
        state = State(mine, query, themes=themes, policy=policy, findings=findings)
        parts = parts_of(state) if parts_of else None
        return map_page(state, sources=sources, script=LIBRARY, parts=parts)

    return session


def page_of(
    atlas: Atlas, query: str, *, themes: Sequence[Theme] = (), policy: Policy | None = None
) -> pn.viewable.Viewable:
    """Return the page at one address outside a server, its outlines carried along inside it."""
    state = State(atlas, query, themes=themes, policy=policy)
    return map_page(state, sources=_carried(atlas), script=LIBRARY)


def _carried(atlas: Atlas) -> list[dict[str, str]]:
    """Return the outlines and names of every level as addresses that hold their content."""

    def carry(content: bytes) -> str:
        return "data:application/json;base64," + base64.b64encode(content).decode()

    return [
        {
            "level": level,
            "outlines": carry(outlines_json(atlas, level)),
            "labels": carry(labels_json(atlas, level)),
        }
        for level in atlas.levels
    ]
