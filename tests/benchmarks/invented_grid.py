"""Many invented places on a grid with crooked edges, each edge shared exactly by its two places."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.invented import COUNTY, LEVELS, GridTree

# Degrees a side; points between two corners; how far a point stands off the grid, in steps of it.
_SIDE, _BETWEEN, _CROOKED = 4.0, 3, 0.3
# A township is a square of so many places a side.
_TOWNSHIP = 9


def grid_of(places: int) -> GridTree:
    """Return a county of so many villages in the sea, in townships of 81."""
    side, steps = int(np.ceil(np.sqrt(places))), _BETWEEN + 1
    row, column = np.divmod(np.arange(places), side)
    square = (row // _TOWNSHIP) * (side // _TOWNSHIP + 1) + column // _TOWNSHIP
    _, township = np.unique(square, return_inverse=True)
    towns = [f"{COUNTY}{at + 1:04d}" for at in range(township.max() + 1)]
    within = pd.Series(township).groupby(township).cumcount()
    keys = [f"{towns[at]}{number + 1:03d}" for at, number in zip(township, within, strict=True)]
    rows = [(COUNTY, "county", "县", None)]
    rows += [(key, "township", f"{at + 1}乡", COUNTY) for at, key in enumerate(towns)]
    rows += [(key, "village", f"{at + 1}村", key[: len(COUNTY) + 4]) for at, key in enumerate(keys)]
    frame = pd.DataFrame(rows, columns=["key", "level", "name", "parent"]).set_index("key")
    shapes = _squares(row * steps, column * steps, side * steps + 1, steps)
    return GridTree(frame, gpd.GeoDataFrame(geometry=shapes, index=keys, crs=4326), LEVELS)


def _squares(row: np.ndarray, column: np.ndarray, points: int, steps: int) -> np.ndarray:
    """Return the square of each place on a grid of crooked points."""
    draw, step = np.random.default_rng(1), _SIDE / points
    grid = np.stack(np.meshgrid(np.arange(points), np.arange(points)), axis=-1)
    grid = (grid + draw.uniform(-_CROOKED, _CROOKED, grid.shape)) * step + [100.0, 18.0]
    there, back, zero = np.arange(steps), np.arange(steps, 0, -1), np.zeros(steps, dtype=int)
    down = np.concatenate([zero, there, zero + steps, back, [0]])
    across = np.concatenate([there, zero + steps, back, zero, [0]])
    corners = grid[row[:, None] + down, column[:, None] + across]
    owner = np.repeat(np.arange(len(row)), corners.shape[1])
    return np.asarray(shapely.polygons(shapely.linearrings(corners.reshape(-1, 2), indices=owner)))
