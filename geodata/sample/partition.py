"""Villages as catchments: land goes to the settlement it is reached from with the least climbing.

The land is cut into small irregular cells; every village is a connected set of cells, so that
neighbours share their borders exactly and borders keep to the ridges between settlements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from geodata.sample.terrain import Terrain

_CELLS_PER_VILLAGE = 110
_CLIMB = 7.0  # a metre up counts as this many metres on the flat


@dataclass(frozen=True)
class Land:
    """Small cells of a square with their neighbours.

    `points` (n, 2) in metres, `relief` (n,), `pairs` (m, 2) neighbouring cells and `walls` (m, 2, 2)
    the border segment between the two.
    """

    terrain: Terrain
    points: np.ndarray
    relief: np.ndarray
    pairs: np.ndarray
    walls: np.ndarray


@dataclass(frozen=True)
class Catchments:
    """Which village each cell belongs to (`owner`), the settlements and the graph between them."""

    seats: np.ndarray
    owner: np.ndarray
    graph: csr_array


def make_land(rng: np.random.Generator, terrain: Terrain, villages: int) -> Land:
    """Return a square cut into about 110 cells for each village."""
    count = max(24, round(np.sqrt(villages * _CELLS_PER_VILLAGE)))
    step = terrain.side / count
    columns, rows = np.meshgrid(np.arange(count), np.arange(count))
    points = np.column_stack([columns.ravel() + (rows.ravel() % 2) * 0.5, rows.ravel()]) + 0.5
    points = (points + rng.uniform(-0.42, 0.42, points.shape)) * step
    cut = Voronoi(points)
    vertices = np.asarray(cut.ridge_vertices)
    closed = (vertices >= 0).all(axis=1)
    walls = np.round(cut.vertices[vertices[closed]], 2)
    return Land(terrain, points, terrain.at(points), cut.ridge_points[closed], walls)


def settle(rng: np.random.Generator, land: Land, villages: int) -> Catchments:
    """Return villages whose settlements lie close together in valleys and far apart on heights."""
    seats = _seats(rng, land, villages)
    left, right = land.pairs.T
    length = np.hypot(*(land.points[left] - land.points[right]).T)
    height = land.relief * 900
    climb = np.abs(height[left] - height[right])
    cost = (length * (1 + 1.6 * np.maximum(land.relief[left], land.relief[right]))) + _CLIMB * climb
    cost *= rng.uniform(0.85, 1.15, len(cost))
    _, _, origin = dijkstra(
        _symmetric(left, right, cost, len(land.points)),
        directed=False,
        indices=seats,
        min_only=True,
        return_predecessors=True,
    )
    owner = np.searchsorted(seats, origin)
    return Catchments(land.points[seats], owner, _village_graph(land, owner, seats))


def _seats(rng: np.random.Generator, land: Land, villages: int) -> np.ndarray:
    """Return the cells of the settlements, sorted: dense where the land is low, evened out twice."""
    weight = np.exp(-3.2 * land.relief) + 0.02
    sample = land.points[rng.choice(len(land.points), villages * 20, p=weight / weight.sum())]
    centres = sample[rng.choice(len(sample), villages, replace=False)]
    for _ in range(3):  # Lloyd's algorithm, stopped early: settlements stay uneven
        nearest = cKDTree(centres).query(sample)[1]
        members = np.bincount(nearest, minlength=villages)
        sums = [np.bincount(nearest, sample[:, axis], villages) for axis in (0, 1)]
        moved = np.column_stack(sums) / np.maximum(members, 1)[:, None]
        centres = np.where(members[:, None] > 0, moved, centres)
    cells = np.unique(cKDTree(land.points).query(centres)[1])
    spare = np.setdiff1d(np.arange(len(land.points)), cells)
    return np.sort(np.append(cells, rng.choice(spare, villages - len(cells), replace=False)))


def _village_graph(land: Land, owner: np.ndarray, seats: np.ndarray) -> csr_array:
    """Return the distances between neighbouring villages, longer where a ridge parts them."""
    left, right = owner[land.pairs].T
    border = left != right
    key = np.minimum(left, right)[border] * len(seats) + np.maximum(left, right)[border]
    wall = land.relief[land.pairs[border]].mean(axis=1)
    edges, which = np.unique(key, return_inverse=True)
    lowest = np.full(len(edges), np.inf)
    np.minimum.at(lowest, which, wall)
    one, other = edges // len(seats), edges % len(seats)
    places = land.points[seats]
    height = land.relief[seats]
    away = np.hypot(*(places[one] - places[other]).T)
    ridge = np.clip(lowest - (height[one] + height[other]) / 2, 0, None)
    return _symmetric(one, other, away * (1 + 4 * ridge), len(seats))


def _symmetric(one: np.ndarray, other: np.ndarray, cost: np.ndarray, count: int) -> csr_array:
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    return coo_array((np.tile(cost, 2), (rows, columns)), shape=(count, count)).tocsr()


def outlines(land: Land, owner: np.ndarray, villages: np.ndarray) -> np.ndarray:
    """Return one polygon for each of the numbered villages; neighbours share every vertex.

    Corners smaller than the cells are smoothed away on both sides of a border at once.
    """
    place = np.full(owner.max() + 1, -1)
    place[villages] = np.arange(len(villages))
    left, right = place[owner][land.pairs].T
    borders = shapely.linestrings(land.walls[left != right])
    faces = shapely.get_parts(shapely.polygonize(borders))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    found = place[owner[cKDTree(land.points).query(inside)[1]]]
    faces = faces[found >= 0][np.argsort(found[found >= 0], kind="stable")]
    if len(faces) != len(villages):
        raise ValueError(f"{len(faces)} faces for {len(villages)} villages")
    step = land.terrain.side / np.sqrt(len(land.points))
    smooth = shapely.coverage_simplify(faces, step * 0.5)
    return shapely.normalize(smooth)
