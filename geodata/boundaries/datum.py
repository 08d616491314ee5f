"""The GCJ-02 shift of Chinese phones and map sites: into it, out of it, and which one fits."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.stats import binomtest

from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

# Statements that need no conversion: on a map they agree within a metre.
_UNSHIFTED = ("wgs84", "cgcs2000")
DATUMS = ("gcj02", *_UNSHIFTED)
# The public algorithm shifts inside this rectangle only (degrees).
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# Ellipsoid of the algorithm (Krassowsky 1940): semi-major axis in metres, eccentricity squared.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
# The shift changes by less than 1 in 1,000 over its own length, so this often is enough for 0.1 mm.
_ROUNDS = 6
# How unlikely by chance a difference between the hypotheses must be before one is named.
_CHANCE = 0.01


def to_gcj02(longitudes: np.ndarray, latitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return WGS 84 degrees shifted to GCJ-02; points outside China's rectangle stay."""
    lon, lat = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    flat = 1 - _ECCENTRICITY * np.sin(radians) ** 2
    metres_east, metres_north = _shift(x, y)
    degrees_east = np.degrees(metres_east / (_AXIS / np.sqrt(flat) * np.cos(radians)))
    degrees_north = np.degrees(metres_north * flat**1.5 / (_AXIS * (1 - _ECCENTRICITY)))
    inside = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    return np.where(inside, lon + degrees_east, lon), np.where(inside, lat + degrees_north, lat)


def from_gcj02(longitudes: np.ndarray, latitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return GCJ-02 degrees with the shift taken out, true to the algorithm within 0.1 mm."""
    wanted_lon = np.asarray(longitudes, dtype=float)
    wanted_lat = np.asarray(latitudes, dtype=float)
    lon, lat = wanted_lon.copy(), wanted_lat.copy()
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = to_gcj02(lon, lat)
        lon, lat = lon + wanted_lon - shifted_lon, lat + wanted_lat - shifted_lat
    return lon, lat


def _shift(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shift in metres east and north for degrees from 105 E, 35 N."""
    root = np.sqrt(np.abs(x))
    short = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + short
    north += (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + short
    east += (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    return east, north


def without_shift(
    frame: gpd.GeoDataFrame, datum: str | None
) -> tuple[gpd.GeoDataFrame, tuple[Remark, ...]]:
    """Return the frame on its CRS without the shift that `datum` states, and how far it moved.

    Raises BoundaryError for an unknown datum, or GCJ-02 in a layer that is not in degrees.
    """
    name = (datum or "").lower().replace("-", "").replace("_", "")
    if not name or name in _UNSHIFTED:
        return frame, ()
    if name not in DATUMS:
        raise BoundaryError("boundaries.unknown_datum", datum=datum, names=", ".join(DATUMS))
    if not frame.crs.is_geographic:
        raise BoundaryError("boundaries.datum_needs_degrees", name=frame.crs.name)
    before = frame.geometry.to_numpy()
    after = shapely.transform(before, from_gcj02, interleaved=False)
    old, new = shapely.get_coordinates(before), shapely.get_coordinates(after)
    metres = frame.crs.get_geod().inv(*old.T, *new.T)[2].mean()
    remark = Remark("boundaries.datum_converted", {"metres": round(float(metres))})
    return frame.set_geometry(gpd.GeoSeries(after, index=frame.index, crs=frame.crs)), (remark,)


@dataclass(frozen=True)
class DatumCheck:
    """How many of `points` lie in the place recorded for them, as they are and out of GCJ-02.

    `verdict` is unshifted, gcj02 or undecided; `left_out` are points without a recorded place that
    has a shape.
    """

    points: int
    left_out: int
    inside_unshifted: int
    inside_gcj02: int
    verdict: str

    def sentence(self, lang: str | None = None) -> str:
        """Return the finding as a sentence with its counts."""
        values = {
            "points": self.points,
            "unshifted": self.inside_unshifted,
            "gcj02": self.inside_gcj02,
        }
        return Remark(f"boundaries.datum_{self.verdict}", values).sentence(lang)


def check_datum(points: gpd.GeoSeries, recorded: pd.Series, places: gpd.GeoDataFrame) -> DatumCheck:
    """Return whether points agree better with their recorded places as they are or out of GCJ-02.

    `recorded` holds for each point the key of its place (index as `points`), `places` the shapes by
    key. A hypothesis is named when the points that only it puts right could not be so many by
    chance (two-sided sign test, 1 %).
    """
    plain = points.to_crs(4326)
    shapes = places.geometry.to_crs(4326)
    shape = shapes.reindex(recorded.reindex(plain.index)).to_numpy()
    usable = ~shapely.is_missing(shape) & ~shapely.is_missing(plain.to_numpy())
    spots, shape = plain.to_numpy()[usable], shape[usable]
    unshifted = shapely.intersects(shape, spots)
    corrected = shapely.transform(spots, from_gcj02, interleaved=False)
    gcj02 = shapely.intersects(shape, corrected)
    only = int((unshifted & ~gcj02).sum()), int((gcj02 & ~unshifted).sum())
    verdict = "undecided"
    if sum(only) and binomtest(only[0], sum(only)).pvalue < _CHANCE:
        verdict = "unshifted" if only[0] > only[1] else "gcj02"
    return DatumCheck(
        points=len(spots),
        left_out=len(plain) - len(spots),
        inside_unshifted=int(unshifted.sum()),
        inside_gcj02=int(gcj02.sum()),
        verdict=verdict,
    )
