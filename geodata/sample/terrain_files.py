"""The ground of the invented county as files: heights, rivers, roads, settlements."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.sample.places import CRS, Places, Terrain, south_west

# Cells that must drain through one for a brook, a river, a main river.
_DRAINED = (500, 2600, 11_000)
_AROUND = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)
_CLIMB = 9.0  # a metre up or down on a road is as long as this many on the flat


def write_terrain(folder: Path, places: Places) -> None:
    """Write heights.asc (with .prj), rivers, roads and settlements as GeoJSON into a folder.

    Rivers follow the flow of water over filled hollows, roads the least cost to the seats of the
    townships; `rank` is 3 for the widest.
    """
    folder.mkdir(parents=True)
    terrain = places.terrain
    _write_heights(folder / "heights.asc", terrain)
    metres = _grid_heights(terrain)
    seats = _seats(places, terrain)
    layers = {
        "rivers": _rivers(metres),
        "roads": _roads(metres, terrain, places, seats),
    }
    for name, (lines, ranks) in layers.items():
        on_earth = [_on_earth(line, terrain) for line in lines]
        _write(folder / f"{name}.geojson", on_earth, ranks)
    points = places.villages.loc[seats, ["x", "y"]].to_numpy()
    _write(
        folder / "settlements.geojson", [shapely.Point(x, y) for x, y in points], [2] * len(points)
    )


def _write(file: Path, shapes: Sequence[shapely.Geometry], ranks: Sequence[int]) -> None:
    frame = gpd.GeoDataFrame({"rank": ranks}, geometry=shapes, crs=CRS).to_crs(4326)
    rounded = shapely.set_precision(frame.geometry.to_numpy(), 1e-5, mode="pointwise")
    parts = (
        f'{{"type":"Feature","properties":{{"rank":{rank}}},"geometry":{shape}}}'
        for rank, shape in zip(ranks, shapely.to_geojson(rounded), strict=True)
    )
    features = ",\n".join(parts)
    text = f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'
    file.write_bytes(text.encode())


def _write_heights(file: Path, terrain: Terrain) -> None:
    """Write the heights as a grid of ESRI, rows from the north."""
    count, (left, low) = len(terrain.relief), south_west(terrain)
    head = {
        "ncols": count,
        "nrows": count,
        "xllcorner": round(left, 2),
        "yllcorner": round(low, 2),
        "cellsize": round(terrain.side / count, 4),
        "NODATA_value": -9999,
    }
    rows = np.round(_grid_heights(terrain)).astype(int)[::-1]
    lines = [f"{name} {value}" for name, value in head.items()]
    lines += [" ".join(map(str, row)) for row in rows.tolist()]
    file.write_bytes(("\n".join(lines) + "\n").encode())
    file.with_suffix(".prj").write_bytes(pyproj.CRS(CRS).to_wkt("WKT1_ESRI").encode())


def _grid_heights(terrain: Terrain) -> np.ndarray:
    """Return the heights in metres in the middle of each cell, rows from the south."""
    count = len(terrain.relief)
    middles = (np.arange(count) + 0.5) * terrain.side / count
    x, y = np.meshgrid(middles, middles)
    return terrain.metres(np.column_stack([x.ravel(), y.ravel()])).reshape(count, count)


def _on_earth(cells: np.ndarray, terrain: Terrain) -> shapely.LineString:
    """Return a line through cells (row, column), its corners cut twice (Chaikin 1974)."""
    count = len(terrain.relief)
    points = (cells[:, ::-1] + 0.5) * terrain.side / count + np.array(south_west(terrain))
    for _ in range(2):
        cut = np.empty((2 * (len(points) - 1), 2))
        cut[0::2] = 0.75 * points[:-1] + 0.25 * points[1:]
        cut[1::2] = 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.vstack([points[:1], cut, points[-1:]])
    return shapely.LineString(points)


def _rivers(metres: np.ndarray) -> tuple[list[np.ndarray], list[int]]:
    """Return lines of cells and their ranks by priority flood (Barnes, Lehman and Mulla 2014)."""
    below, order = _flooded(metres)
    drained = np.ones(metres.size, dtype="int64")
    for cell in reversed(order):
        if below[cell] >= 0:
            drained[below[cell]] += drained[cell]
    ranks = np.searchsorted(_DRAINED, drained, side="right")
    return _chains(below, ranks, metres.shape[1])


def _flooded(metres: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return to which cell each one drains (-1 beyond the edge), and all in the order of flooding."""
    rows, columns = metres.shape
    below = np.full(metres.size, -2)
    waiting: list[tuple[float, int]] = []
    for row in range(rows):
        for column in range(columns):
            if row in (0, rows - 1) or column in (0, columns - 1):
                below[row * columns + column] = -1
                heapq.heappush(waiting, (float(metres[row, column]), row * columns + column))
    order = []
    while waiting:
        level, cell = heapq.heappop(waiting)
        order.append(cell)
        row, column = divmod(cell, columns)
        for down, right in _AROUND:
            near = (row + down) * columns + column + right
            if 0 <= row + down < rows and 0 <= column + right < columns and below[near] == -2:
                below[near] = cell
                height = float(metres[row + down, column + right])
                heapq.heappush(waiting, (max(level, height), near))
    return below, order


