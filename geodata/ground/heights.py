"""Heights out of a raster file: GeoTIFF, or the grid of ESRI in text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
from PIL import Image
from scipy import ndimage

from geodata.errors import GroundError

# Pixels of a picture on paper are about as many; more would only be thrown away.
_MOST = 1400
_SCALE, _TIE, _KEYS, _NODATA = 33550, 33922, 34735, 42113
_GEOGRAPHIC, _PROJECTED = 2048, 3072
# Larger files are cut down with GDAL first: their pixels do not fit into memory.
_LARGEST = 400_000_000


@dataclass(frozen=True)
class Heights:
    """Heights in metres, rows from the north, NaN where unknown; `left` and `top` are the outer corner."""

    metres: np.ndarray
    left: float
    top: float
    step_x: float
    step_y: float
    crs: pyproj.CRS

    def at(self, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
        """Return the heights at points in degrees (WGS 84), NaN beside the raster."""
        way = pyproj.Transformer.from_crs(4326, self.crs, always_xy=True)
        x, y = way.transform(longitude, latitude)
        rows = (self.top - np.asarray(y)) / self.step_y - 0.5
        columns = (np.asarray(x) - self.left) / self.step_x - 0.5
        where = np.array([np.nan_to_num(rows, nan=-9), np.nan_to_num(columns, nan=-9)])
        return np.asarray(
            ndimage.map_coordinates(self.metres, where, order=1, mode="constant", cval=np.nan)
        )


def read_heights(file: Path) -> Heights:
    """Return the heights of a file, of a large one every so many pixels.

    Raises GroundError for a file that cannot be read, has no place on earth or is too large.
    """
    try:
        return _text_grid(file) if file.suffix.lower() == ".asc" else _geotiff(file)
    except (OSError, ValueError, KeyError, IndexError, pyproj.exceptions.CRSError) as problem:
        raise GroundError("ground.unreadable", file=file.name) from problem


def _text_grid(file: Path) -> Heights:
    head: dict[str, float] = {}
    with file.open(encoding="ascii") as lines:
        while len(head) < 6:
            begin = lines.tell()
            name, _, value = lines.readline().strip().partition(" ")
            if not name[:1].isalpha():
                lines.seek(begin)
                break
            head[name.lower()] = float(value)
        rows, columns = int(head["nrows"]), int(head["ncols"])
        _check_size(file, rows * columns)
        every = max(1, -(-max(rows, columns) // _MOST))
        kept = [
            np.array(line.split(), float)[::every]
            for at, line in enumerate(lines)
            if at % every == 0
        ]
    cell = head["cellsize"]
    metres = _known(np.array(kept), head.get("nodata_value"))
    left = head["xllcorner"] if "xllcorner" in head else head["xllcenter"] - cell / 2
    low = head["yllcorner"] if "yllcorner" in head else head["yllcenter"] - cell / 2
    return _heights(metres, (left, low + rows * cell), (cell, cell), every, _crs_beside(file))


def _crs_beside(file: Path) -> pyproj.CRS:
    told = file.with_suffix(".prj")
    return (
        pyproj.CRS.from_wkt(told.read_text(encoding="utf-8")) if told.exists() else pyproj.CRS(4326)
    )


def _geotiff(file: Path) -> Heights:
    Image.MAX_IMAGE_PIXELS = None  # our own limit says what to do
    with Image.open(file) as image:
        tags = dict(image.tag_v2)  # type: ignore[attr-defined]  # of a TIFF alone
        _check_size(file, image.width * image.height)
        every = max(1, -(-max(image.size) // _MOST))
        metres = np.asarray(image, dtype="float64")[::every, ::every]
    scale, tie = tags[_SCALE], tags[_TIE]
    nodata = tags.get(_NODATA)
    known = _known(metres, None if nodata is None else float(str(nodata).strip("\0 ")))
    corner = (tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1])
    return _heights(known, corner, (scale[0], scale[1]), every, _crs_of(tags[_KEYS]))


def _crs_of(keys: tuple[int, ...]) -> pyproj.CRS:
    """Return the CRS that the keys of a GeoTIFF name by its number of EPSG."""
    known = {
        key: value for key, place, _, value in zip(*[iter(keys[4:])] * 4, strict=True) if place == 0
    }
    return pyproj.CRS(known.get(_PROJECTED) or known[_GEOGRAPHIC])


def _heights(
    metres: np.ndarray,
    corner: tuple[float, float],
    cell: tuple[float, float],
    every: int,
    crs: pyproj.CRS,
) -> Heights:
    # A kept pixel stands for those up to the next one; it lies in the middle of the first.
    left = corner[0] - (every - 1) / 2 * cell[0]
    top = corner[1] + (every - 1) / 2 * cell[1]
    return Heights(metres, left, top, cell[0] * every, cell[1] * every, crs)


def _known(metres: np.ndarray, nodata: float | None) -> np.ndarray:
    return metres if nodata is None else np.where(metres == nodata, np.nan, metres)


def _check_size(file: Path, pixels: int) -> None:
    if pixels > _LARGEST:
        raise GroundError("ground.too_large", file=file.name)
