"""Which coordinate reference system a layer has, whether its coordinates agree, and the GCJ-02 shift."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import CRSError
from scipy.stats import binomtest

from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

Bounds = tuple[float, float, float, float]

CGCS2000 = 4490
# Longitude and latitude of China, generously (degrees).
_CHINA = (73.0, 3.0, 136.0, 54.0)
# Northings of the same span, and how far a 3- or 6-degree zone reaches from its meridian (metres).
_NORTHINGS = (300_000.0, 6_000_000.0)
_ZONE_REACH = 400_000.0
# Zone number -> EPSG of Gauss-Kruger CGCS2000 with the zone before the easting.
_EPSG_OF_ZONE = {zone: 4513 + zone - 25 for zone in range(25, 46)} | {
    zone: 4491 + zone - 13 for zone in range(13, 24)
}
# A transverse Mercator is not used further from its meridian than this (metres).
_FAR_FROM_MERIDIAN = 1_500_000.0
_OLD_ELLIPSOIDS = {"Krassowsky 1940": "1954", "IAG 1975": "1980"}


@dataclass(frozen=True)
class CrsChoice:
    """The CRS, why it is that one, and what to be careful about."""

    crs: pyproj.CRS
    reason: Remark
    warnings: tuple[Remark, ...] = ()

    @property
    def label(self) -> str:
        """The authority code such as EPSG:4490, or the name of a CRS that has none."""
        authority = self.crs.to_authority()
        return ":".join(authority) if authority else self.crs.name


def choose_crs(stated: str | None, bounds: Bounds, *, given: object = None) -> CrsChoice:
    """Return the CRS of a layer from what its file states, or from its coordinates.

    `stated` is WKT or an authority code, None when the file states nothing; `bounds` are minimum
    x, y and maximum x, y; `given` is the user's own statement (anything pyproj reads). Raises
    BoundaryError when none is stated and the coordinates do not tell, or when they contradict it.
    """
    if given is not None:
        crs = _parsed(str(given), "boundaries.crs_unknown")
        reason = Remark("boundaries.crs_given", {"name": crs.name})
    elif stated:
        crs = _parsed(stated, "boundaries.prj_invalid")
        how = "custom" if crs.to_epsg(min_confidence=70) is None else "identified"
        reason = Remark(f"boundaries.crs_{how}", {"name": crs.name})
    else:
        return _from_coordinates(bounds)
    _refuse_contradiction(crs, bounds)
    return CrsChoice(_identified(crs), reason, _warnings(crs))


def _parsed(text: str, key: str) -> pyproj.CRS:
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise BoundaryError(key, text=text) from error
    if not (crs.is_geographic or crs.is_projected):
        raise BoundaryError("boundaries.crs_not_horizontal", name=crs.name)
    return crs


def _identified(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the registered CRS that a definition is beyond doubt, else the definition itself."""
    code = crs.to_epsg(min_confidence=70)
    return crs if code is None else pyproj.CRS.from_epsg(code)


def _from_coordinates(bounds: Bounds) -> CrsChoice:
    left, bottom, right, top = bounds
    if _inside(bounds, _CHINA):
        return CrsChoice(
            pyproj.CRS.from_epsg(CGCS2000),
            Remark("boundaries.crs_degrees"),
            (Remark("boundaries.crs_assumed_datum"),),
        )
    zone = _zone_of(bounds)
    if zone is not None:
        return CrsChoice(
            pyproj.CRS.from_epsg(_EPSG_OF_ZONE[zone]),
            Remark("boundaries.crs_zone", {"zone": zone}),
            (Remark("boundaries.crs_assumed_datum"),),
        )
    values = {"left": left, "bottom": bottom, "right": right, "top": top}
    rounded = {name: f"{value:.6g}" for name, value in values.items()}
    raise BoundaryError(f"boundaries.crs_{_why_unknown(bounds)}", **rounded)


