"""Outlines and names by address, made once and kept by the browser for ever."""

from __future__ import annotations

import gzip
from typing import Any

from tornado.web import HTTPError, RequestHandler

from dashboard.maps.coarse import coarse_outlines_json
from dashboard.maps.ground_layers import ground_json
from dashboard.maps.picture import fingerprint, labels_json, outlines_json
from dashboard.server import tile_files
from dashboard.server.tile_files import SeenBy, tile_routes
from geodata.atlas import Atlas
from geodata.atlas.tiles import TileArchive

ROUTE = "geometry"


class GeometryFiles:
    """The outlines and labels of an atlas as compressed files named by their content, and its tiles.

    `seen_by` gives the atlas as whoever sent a request may see it; without it everybody sees all.
    Where there are tiles, outlines are as coarse as a screen shows the whole area.
    """

    def __init__(self, atlas: Atlas, seen_by: SeenBy | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.atlases: dict[str, SeenBy] = {}
        self.sources: list[dict[str, str]] = []
        tiled = self._tiled(atlas, seen_by) if atlas.tiles is not None else {}
        outlines_of = coarse_outlines_json if tiled else outlines_json
        for level in atlas.levels:
            outlines = self._keep(outlines_of(atlas, level), ".geojson")
            labels = self._keep(labels_json(atlas, level), ".json")
            source = {"level": level, "outlines": outlines, "labels": labels}
            self.sources.append(source | tiled.get(level, {}))
        ground = ground_json(atlas)
        if ground is not None:
            self.sources[0]["ground"] = self._keep(ground, ".json")

    def _tiled(self, atlas: Atlas, seen_by: SeenBy | None) -> dict[str, dict[str, str]]:
        """Return by level the address of its tiles, first and last zoom, and the bounds of all of them."""
        assert atlas.tiles is not None
        name = atlas.tiles.stem
        self.atlases[name] = seen_by or (lambda request: atlas)
        box = atlas.geometry(atlas.lowest).total_bounds
        told = {
            "tiles": f"{tile_files.ROUTE}/{name}/{{z}}/{{x}}/{{y}}.pbf",
            "bounds": ",".join(f"{side:.6f}" for side in box),
        }
        zooms = TileArchive(atlas.tiles).zooms()
        return {level: told | {"zooms": f"{low},{high}"} for level, (low, high) in zooms.items()}

    def take(self, newer: GeometryFiles) -> None:
        """Serve the files of another state of the data as well."""
        self.files.update(newer.files)
        self.atlases.update(newer.atlases)

    def _keep(self, content: bytes, ending: str) -> str:
        name = fingerprint(content) + ending
        self.files[name] = gzip.compress(content, 6, mtime=0)
        return f"{ROUTE}/{name}"

    def routes(self) -> list[tuple[Any, ...]]:
        """Return the Tornado routes that serve the files and the tiles."""
        files = (rf"/{ROUTE}/([0-9a-f]+\.(?:geo)?json)", GeometryHandler, {"files": self.files})
        return [files, *tile_routes(self.atlases)]


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
