"""The relief is bright towards the light, dark away from it, and empty on level ground."""

from __future__ import annotations

import io

import numpy as np
import pyproj
import pytest
from PIL import Image

from geodata.errors import GroundError
from geodata.ground.heights import Heights
from geodata.ground.relief import relief_picture

BOUNDS = (110.0, 34.0, 110.3, 34.3)


def _picture(metres):
    side = 0.3 / len(metres)
    heights = Heights(metres, 110.0, 34.3, side, side, pyproj.CRS(4326))
    png, ends = relief_picture(heights, BOUNDS)
    with Image.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("LA"), dtype=float)
    return pixels, ends


def _middle(metres):
    pixels, _ = _picture(metres)
    rows, columns = pixels.shape[:2]
    inner = pixels[rows // 3 : -rows // 3, columns // 3 : -columns // 3]
    return inner[..., 0].mean(), inner[..., 1].mean()


STEPS = np.arange(120) * 60.0


@pytest.mark.parametrize(
    ("metres", "ink"),
    [
        (np.tile(STEPS, (120, 1)), 255),  # rises to the east: faces the light in the northwest
        (np.tile(STEPS[::-1], (120, 1)), 0),
        (np.tile(STEPS[:, None], (1, 120)), 255),  # rises to the south: faces north
        (np.tile(STEPS[::-1][:, None], (1, 120)), 0),
    ],
)
def test_slopes_towards_the_northwest_are_bright(metres, ink):
    shown, opacity = _middle(metres)
    assert shown == ink
    assert opacity > 10


def test_level_ground_is_left_as_it_is():
    assert _middle(np.full((120, 120), 700.0))[1] == 0


def test_the_picture_ends_where_the_heights_end_and_fades_towards_it():
    metres = np.tile(STEPS, (120, 1))
    metres[:, :60] = np.nan
    pixels, (west, _, east, _) = _picture(metres)
    assert west == pytest.approx(110.15, abs=0.003)
    assert east == pytest.approx(110.3, abs=0.003)
    row = pixels[len(pixels) // 2, :, 1]
    assert row[0] < 0.3 * row[len(row) // 2]


def test_heights_of_another_place_are_refused():
    with pytest.raises(GroundError):
        _picture(np.full((120, 120), np.nan))
