"""Serving an atlas: its page, its outlines, and everything the browser needs from this server."""

from __future__ import annotations

from typing import Any

from dashboard.app import app_of
from dashboard.server.geometry import GeometryFiles
from dashboard.server.serving import Serving, make_server, run_server
from geodata.atlas import Atlas


def atlas_server(atlas: Atlas, serving: Serving) -> Any:
    """Return the server of an atlas, not started; raises ConfigError when it must not start."""
    files = GeometryFiles(atlas)
    app = app_of(atlas, files.sources, lang=serving.lang)
    return make_server({"/": app}, serving, title=atlas.title, routes=files.routes())


def serve_atlas(atlas: Atlas, serving: Serving | None = None, **options: Any) -> None:
    """Serve the map page of an atlas until stopped; `options` are fields of Serving."""
    run_server(atlas_server(atlas, serving or Serving(**options)))
