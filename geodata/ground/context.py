"""What stands in the folder `context` of a workspace, as tables of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyogrio.errors import DataSourceError

from geodata.errors import GroundError
from geodata.ground.heights import read_heights
from geodata.ground.relief import relief_picture, widened

RELIEF, LINES = "ground_relief", "ground_lines"
# What a file is of, by how its name begins.
_KINDS = {
    "heights": ("heights", "dem", "高程"),
    "river": ("river", "河流", "水系"),
    "road": ("road", "道路", "公路"),
    "settlement": ("settlement", "居民点", "驻地"),
}
_RASTERS, _VECTORS = (".tif", ".tiff", ".asc"), (".geojson", ".json", ".gpkg", ".shp", ".kml")
_FINE = 2e-4  # degrees, about 20 m
_RANKS = (1, 3)  # narrow and wide


def read_ground(folder: Path, bounds: Sequence[float]) -> dict[str, pd.DataFrame]:
    """Return the tables of the ground around `bounds` (degrees); none without the folder.

    `ground_relief`: one row with png and its west, south, east, north. `ground_lines`: kind (river,
    road, settlement), rank (1 to 3, the column `rank` of the file) and wkb in WGS 84. Raises
    GroundError for a file that cannot be read or whose name says nothing.
    """
    around = widened(bounds)
    tables: dict[str, pd.DataFrame] = {}
    lines = []
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        if file.suffix.lower() not in (*_RASTERS, *_VECTORS):
            continue
        kind = _kind_of(file)
        if kind == "heights":
            png, known = relief_picture(read_heights(file), around)
            ends = dict(zip(("west", "south", "east", "north"), known, strict=True))
            tables[RELIEF] = pd.DataFrame([{"png": png, **ends}])
        else:
            lines.append(_read_lines(file, kind, around))
    if lines:
        tables[LINES] = pd.concat(lines, ignore_index=True)
    return tables


def _kind_of(file: Path) -> str:
    raster = file.suffix.lower() in _RASTERS
    for kind, names in _KINDS.items():
        if file.stem.lower().startswith(names) and (kind == "heights") == raster:
            return kind
    known = "、".join(names[0] for names in _KINDS.values())
    raise GroundError("ground.unknown", file=file.name, known=known)


def _read_lines(file: Path, kind: str, around: tuple[float, float, float, float]) -> pd.DataFrame:
    try:
        frame = gpd.read_file(file)
        frame = frame.to_crs(4326) if frame.crs is not None else frame.set_crs(4326)
    except (DataSourceError, ValueError, OSError) as problem:
        raise GroundError("ground.unreadable", file=file.name) from problem
    rank = frame["rank"] if "rank" in frame else pd.Series(_RANKS[0], index=frame.index)
    rank = pd.to_numeric(rank, errors="coerce").fillna(_RANKS[0]).clip(*_RANKS)
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    if kind != "settlement":
        shapes = shapely.simplify(shapely.clip_by_rect(shapes, *around), _FINE)
    kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    kept &= shapely.intersects(shapes, shapely.box(*around))
    rounded = shapely.set_precision(shapes[kept], 1e-5, mode="pointwise")
    ranks = rank.to_numpy()[kept].astype("int64")
    return pd.DataFrame({"kind": kind, "rank": ranks, "wkb": np.asarray(shapely.to_wkb(rounded))})
