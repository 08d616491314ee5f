"""A quiet picture of relief: shadows dark, lit slopes bright, level ground empty."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy import ndimage

from geodata.errors import GroundError
from geodata.ground.heights import Heights

WIDE = 880  # pixels
# Beyond the county there is this much of its size; the ground fades towards its edge.
BEYOND = 0.45
_FADE = 0.06  # of the width
_LIGHTS = ((315.0, 0.65), (290.0, 0.35))
_ALTITUDE = 45.0
_RADIUS = 6_378_137.0
_STEEP = 1.6  # heights are drawn this much steeper
_BRIGHT, _DARK = 0.55, 0.6
_COARSE = 5  # steps of opacity nobody sees: the file is half as large


def widened(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    """Return west, south, east and north with the ground beyond on every side."""
    west, south, east, north = bounds
    more = BEYOND * max(east - west, north - south)
    return west - more, max(south - more, -84.0), east + more, min(north + more, 84.0)


def relief_picture(
    heights: Heights, bounds: Sequence[float]
) -> tuple[bytes, tuple[float, float, float, float]]:
    """Return the relief within `bounds` (degrees) as PNG, and the bounds of what is known of it.

    Rows are evenly spaced on a map of Mercator. Black and white with opacity: laid over any colour
    it darkens and lightens it. It fades towards where nothing is known.
    """
    west, south, east, north = bounds
    y = [np.arctanh(np.sin(np.radians(end))) for end in (north, south)]
    tall = max(2, round(WIDE * abs(y[0] - y[1]) / np.radians(east - west)))
    longitude = west + (np.arange(WIDE) + 0.5) / WIDE * (east - west)
    rows = y[0] + (np.arange(tall) + 0.5) / tall * (y[1] - y[0])
    latitude = np.degrees(np.arcsin(np.tanh(rows)))
    x, at = np.meshgrid(longitude, latitude)
    metres = heights.at(x, at)
    known = np.isfinite(metres)
    shade = _shade(np.where(known, metres, np.nanmean(metres) if known.any() else 0), x, at)
    beyond = np.pad(known, 1)
    fade = ndimage.distance_transform_edt(beyond)[1:-1, 1:-1] / (_FADE * WIDE)
    alpha = np.clip(np.abs(shade), 0, 1) * np.minimum(fade, 1)
    ink = np.where(shade > 0, 255, 0)
    across, down = (np.flatnonzero(known.any(axis=axis)) for axis in (0, 1))
    if not len(across):
        raise GroundError("ground.elsewhere")
    piece = (slice(down[0], down[-1] + 1), slice(across[0], across[-1] + 1))
    picture = np.stack([ink, _COARSE * np.round(alpha * 255 / _COARSE)], axis=-1).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(picture[piece]).save(file, "PNG", optimize=True)
    edges = np.degrees(
        np.arcsin(np.tanh(y[0] + np.array([down[-1] + 1, down[0]]) / tall * (y[1] - y[0])))
    )
    ends = west + np.array([across[0], across[-1] + 1]) / WIDE * (east - west)
    return file.getvalue(), (float(ends[0]), float(edges[0]), float(ends[1]), float(edges[1]))


def _shade(metres: np.ndarray, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return how much brighter (up to 1) or darker (down to -1) than level ground each pixel is lit."""
    across = np.radians(longitude[0, 1] - longitude[0, 0]) * _RADIUS * np.cos(np.radians(latitude))
    down = -np.gradient(np.radians(latitude[:, 0])) * _RADIUS
    smooth = ndimage.gaussian_filter(metres, 1.2)
    to_south, to_east = np.gradient(smooth)
    to_south, to_east = _STEEP * to_south / down[:, None], _STEEP * to_east / across
    level = np.sin(np.radians(_ALTITUDE))
    lit = np.zeros_like(metres)
    for azimuth, share in _LIGHTS:
        turn = np.radians(azimuth)
        toward = -np.sin(turn) * to_east + np.cos(turn) * to_south
        steep = np.sqrt(1 + to_east**2 + to_south**2)
        lit += share * (level + np.cos(np.radians(_ALTITUDE)) * toward) / steep
    return np.asarray((lit - level) * np.where(lit > level, _BRIGHT, _DARK))
