"""A county on a grid for hot-spot tests: square villages of 3 km, coded, all touching."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geodata import hotspots

SIDE = 3000.0


def squares(rows: int, columns: int, *, gap: float = 0.0) -> gpd.GeoSeries:
    """Return rows x columns squares with `gap` metres between them, index 12-digit codes."""
    x, y = np.meshgrid(np.arange(columns) * SIDE, np.arange(rows) * SIDE)
    x, y = x.ravel(), y.ravel()
    shapes = shapely.box(x, y, x + SIDE - gap, y + SIDE - gap)
    codes = [f"99010100{number:04d}" for number in range(len(shapes))]
    return gpd.GeoSeries(shapes, index=codes, crs="EPSG:4524")


def grid_neighbours(rows: int, columns: int) -> hotspots.Neighbours:
    """Return queen neighbours of the grid."""
    return hotspots.neighbours(squares(rows, columns))


def households(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return households a village: lognormal about 350, as villages are."""
    return np.round(rng.lognormal(np.log(350), 0.5, n)).clip(20)


def block(rows: int, columns: int, at: tuple[int, int], size: int = 3) -> np.ndarray:
    """Return the positions of a size x size block of villages."""
    row, column = at
    grid = np.arange(rows * columns).reshape(rows, columns)
    return grid[row : row + size, column : column + size].ravel()
