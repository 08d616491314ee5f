"""Vector tiles by address: of places outside the scope of whoever asks nothing but an outline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tornado.web import HTTPError, RequestHandler

from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas
from geodata.atlas.scoped_tiles import known_positions, within
from geodata.atlas.tiles import TileArchive
from geodata.errors import AtlasError
from geodata.kept import Kept

ROUTE = "tiles"
# Tiles of one scope that are kept: those of some screens.
_KEPT = 128

# The atlas of a snapshot as whoever sent a request may see it, by the name of its archive.
SeenBy: TypeAlias = Callable[[object], Atlas]


def tile_routes(atlases: Mapping[str, SeenBy]) -> list[tuple[Any, ...]]:
    """Return the Tornado route of the tiles; `atlases` may grow while it serves."""
    route = rf"/{ROUTE}/([a-z0-9-]+)/(\d{{1,2}})/(\d{{1,6}})/(\d{{1,6}})\.pbf"
    return [(route, TileHandler, {"atlases": atlases})]


class TileHandler(RequestHandler):
    """Answers with one tile: 410 where its archive is gone, 404 where it has nothing for who asks."""

    def initialize(self, atlases: Mapping[str, SeenBy]) -> None:
        """Take the atlases by the names of their archives."""
        self.atlases = atlases

    def get(self, name: str, zoom: str, column: str, row: str) -> None:
        """Send the tile as it is kept, compressed; a browser asks again whether it may keep it."""
        if name not in self.atlases:
            raise HTTPError(410)
        atlas = self.atlases[name](self.request)
        try:
            tile = seen_tile(atlas, int(zoom), int(column), int(row))
        except AtlasError as error:
            raise HTTPError(410) from error
        if tile is None:
            raise HTTPError(404)
        # Another account of the same browser may see other places.
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("Content-Type", "application/vnd.mapbox-vector-tile")
        self.set_header("Content-Encoding", "gzip")
        self.finish(tile)


def seen_tile(atlas: Atlas, zoom: int, column: int, row: int) -> bytes | None:
    """Return a tile of an atlas, within its scope; None where there is none or no place of the scope in it.

    Raises AtlasError where the archive was taken away or is damaged.
    """
    if atlas.tiles is None:
        return None
    archive = TileArchive(atlas.tiles)
    if not isinstance(atlas, ScopedAtlas):
        return archive.tile(zoom, column, row)
    known = atlas.once(("known positions",), lambda: known_positions(atlas))
    if all(inside.all() for inside in known.values()):
        return archive.tile(zoom, column, row)

    def make() -> bytes | None:
        tile = archive.tile(zoom, column, row)
        return within(tile, known) if tile is not None else None

    kept: Kept = atlas.once(("tiles",), lambda: Kept(_KEPT))
    seen: bytes | None = kept.once((zoom, column, row), make)
    return seen
