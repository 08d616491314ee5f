"""Outlines of many places as vector tiles: one archive (MBTiles), written with the atlas, read tile by tile."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from geodata.atlas.atlas import Atlas
from geodata.atlas.outlines import KEPT_AT_ZOOM, SCREEN
from geodata.errors import AtlasError

# A map of more lowest places is drawn from tiles. Below, all outlines together weigh no more than the
# tiles of one screen, and a browser has cut them in about a second.
TILED = 6000
# What a tile may weigh as it is sent.
LARGEST = 500_000
# The only property of a feature: the position of the place in its level.
POSITION = "i"
# A tile has so many units a side and is drawn on at least so many pixels.
_UNITS, _PIXELS = 4096, 512
# The smallest window shows the whole area on about so many tiles.
_TILES_ACROSS = 0.6
# Zooms of the levels above, below the first one that shows the whole area.
_FARTHER = 2
_DEEPEST = 16
# Bytes of a place with the fewest vertices, compressed: measured; so that no zoom is tried in vain.
_LEAST = 9
# What the driver asks of a file's name.
_ENDING = ".mbtiles"
# The driver would leave out the smallest places of a tile that is too large.
_NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class TileArchive:
    """Tiles of an atlas by zoom, column and row (web mercator, rows from the north), each as gzip of MVT.

    A layer is called like its level; a feature has one property, `POSITION`.
    """

    file: Path

    def zooms(self) -> dict[str, tuple[int, int]]:
        """Return the first and the last zoom of each level; raises AtlasError where it cannot be read."""
        rows = self._read("select value from metadata where name = 'levels'", ())
        try:
            return {level: (low, high) for level, (low, high) in json.loads(rows[0][0]).items()}
        except (IndexError, ValueError, TypeError) as error:
            raise AtlasError("atlas.changed", file=self.file.name) from error

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return a tile; None where there is none. Raises AtlasError where it cannot be read."""
        if not (0 <= zoom <= _DEEPEST and 0 <= column < 2**zoom and 0 <= row < 2**zoom):
            return None
        asked = (zoom, column, 2**zoom - 1 - row)
        rows = self._read(
            "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?",
            asked,
        )
        return bytes(rows[0][0]) if rows else None

    def _read(self, query: str, asked: tuple[int, ...]) -> list[tuple[bytes]]:
        try:
            address = f"{self.file.absolute().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as archive:
                return archive.execute(query, asked).fetchall()
        except sqlite3.Error as error:
            raise AtlasError("atlas.changed", file=self.file.name) from error


def write_tiles(atlas: Atlas, file: Path) -> None:
    """Write the outlines of all levels of an atlas as one archive; raises AtlasError where it cannot.

    The lowest level begins at the zoom at which none of its tiles is larger than `LARGEST`; the
    levels above begin farther out. An outline is as detailed as its zoom shows.
    """
    low, exact = _zooms_of_area(atlas)
    first, lowest = _first_zoom(atlas, low), atlas.lowest
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".tiles-") as scratch:
        folder = Path(scratch)
        parts = [(lowest, first, _cut(atlas, lowest, first, exact, folder))]
        while _largest(parts[0][-1]) > LARGEST and first < _DEEPEST:
            first += 1
            parts = [(lowest, first, _cut(atlas, lowest, first, exact, folder))]
        last = max(exact, first)
        begins = {level: max(0, low - _FARTHER) for level in atlas.levels} | {lowest: first}
        for level, begin in begins.items():
            for zoom in range(begin + (level == lowest), last + 1):
                parts.append((level, zoom, _cut(atlas, level, zoom, exact, folder)))
        parts.sort(key=lambda part: (atlas.levels.index(part[0]), part[1]))
        try:
            _put_together(parts, {level: (begin, last) for level, begin in begins.items()}, file)
        except sqlite3.Error as error:
            raise AtlasError("atlas.no_tiles", reason=error) from error


