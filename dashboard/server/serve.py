"""Serving an atlas: its page, its outlines, and everything the browser needs from this server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.app import app_of
from dashboard.server.auth import account_of
from dashboard.server.geometry import GeometryFiles
from dashboard.server.serving import Serving, make_server, run_server
from geodata.access import Scope
from geodata.atlas import Atlas
from geodata.atlas.scoped import within_scope


def atlas_server(atlas: Atlas, serving: Serving) -> Any:
    """Return the server of an atlas, not started; raises ConfigError when it must not start."""
    files = GeometryFiles(atlas)
    seen_by = _seen_by(atlas) if serving.guard is not None else None
    app = app_of(atlas, files.sources, lang=serving.lang, seen_by=seen_by)
    return make_server({"/": app}, serving, title=atlas.title, routes=files.routes())


def serve_atlas(atlas: Atlas, serving: Serving | None = None, **options: Any) -> None:
    """Serve the map page of an atlas until stopped; `options` are fields of Serving."""
    run_server(atlas_server(atlas, serving or Serving(**options)))


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
