"""The ground of a drawn map: outlines on a plane with one true scale, as paths to fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.path import Path

from geodata.kept import Kept

# China's datum has the shape of this ellipsoid to a tenth of a millimetre.
_ELLIPSOID = "GRS80"
# A way to a plane takes long to find.
_WAYS = Kept(64)


@dataclass(frozen=True)
class Plane:
    """A transverse Mercator plane through the middle of an area: metres, north up, true scale.

    Within 200 km of the middle a length is right to one part in two thousand.
    """

    longitude: float
    latitude: float

    @classmethod
    def around(cls, bounds: np.ndarray) -> Plane:
        """Return the plane of an area given as west, south, east, north in degrees."""
        west, south, east, north = (float(side) for side in bounds)
        return cls((west + east) / 2, (south + north) / 2)

    @property
    def crs(self) -> pyproj.CRS:
        """Return the coordinate reference system of the plane."""
        return pyproj.CRS.from_proj4(
            f"+proj=tmerc +lon_0={self.longitude} +lat_0={self.latitude} +k=1 +x_0=0 +y_0=0"
            f" +ellps={_ELLIPSOID} +units=m +no_defs"
        )

    def project(self, shapes: np.ndarray) -> np.ndarray:
        """Return shapes in degrees as shapes in metres; what is missing stays missing."""
        if len(shapes) == 0:
            return shapes
        way: pyproj.Transformer = _WAYS.once(
            self, lambda: pyproj.Transformer.from_crs(4326, self.crs, always_xy=True)
        )

        def moved(points: np.ndarray) -> np.ndarray:
            return np.column_stack(way.transform(points[:, 0], points[:, 1]))

        return shapely.transform(shapes, moved)


def renderer_of(figure: object) -> Any:
    """Return what measures text on a figure; raises TypeError for one that is not drawn by Agg."""
    canvas = getattr(figure, "canvas", None)
    if not isinstance(canvas, FigureCanvasAgg):
        raise TypeError("a drawn map is a figure of the Agg renderer")
    return canvas.get_renderer()  # type: ignore[no-untyped-call]  # Matplotlib gives it no types


def path_of(shapes: np.ndarray) -> Path | None:
    """Return all rings of polygons as one path; holes turn the other way, so they stay empty."""
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    if len(shapes) == 0:
        return None
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shapes)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) == 0:
        return None
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[starts] = Path.MOVETO
    codes[np.append(starts[1:], len(points)) - 1] = Path.CLOSEPOLY
    return Path(points, codes)


def round_length(longest: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is not longer."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in (1, 2, 5) if step * power <= longest))
