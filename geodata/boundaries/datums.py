"""The shifts of Chinese map sites (GCJ-02, BD-09): put in, taken out, and told by points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy.special import bdtrc

from geodata.boundaries.crs import crs_of
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

# Statements that need no conversion: on a map they agree within a metre.
_UNSHIFTED = ("wgs84", "cgcs2000")
DATUMS = ("gcj02", "bd09", *_UNSHIFTED)
# The public algorithm shifts inside this rectangle only (degrees).
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
# Ellipsoid of the algorithm (Krassowsky 1940): semi-major axis in metres, eccentricity squared.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
# BD-09 turns about the origin of degrees and moves by a constant.
_TURN, _EAST_OF_GCJ, _NORTH_OF_GCJ = np.pi * 3000 / 180, 0.0065, 0.006
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


def to_bd09(longitudes: np.ndarray, latitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return WGS 84 degrees shifted to BD-09, which is a further shift of GCJ-02."""
    x, y = to_gcj02(longitudes, latitudes)
    far = np.hypot(x, y) + 0.00002 * np.sin(y * _TURN)
    way = np.arctan2(y, x) + 0.000003 * np.cos(x * _TURN)
    return far * np.cos(way) + _EAST_OF_GCJ, far * np.sin(way) + _NORTH_OF_GCJ


def from_bd09(longitudes: np.ndarray, latitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return BD-09 degrees with both shifts taken out, true to the algorithm within 1 mm."""
    wanted_lon = np.asarray(longitudes, dtype=float)
    wanted_lat = np.asarray(latitudes, dtype=float)
    lon, lat = wanted_lon - _EAST_OF_GCJ, wanted_lat - _NORTH_OF_GCJ
    for _ in range(2 * _ROUNDS):
        shifted_lon, shifted_lat = to_bd09(lon, lat)
        lon, lat = lon + wanted_lon - shifted_lon, lat + wanted_lat - shifted_lat
    return lon, lat


# What takes the shift of a datum out of degrees.
_OUT_OF: Mapping[str, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "gcj02": from_gcj02,
    "bd09": from_bd09,
}
SHIFTED = tuple(_OUT_OF)


def unshifted(shapes: np.ndarray, datum: str) -> np.ndarray:
    """Return shapes in degrees with the shift of a datum of SHIFTED taken out."""
    moved: np.ndarray = shapely.transform(
        shapes, lambda one: np.column_stack(_OUT_OF[datum](*one.T))
    )
    return moved


def without_shift(
    frame: gpd.GeoDataFrame, datum: str | None
) -> tuple[gpd.GeoDataFrame, tuple[Remark, ...]]:
    """Return the frame on its CRS without the shift that `datum` states, and how far it moved.

    Raises BoundaryError for an unknown datum, or a shifted one in a layer that is not in degrees.
    """
    name = (datum or "").lower().replace("-", "").replace("_", "")
    if not name or name in _UNSHIFTED:
        return frame, ()
    if name not in DATUMS:
        raise BoundaryError("boundaries.unknown_datum", datum=datum, names=", ".join(DATUMS))
    crs = crs_of(frame)
    if not crs.is_geographic:
        raise BoundaryError("boundaries.datum_needs_degrees", name=crs.name)
    before = frame.geometry.to_numpy()
    after = unshifted(before, name)
    old, new = shapely.get_coordinates(before), shapely.get_coordinates(after)
    geod = crs.get_geod() or pyproj.Geod(ellps="WGS84")
    metres = geod.inv(*old.T, *new.T)[2].mean()
    remark = Remark("boundaries.datum_converted", {"metres": round(float(metres)), "datum": name})
    return frame.set_geometry(gpd.GeoSeries(after, index=frame.index, crs=frame.crs)), (remark,)


@dataclass(frozen=True)
class DatumCheck:
    """How many of `points` lie in the place recorded for them, as they are and with a shift taken out.

    `inside` has the counts for unshifted, gcj02 and bd09; `verdict` is one of them, or undecided;
    `left_out` are points without a recorded place that has a shape.
    """

    points: int
    left_out: int
    inside: Mapping[str, int]
    verdict: str

    def sentence(self, lang: str | None = None) -> str:
        """Return the finding as a sentence with its counts."""
        values = {"points": self.points, **self.inside}
        return Remark(f"boundaries.datum_{self.verdict}", values).sentence(lang)


def check_datum(points: gpd.GeoSeries, recorded: pd.Series, places: gpd.GeoDataFrame) -> DatumCheck:
    """Return whether points agree best with their recorded places as they are or out of a shift.

    `recorded` holds for each point the key of its place (index as `points`), `places` the shapes by
    key. The best hypothesis is named when, against each other one, the points that only one of the
    two puts right could not be divided so by chance (two-sided sign test, 1 %).
    """
    plain = points.to_crs(4326)
    shapes = places.geometry.to_crs(4326)
    shape = np.asarray(shapes.reindex(recorded.reindex(plain.index)).array)
    usable = ~shapely.is_missing(shape) & ~shapely.is_missing(plain.to_numpy())
    spots, shape = plain.to_numpy()[usable], shape[usable]
    right = {"unshifted": shapely.intersects(shape, spots)}
    right |= {datum: shapely.intersects(shape, unshifted(spots, datum)) for datum in SHIFTED}
    inside = {name: int(hits.sum()) for name, hits in right.items()}
    best = max(inside, key=lambda name: inside[name])
    told = all(_is_better(right[best], right[name]) for name in right if name != best)
    return DatumCheck(len(spots), len(plain) - len(spots), inside, best if told else "undecided")


def _is_better(best: np.ndarray, other: np.ndarray) -> bool:
    only = int((best & ~other).sum()), int((other & ~best).sum())
    # The two-sided sign test; scipy.stats has it too, and takes a second to load.
    return only[0] > only[1] and bool(2 * bdtrc(only[0] - 1, sum(only), 0.5) < _CHANCE)
