"""Small layers that tests write and read again."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
from shapely import box

GK_38 = 4526  # CGCS2000 / 3-degree Gauss-Kruger zone 38, easting with the zone before it


def squares(count: int = 2, *, left: float = 116.0, bottom: float = 37.0, side: float = 0.01):
    """Return squares in a row that share their edges."""
    return [
        box(left + i * side, bottom, left + (i + 1) * side, bottom + side) for i in range(count)
    ]


def layer(columns: dict, shapes=None, crs: object = 4490) -> gpd.GeoDataFrame:
    """Return a layer with these columns; squares in a row when no shapes are given."""
    count = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=squares(count) if shapes is None else shapes, crs=crs)


def write_shapefile(
    folder: Path, frame: gpd.GeoDataFrame, *, encoding: str = "UTF-8", drop: tuple[str, ...] = ()
) -> Path:
    """Write a.shp with its parts and take away the parts with the endings in `drop`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "a.shp"
    frame.to_file(path, encoding=encoding)
    for ending in drop:
        path.with_suffix(ending).unlink(missing_ok=True)
    return path


def set_field_name(dbf: Path, place: int, name: bytes) -> None:
    """Write the raw bytes of a field's name into the header of a DBF."""
    raw = bytearray(dbf.read_bytes())
    raw[32 + 32 * place : 32 + 32 * place + 11] = name[:10].ljust(11, b"\0")
    dbf.write_bytes(raw)


def set_language_byte(dbf: Path, value: int) -> None:
    """Write the language driver byte of a DBF."""
    raw = bytearray(dbf.read_bytes())
    raw[29] = value
    dbf.write_bytes(raw)
