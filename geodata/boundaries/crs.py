"""Which coordinate reference system a layer has, and whether its coordinates agree."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pyproj
from pyproj.exceptions import CRSError

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


def crs_of(shapes: gpd.GeoDataFrame | gpd.GeoSeries) -> pyproj.CRS:
    """Return the CRS of shapes that were read; raises ValueError when they have none."""
    if shapes.crs is None:
        raise ValueError("shapes without a CRS")
    return shapes.crs
