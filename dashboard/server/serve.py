"""Serving: one process, one port, everything the browser needs from this server itself."""

from __future__ import annotations

import socket

import panel as pn

from dashboard.app import app_of
from dashboard.server.geometry import GeometryFiles
from geodata.atlas import Atlas
from geodata.errors import ConfigError


def serve_atlas(
    atlas: Atlas,
    *,
    port: int,
    address: str = "127.0.0.1",
    open_browser: bool = True,
    lang: str | None = None,
    start: bool = True,
):
    """Serve the map page of an atlas until stopped; raises ConfigError when the port is taken."""
    refuse_taken(address, port)
    files = GeometryFiles(atlas)
    origins = [f"{name}:{port}" for name in dict.fromkeys((address, "localhost", "127.0.0.1"))]
    return pn.serve(
        {"/": app_of(atlas, files.sources, lang=lang)},
        port=port,
        address=address,
        websocket_origin=origins if address != "0.0.0.0" else "*",
        show=open_browser,
        start=start,
        extra_patterns=files.routes(),
        title=atlas.title,
        unused_session_lifetime=60_000,
        check_unused_sessions=20_000,
        compress_response=True,
        verbose=False,
    )


def refuse_taken(address: str, port: int) -> None:
    """Raise ConfigError when nothing can listen there, before any work is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise ConfigError("server.port_taken", port=port, address=address) from error
