"""The app over one atlas: a page for each session, all over the same places and outlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import panel as pn

from dashboard.maps.inline import carried, carried_library
from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import Parts, map_page
from dashboard.people import People
from dashboard.points import PointsSeen
from dashboard.state import State
from dashboard.stops import Stops
from geodata.access import Actor, Guard
from geodata.atlas import Atlas
from geodata.policy import Policy
from geodata.theme import Theme
from geodata.workspace import Workspace
from geodata.workspace.due import due_findings
from geodata.workspace.open_findings import worst_open


def app_of(
    atlas: Atlas,
    sources: list[dict[str, str]],
    *,
    lang: str | None = None,
    seen_by: Callable[[object], Atlas] | None = None,
    themes: Sequence[Theme] = (),
    policy: Policy | None = None,
    findings: Callable[[str, str], pd.Series] | None = None,
    due: Callable[[str, str], pd.DataFrame] | None = None,
    parts_of: Callable[[State], Parts] | None = None,
    account: Callable[[object, str], list[pn.viewable.Viewable]] | None = None,
) -> Callable[[], pn.viewable.Viewable]:
    """Return the function that makes the page of a session from the address it asked for.

    `seen_by` gives the atlas as whoever sent a session's request may see it; without it everybody
    sees all. `findings` gives the worst open severity of each village for a theme and a month,
    `due` the findings with a date to be met.
    `parts_of` gives what the session's viewer may read of households and points; None shows the
    map alone. `account` gives what stands at the top about whoever is signed in, in a language.
    """

    def session() -> pn.viewable.Viewable:
        query = pn.state.location.search if pn.state.location else ""
        if lang and "lang=" not in query:
            query = f"{query or '?'}&lang={lang}"
        request = getattr(pn.state.curdoc.session_context, "request", None) if seen_by else None
        mine = seen_by(request) if seen_by else atlas
        state = State(mine, query, themes=themes, policy=policy, findings=findings, due=due)
        state.narrow = _is_phone()
        parts = parts_of(state) if parts_of else None
        who = account(request, state.lang) if account else []
        return map_page(state, sources=sources, script=LIBRARY, parts=parts, who=who)

    return session


def county_page(
    county: Workspace, atlas: Atlas, actor: Actor, guard: Guard, query: str
) -> pn.viewable.Viewable:
    """Return the page of a workspace outside a server, its outlines carried along inside it.

    `atlas` is the map as the actor may see it; households and points come through the reader.
    """
    setup = county.setup
    known = {"themes": setup.themes, "policy": setup.policy, "due": county_due(county)}
    state = State(atlas, query, findings=county_findings(county), **known)
    parts = county_parts(state, county, actor, guard)
    return map_page(
        state, sources=carried(atlas), script=carried_library(), parts=parts, served=False
    )


def county_parts(state: State, county: Workspace, actor: Actor, guard: Guard) -> Parts:
    """Return what an actor may read of a workspace beside the map."""
    return Parts(
        People(state, county, actor, guard),
        PointsSeen(state, county, actor, guard),
        Stops(state, actor, guard),
    )


def county_findings(county: Workspace) -> Callable[[str, str], pd.Series]:
    """Return what gives the worst open severity of each village for a theme and a month."""

    def findings(theme: str, month: str) -> pd.Series:
        found = next(one for one in county.setup.themes if one.key == theme)
        return worst_open(county.month(month).counts, found)

    return findings


def county_due(county: Workspace) -> Callable[[str, str], pd.DataFrame]:
    """Return what gives the findings with a date to be met for a theme and a month."""

    def due(theme: str, month: str) -> pd.DataFrame:
        found = next(one for one in county.setup.themes if one.key == theme)
        return due_findings(county.month(month).counts, found)

    return due


def _is_phone() -> bool:
    """Return whether the browser says that it is on a phone, so that its first view fits."""
    said = pn.state.headers.get("User-Agent", "") if pn.state.curdoc else ""
    return "Mobi" in said
