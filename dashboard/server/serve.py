"""Serving an atlas or a workspace: its page, its outlines, and all the browser needs from here."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any

import panel as pn

from dashboard.app import app_of
from dashboard.people import People
from dashboard.server.auth import account_of
from dashboard.server.geometry import GeometryFiles
from dashboard.server.serving import Serving, make_server, run_server
from dashboard.server.warming import warm_county
from dashboard.state import State
from geodata.access import EVERYWHERE, Actor, Guard, Scope, open_guard
from geodata.atlas import Atlas, open_atlas
from geodata.atlas.scoped import within_scope
from geodata.errors import ScopeError
from geodata.workspace import Workspace


def atlas_server(atlas: Atlas, serving: Serving) -> Any:
    """Return the server of an atlas, not started; raises ConfigError when it must not start."""
    files = GeometryFiles(atlas)
    seen_by = _seen_by(atlas) if serving.guard is not None else None
    app = app_of(atlas, files.sources, lang=serving.lang, seen_by=seen_by)
    return make_server({"/": app}, serving, title=atlas.title, routes=files.routes())


def serve_atlas(atlas: Atlas, serving: Serving | None = None, **options: Any) -> None:
    """Serve the map page of an atlas until stopped; `options` are fields of Serving."""
    run_server(atlas_server(atlas, serving or Serving(**options)))


def county_server(county: Workspace, serving: Serving) -> Any:
    """Return the server of a workspace: the map, the reasons, the households and their cards."""
    folder = county.setup.config.folder
    atlas = open_atlas(folder)
    guard = serving.guard or open_guard(folder)
    files = GeometryFiles(atlas)

    def people_of(state: State) -> People:
        return People(state, county, _actor(serving.guard), guard)

    app = app_of(
        atlas,
        files.sources,
        lang=serving.lang,
        seen_by=_seen_by(atlas) if serving.guard is not None else None,
        themes=county.setup.themes,
        policy=county.setup.policy,
        people_of=people_of,
    )
    server = make_server({"/": app}, serving, title=atlas.title, routes=files.routes())
    # In each process of its own, after they have parted.
    server.io_loop.run_in_executor(None, warm_county, county)
    return server


def _actor(guard: Guard | None) -> Actor:
    """Return who is looking: the account, or without accounts the user of this computer."""
    if guard is None:
        return Actor(getpass.getuser(), "leader", (EVERYWHERE,))
    context = pn.state.curdoc.session_context if pn.state.curdoc else None
    account = account_of(context.request) if context else None
    if account is None:
        raise ScopeError("access.sign_in_first")
    return account.actor


def _seen_by(atlas: Atlas) -> Callable[[object], Atlas]:
    """Return what gives each request the atlas of its account; without one, nothing is seen."""
    kept: dict[tuple[str, ...], Atlas] = {}

    def seen_by(request: object) -> Atlas:
        account = account_of(request)
        scope = Scope("auditor") if account is None else account.actor.scope
        if scope.key not in kept:
            kept[scope.key] = within_scope(atlas, scope)
        return kept[scope.key]

    return seen_by