def _chains(
    below: np.ndarray, ranks: np.ndarray, columns: int
) -> tuple[list[np.ndarray], list[int]]:
    """Return the lines from each spring, or change of rank, down to the next one that is drawn."""
    cells = np.flatnonzero(ranks > 0)
    fed = np.zeros(len(below), dtype=int)
    above = np.zeros(len(below), dtype=int)
    for cell in cells:
        if below[cell] >= 0:
            fed[below[cell]] += 1
            above[below[cell]] = max(above[below[cell]], ranks[cell])
    lines, told = [], []
    for start in cells:
        if fed[start] == 1 and above[start] == ranks[start]:
            continue
        line = [int(start)]
        while below[line[-1]] >= 0:
            line.append(int(below[line[-1]]))
            if fed[line[-1]] != 1 or ranks[line[-1]] != ranks[start]:
                break
        if len(line) > 2:
            lines.append(np.column_stack(np.divmod(line, columns)))
            told.append(int(ranks[start]))
    return lines, told


def _seats(places: Places, terrain: Terrain) -> list[int]:
    """Return the lowest-lying village of each township, its seat."""
    by_township = places.villages.groupby("township_code")["metres"]
    return [int(row) for row in by_township.idxmin()]


def _roads(
    metres: np.ndarray, terrain: Terrain, places: Places, seats: list[int]
) -> tuple[list[np.ndarray], list[int]]:
    """Return the ways from each seat to the one before it, and from each village to a seat."""
    columns = metres.shape[1]
    at = places.villages[["x", "y"]].to_numpy() - np.array(south_west(terrain))
    row, column = np.clip((at[:, ::-1] / terrain.side * len(metres)).astype(int), 0, columns - 1).T
    cells = row * columns + column
    graph = _walking(metres, terrain.side / columns)
    lines, ranks = [], []
    joined = [int(cells[seats[0]])]
    for seat in seats[1:]:
        _, way = dijkstra(graph, indices=[int(cells[seat])], return_predecessors=True)
        far = dijkstra(graph, indices=[int(cells[seat])])[0]
        lines.append(_way(way[0], min(joined, key=lambda one: float(far[one])), columns))
        ranks.append(3)
        joined.append(int(cells[seat]))
    _, ways, _ = dijkstra(graph, indices=joined, min_only=True, return_predecessors=True)
    walked: set[int] = set()
    for cell in cells.tolist():
        line = _way(ways, cell, columns, walked)
        if len(line) > 2:
            lines.append(line)
            ranks.append(1)
    return lines, ranks


def _way(before: np.ndarray, end: int, columns: int, walked: set[int] | None = None) -> np.ndarray:
    """Return the cells from an end back to the start, or to where somebody walked before."""
    cells = [end]
    while before[cells[-1]] >= 0 and not (walked and cells[-1] in walked):
        cells.append(int(before[cells[-1]]))
    if walked is not None:
        walked.update(cells)
    return np.column_stack(np.divmod(np.array(cells), columns))


def _walking(metres: np.ndarray, step: float) -> csr_array:
    """Return the cost from each cell to its eight neighbours."""
    rows, columns = metres.shape
    number = np.arange(metres.size).reshape(rows, columns)
    starts, ends, costs = [], [], []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = number[: rows - down, max(0, -right) : columns - max(0, right)]
        other = number[down:, max(0, right) : columns + min(0, right)]
        climb = np.abs(metres.ravel()[one] - metres.ravel()[other])
        cost = step * np.hypot(down, right) + _CLIMB * climb
        starts += [one.ravel(), other.ravel()]
        ends += [other.ravel(), one.ravel()]
        costs += [cost.ravel(), cost.ravel()]
    cells = (np.concatenate(starts), np.concatenate(ends))
    return coo_array((np.concatenate(costs), cells), shape=(metres.size, metres.size)).tocsr()
