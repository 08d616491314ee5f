"""Outlines and names by address, made once and kept by the browser for ever."""

from __future__ import annotations

import gzip
from typing import Any

from tornado.web import HTTPError, RequestHandler

from dashboard.maps.ground_layers import ground_json
from dashboard.maps.picture import fingerprint, labels_json, outlines_json
from geodata.atlas import Atlas

ROUTE = "geometry"


class GeometryFiles:
    """The outlines and labels of an atlas as compressed files named by their content."""

    def __init__(self, atlas: Atlas) -> None:
        self.files: dict[str, bytes] = {}
        self.sources: list[dict[str, str]] = []
        for level in atlas.levels:
            outlines = self._keep(outlines_json(atlas, level), ".geojson")
            labels = self._keep(labels_json(atlas, level), ".json")
            self.sources.append({"level": level, "outlines": outlines, "labels": labels})
        ground = ground_json(atlas)
        if ground is not None:
            self.sources[0]["ground"] = self._keep(ground, ".json")

    def _keep(self, content: bytes, ending: str) -> str:
        name = fingerprint(content) + ending
        self.files[name] = gzip.compress(content, 6, mtime=0)
        return f"{ROUTE}/{name}"

    def routes(self) -> list[tuple[Any, ...]]:
        """Return the Tornado route that serves the files."""
        return [(rf"/{ROUTE}/([0-9a-f]+\.(?:geo)?json)", GeometryHandler, {"files": self.files})]


class GeometryHandler(RequestHandler):
    """Answers with one file; its name is its content, so it never changes."""

    def initialize(self, files: dict[str, bytes]) -> None:
        """Take the files of the atlas."""
        self.files = files

    def get(self, name: str) -> None:
        """Send one file, or nothing when the browser has it already."""
        if name not in self.files:
            raise HTTPError(404)
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("Etag", f'"{name}"')
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        if self.check_etag_header():
            self.set_status(304)
            return
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(self.files[name])
        else:
            self.finish(gzip.decompress(self.files[name]))
