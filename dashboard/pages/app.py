"""The app over one atlas: a page for each session, all over the same places and outlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import panel as pn

from dashboard.layers.finding_counts import FindingCounts
from dashboard.maps.inline import carried, carried_library
from dashboard.maps.screen import LIBRARY_KEPT
from dashboard.pages.map_page import map_page
from dashboard.session.parts import Parts, county_parts
from dashboard.session.state import State
from dashboard.views.account import SignedIn
from geodata.access import Actor, Guard
from geodata.atlas import Atlas
from geodata.policy import Policy
from geodata.themes import Theme
from geodata.workspace import Workspace


def app_of(
    atlas: Atlas,
    sources: list[dict[str, str]],
    *,
    lang: str | None = None,
    seen_by: Callable[[object], Atlas] | None = None,
    themes: Sequence[Theme] = (),
    policy: Policy | None = None,
    findings: FindingCounts | None = None,
    parts_of: Callable[[State], Parts] | None = None,
    account: Callable[[object, str], SignedIn | None] | None = None,
) -> Callable[[], pn.viewable.Viewable]:
    """Return the function that makes the page of a session from the address it asked for.

    `seen_by` gives the atlas as whoever sent a session's request may see it; without it everybody
    sees all. `findings` is what the rules found.
    `parts_of` gives what the session's viewer may read of households and points; None shows the
    map alone. `account` gives what stands at the top about whoever is signed in, in a language.
    """

    def session() -> pn.viewable.Viewable:
        query = pn.state.location.search if pn.state.location else ""
        if lang and "lang=" not in query:
            query = f"{query or '?'}&lang={lang}"
        request = _request() if seen_by else None
        mine = seen_by(request) if seen_by else atlas
        state = State(mine, query, themes=themes, policy=policy, findings=findings)
        state.narrow = _is_phone()
        parts = parts_of(state) if parts_of else None
        if state.source.guard is not None and "period=" not in query:
            state.open_on(state.source.guard.today())
        who = account(request, state.lang) if account else None
        return map_page(state, sources=sources, script=LIBRARY_KEPT, parts=parts, who=who)

    return session


def county_page(
    county: Workspace, atlas: Atlas, actor: Actor, guard: Guard, query: str
) -> pn.viewable.Viewable:
    """Return the page of a workspace outside a server, its outlines carried along inside it.

    `atlas` is the map as the actor may see it; households and points come through the reader.
    """
    setup = county.setup
    findings = FindingCounts(county)
    state = State(atlas, query, themes=setup.themes, policy=setup.policy, findings=findings)
    parts = county_parts(state, county, actor, guard)
    return map_page(
        state, sources=carried(atlas), script=carried_library(), parts=parts, served=False
    )


def _request() -> object:
    """Return what the browser asked for this session; None outside one."""
    document = pn.state.curdoc
    return getattr(document.session_context, "request", None) if document is not None else None


def _is_phone() -> bool:
    """Return whether the browser says that it is on a phone, so that its first view fits."""
    said = pn.state.headers.get("User-Agent", "") if pn.state.curdoc else ""
    return "Mobi" in said
