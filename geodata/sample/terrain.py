"""The invented county's relief: ridges, side valleys and one main river, as a height field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

_GRID = 384
_LOWEST, _RELIEF = 180.0, 1150.0


@dataclass(frozen=True)
class Terrain:
    """Heights on a square of `side` metres; `relief` runs from 0 (river) to 1 (highest ridge)."""

    side: float
    relief: np.ndarray

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return the relief, 0 to 1, at points (n, 2) in metres from the south-west corner."""
        rows = np.clip(points.T[::-1] / self.side, 0, 1) * (len(self.relief) - 1)
        return ndimage.map_coordinates(self.relief, rows, order=1, mode="nearest")

    def metres(self, points: np.ndarray) -> np.ndarray:
        """Return heights above sea level in metres at points (n, 2)."""
        return _LOWEST + _RELIEF * self.at(points) ** 1.2


def make_terrain(rng: np.random.Generator, side: float) -> Terrain:
    """Return a relief with ridges in one prevailing direction, cut by a winding main valley."""
    turn = rng.uniform(0.15, 0.55) * np.pi
    ridges = 1 - np.abs(_noise(rng, slope=2.1, turn=turn, stretch=2.2)) / 2.2
    hills = _noise(rng, slope=2.4, turn=turn, stretch=1.2)
    relief = 0.62 * np.clip(ridges, 0, 1) + 0.10 * hills
    relief -= 0.45 * _main_valley(rng, turn)
    low, high = np.quantile(relief, [0.01, 0.995])
    return Terrain(side, np.clip((relief - low) / (high - low), 0, 1))


def _noise(rng: np.random.Generator, *, slope: float, turn: float, stretch: float) -> np.ndarray:
    """Return unit-variance noise whose power falls with frequency, stretched along `turn`."""
    fx, fy = np.meshgrid(np.fft.rfftfreq(_GRID), np.fft.fftfreq(_GRID))
    along = np.cos(turn) * fx + np.sin(turn) * fy
    across = -np.sin(turn) * fx + np.cos(turn) * fy
    frequency = np.hypot(along * stretch, across)
    # Waves longer than a seventh of the square would make one mountain instead of a county of them.
    power = np.maximum(frequency, 7.0 / _GRID) ** -slope
    power[0, 0] = 0
    white = np.fft.rfft2(rng.standard_normal((_GRID, _GRID)))
    field = np.fft.irfft2(white * power, s=(_GRID, _GRID))
    return field / field.std()


def _main_valley(rng: np.random.Generator, turn: float) -> np.ndarray:
    """Return 1 on a river that winds across the square along `turn`, falling to 0 beside it."""
    axis = np.linspace(-0.5, 0.5, _GRID)
    x, y = np.meshgrid(axis, axis)
    along = np.cos(turn) * x + np.sin(turn) * y
    across = -np.sin(turn) * x + np.cos(turn) * y
    bends = rng.uniform(0, 2 * np.pi, 3)
    river = sum(
        width * np.sin(2 * np.pi * waves * along + bend)
        for width, waves, bend in zip((0.085, 0.04, 0.012), (1.3, 3.1, 7.3), bends, strict=True)
    )
    return np.exp(-(((across - river) / 0.03) ** 2))