def _inside(bounds: Bounds, area: Bounds) -> bool:
    return (
        area[0] <= bounds[0] <= bounds[2] <= area[2]
        and area[1] <= bounds[1] <= bounds[3] <= area[3]
    )


def _zone_of(bounds: Bounds) -> int | None:
    """Return the Gauss-Kruger zone written before all eastings, None when there is none."""
    left, bottom, right, top = bounds
    zone = int(left // 1_000_000)
    if zone not in _EPSG_OF_ZONE or not _NORTHINGS[0] <= bottom <= top <= _NORTHINGS[1]:
        return None
    meridian = zone * 1_000_000 + 500_000
    near = meridian - _ZONE_REACH <= left <= right <= meridian + _ZONE_REACH
    return zone if near else None


def _why_unknown(bounds: Bounds) -> str:
    left, bottom, right, top = bounds
    swapped = (bottom, left, top, right)
    if _inside(swapped, _CHINA) or _zone_of(swapped) is not None:
        return "swapped"
    if 0 < left <= right < 1_000_000 and _NORTHINGS[0] <= bottom <= top <= _NORTHINGS[1]:
        return "zone_missing"
    return "missing"


def _refuse_contradiction(crs: pyproj.CRS, bounds: Bounds) -> None:
    left, bottom, right, top = bounds
    if crs.is_geographic:
        agrees = left >= -360 and right <= 360 and bottom >= -90.001 and top <= 90.001
    else:
        easting = _false_easting(crs)
        agrees = easting is None or (
            abs(left - easting) < _FAR_FROM_MERIDIAN and abs(right - easting) < _FAR_FROM_MERIDIAN
        )
    if not agrees:
        values = {"left": left, "bottom": bottom, "right": right, "top": top}
        rounded = {name: f"{value:.6g}" for name, value in values.items()}
        raise BoundaryError("boundaries.crs_contradicted", name=crs.name, **rounded)


def _false_easting(crs: pyproj.CRS) -> float | None:
    """Return the false easting in metres of a transverse Mercator, None for any other method."""
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    for parameter in operation.params:
        if parameter.name == "False easting":
            return float(parameter.value) * parameter.unit_conversion_factor
    return None


def _warnings(crs: pyproj.CRS) -> tuple[Remark, ...]:
    ellipsoid = crs.ellipsoid.name if crs.ellipsoid else ""
    geodetic = f"{crs.name} {crs.geodetic_crs.name if crs.geodetic_crs else ''}".lower()
    old = _OLD_ELLIPSOIDS.get(ellipsoid)
    if "beijing" in geodetic or old == "1954":
        return (Remark("boundaries.datum_beijing_1954", {"name": crs.name}),)
    if "xian" in geodetic or old == "1980":
        return (Remark("boundaries.datum_xian_1980", {"name": crs.name}),)
    return ()


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


def _unshifted(coordinates: np.ndarray) -> np.ndarray:
    return np.column_stack(from_gcj02(*coordinates.T))


def crs_of(shapes: gpd.GeoDataFrame | gpd.GeoSeries) -> pyproj.CRS:
    """Return the CRS of shapes that were read; raises ValueError when they have none."""
    if shapes.crs is None:
        raise ValueError("shapes without a CRS")
    return shapes.crs


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
    crs = crs_of(frame)
    if not crs.is_geographic:
        raise BoundaryError("boundaries.datum_needs_degrees", name=crs.name)
    before = frame.geometry.to_numpy()
    after = shapely.transform(before, _unshifted)
    old, new = shapely.get_coordinates(before), shapely.get_coordinates(after)
    geod = crs.get_geod() or pyproj.Geod(ellps="WGS84")
    metres = geod.inv(*old.T, *new.T)[2].mean()
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
    shape = np.asarray(shapes.reindex(recorded.reindex(plain.index)).array)
    usable = ~shapely.is_missing(shape) & ~shapely.is_missing(plain.to_numpy())
    spots, shape = plain.to_numpy()[usable], shape[usable]
    unshifted = shapely.intersects(shape, spots)
    corrected = shapely.transform(spots, _unshifted)
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