def _zooms_of_area(atlas: Atlas) -> tuple[int, int]:
    """Return the zoom that shows the whole area in a window, and the one with the detail of the outlines."""
    west, south, east, north = atlas.geometry(atlas.lowest).total_bounds
    span = max((east - west) / 360, float(np.ptp(_down(np.array([south, north])))), 2.0**-_DEEPEST)
    detail = SCREEN * KEPT_AT_ZOOM / _UNITS
    low, exact = np.floor(np.log2(_TILES_ACROSS / span)), np.ceil(np.log2(detail / span))
    return int(np.clip(low, 0, _DEEPEST)), int(np.clip(exact, 0, _DEEPEST))


def _down(latitude: np.ndarray) -> np.ndarray:
    """Return how far from the north edge of the world a latitude (degrees) lies, in sides of it."""
    reached = np.radians(np.clip(latitude, -85.05, 85.05))
    return np.asarray(0.5 - np.arcsinh(np.tan(reached)) / (2 * np.pi))


def _first_zoom(atlas: Atlas, low: int) -> int:
    """Return the first zoom at which the fullest tile of the lowest level may be small enough."""
    points = shapely.get_coordinates(
        shapely.centroid(atlas.geometry(atlas.lowest).geometry.to_numpy())
    )
    x, y = points[:, 0] / 360 + 0.5, _down(points[:, 1])
    for zoom in range(low, _DEEPEST):
        side = 2**zoom
        tiles = np.floor(x * side) * side + np.floor(y * side)
        if np.unique(tiles, return_counts=True)[1].max() * _LEAST <= LARGEST:
            return zoom
    return _DEEPEST


def _cut(atlas: Atlas, level: str, zoom: int, exact: int, folder: Path) -> Path:
    """Cut one level into the tiles of one zoom with the driver of GDAL; returns the file of them."""
    frame = atlas.geometry(level)
    shapes = frame.geometry.to_numpy()
    if zoom < exact:
        # Half a pixel of the nearest map that shows these tiles.
        shapes = shapely.coverage_simplify(shapes, 360 / 2**zoom / _PIXELS / 4)
    positions = atlas.places_in(None, level).get_indexer(frame.index)
    file = folder / f"{level}-{zoom}{_ENDING}"
    try:
        pyogrio.write_dataframe(
            gpd.GeoDataFrame({POSITION: positions}, geometry=shapes, crs=4326),
            file,
            driver="MBTiles",
            layer=level,
            dataset_options={
                "MINZOOM": zoom,
                "MAXZOOM": zoom,
                "MAX_SIZE": _NO_LIMIT,
                "MAX_FEATURES": _NO_LIMIT,
            },
        )
    except (DataSourceError, OSError) as error:
        raise AtlasError("atlas.no_tiles", reason=error) from error
    return file


def _largest(file: Path) -> int:
    with closing(sqlite3.connect(file)) as part:
        row = part.execute("select coalesce(max(length(tile_data)), 0) from tiles").fetchone()
    return int(row[0])


def _put_together(
    parts: Sequence[tuple[str, int, Path]], zooms: Mapping[str, tuple[int, int]], file: Path
) -> None:
    """Write the tiles of all levels into one archive: the layers of a tile one after the other."""
    tiles: defaultdict[tuple[int, int, int], bytes] = defaultdict(bytes)
    columns = "zoom_level, tile_column, tile_row"
    for _, _, file_of_part in parts:
        with closing(sqlite3.connect(file_of_part)) as part:
            for *key, data in part.execute(f"select {columns}, tile_data from tiles"):
                tiles[tuple(key)] += gzip.decompress(data)
    file.unlink(missing_ok=True)
    about = {"name": "guatu", "format": "pbf", "scheme": "tms", "levels": json.dumps(zooms)}
    with closing(sqlite3.connect(file)) as archive, archive:
        archive.execute("create table metadata (name text, value text)")
        archive.execute(
            "create table tiles (zoom_level integer, tile_column integer, tile_row integer,"
            f" tile_data blob, unique ({columns}))"
        )
        archive.executemany("insert into metadata values (?, ?)", about.items())
        for key in sorted(tiles):
            row = (*key, gzip.compress(tiles[key], 6, mtime=0))
            archive.execute("insert into tiles values (?, ?, ?, ?)", row)
