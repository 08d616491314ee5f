"""The invented county's land and places: relief, villages as catchments, grouped into townships.

The land is cut into small irregular cells; every village is a connected set of cells, so that
neighbours share their borders exactly and borders keep to the ridges between settlements. The
county lies in the open sea, where no real place is, and its codes begin with 99, which no division has.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import ndimage
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Voronoi, cKDTree

from geodata.sample import invented_names

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
    return np.asarray(field / field.std())


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
    return np.asarray(np.exp(-(((across - river) / 0.03) ** 2)))


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
    owners = place[owner[cKDTree(land.points).query(inside)[1]]]
    faces = faces[owners >= 0][np.argsort(owners[owners >= 0], kind="stable")]
    if len(faces) != len(villages):
        raise ValueError(f"{len(faces)} faces for {len(villages)} villages")
    step = land.terrain.side / np.sqrt(len(land.points))
    smooth = shapely.coverage_simplify(faces, step * 0.5)
    return np.asarray(shapely.normalize(smooth))


CRS = "EPSG:4550"  # CGCS2000 / 3-degree Gauss-Kruger, central meridian 123 E
COUNTY_CODE = "990121"
_CENTRE = (455_000.0, 3_830_000.0)
_VILLAGE_AREA = 7.2e6  # square metres, the mean
_SQUARE = 3.4  # the square is cut into this many times the county's villages


@dataclass(frozen=True)
class Places:
    """The county's villages and townships.

    `villages` has one row per village in the order of codes: code, name, township_code, township,
    county_code, county, urban (a community of residents), metres (height of the settlement), x, y
    and the polygon. `townships` has code, name. `neighbours` (m, 2) are pairs of village rows.
    `terrain` is the land they lie in.
    """

    villages: gpd.GeoDataFrame
    townships: pd.DataFrame
    neighbours: np.ndarray
    terrain: Terrain

    @property
    def county(self) -> str:
        """The county's name."""
        return invented_names.COUNTY

    def around(self, village: int) -> np.ndarray:
        """Return the rows of a village's neighbours, sorted."""
        touching = (self.neighbours == village).any(axis=1)
        return np.setdiff1d(self.neighbours[touching], [village])


def make_places(villages: int, townships: int, seed: int) -> Places:
    """Return an invented county of `villages` villages in `townships` contiguous townships.

    The same numbers give the same county. Raises ValueError when a township would have no village.
    """
    if not 1 <= townships <= villages <= 3000:
        raise ValueError(f"{villages} villages cannot make {townships} townships")
    rng = np.random.default_rng([seed, 1])
    everywhere = round(_SQUARE * max(villages, 40))
    terrain = make_terrain(rng, np.sqrt(everywhere * _VILLAGE_AREA))
    land = make_land(rng, terrain, everywhere)
    catchments = settle(rng, land, everywhere)
    chosen = _county(rng, catchments, terrain.side, villages)
    graph = catchments.graph[chosen][:, chosen]
    groups = _grow_townships(rng, graph, catchments.seats[chosen], townships)
    frame = _frame(land, catchments, chosen)
    named, township_frame = _named(rng, frame, groups)
    pairs = _pairs(graph, named.pop("row").to_numpy())
    return Places(named, township_frame, pairs, terrain)


def _county(
    rng: np.random.Generator, catchments: Catchments, side: float, villages: int
) -> np.ndarray:
    """Return the villages nearest to the middle by road, without a hole among them.

    Roads are better one way than the other, so that the county is longer than it is wide.
    """
    from_middle = np.hypot(*(catchments.seats - side / 2).T)
    road = catchments.graph.tocoo()
    one, other = road.coords
    turn, bearing = rng.uniform(0, np.pi), catchments.seats[other] - catchments.seats[one]
    across = np.abs(np.sin(np.arctan2(bearing[:, 1], bearing[:, 0]) - turn))
    bumps = 3 * catchments.seats / side * 2 * np.pi + rng.uniform(0, 2 * np.pi, 2)
    worse = np.exp(0.35 * (np.sin(bumps[:, 0]) + np.sin(bumps[:, 1])))
    slow = road.data * (1 + 0.7 * across) * np.maximum(worse[one], worse[other])
    roads = csr_array((slow, (one, other)), shape=road.shape)
    away = dijkstra(roads, indices=[int(from_middle.argmin())])[0]
    order = np.argsort(away, kind="stable")
    holes = np.array([], dtype=int)
    rim = int(from_middle.argmax())
    for _ in range(50):  # a filled hole pushes out the farthest villages, which may bare another
        kept = order[~np.isin(order, holes)][: villages - len(holes)]
        inside = np.zeros(len(order), dtype=bool)
        inside[kept] = inside[holes] = True
        outside = np.flatnonzero(~inside)
        part = connected_components(catchments.graph[outside][:, outside])[1]
        enclosed = outside[part != part[np.searchsorted(outside, rim)]]
        if not len(enclosed):
            return np.flatnonzero(inside)
        holes = np.union1d(holes, enclosed)
    raise ValueError("the county does not close")


def _grow_townships(
    rng: np.random.Generator, graph: csr_array, seats: np.ndarray, townships: int
) -> np.ndarray:
    """Return the township number of each village: contiguous groups of uneven but fair size."""
    away = dijkstra(graph)
    centres = [int(away.mean(axis=1).argmin())]
    while len(centres) < townships:
        centres.append(int(away[centres].min(axis=0).argmax()))
    for _ in range(8):  # each township moves its seat to its middle
        owner = away[centres].argmin(axis=0)
        members = [np.flatnonzero(owner == group) for group in range(townships)]
        centres = [int(own[away[np.ix_(own, own)].sum(axis=1).argmin()]) for own in members]
    unevenness = rng.uniform(0.8, 1.25, townships)
    owner = _contiguous(graph, centres, unevenness)
    order = np.lexsort((seats[centres, 0], -seats[centres, 1]))
    return np.asarray(np.argsort(order)[owner])


def _contiguous(graph: csr_array, centres: list[int], unevenness: np.ndarray) -> np.ndarray:
    """Return the nearest centre along the graph, where each centre walks at its own speed.

    A village joins the township through which its shortest path leads, so groups stay connected.
    """
    away = dijkstra(graph, indices=centres) * unevenness[:, None]
    owner = away.argmin(axis=0)
    for group, centre in enumerate(centres):
        own = np.flatnonzero(owner == group)
        part = connected_components(graph[own][:, own])[1]
        cut_off = own[part != part[np.searchsorted(own, centre)]] if centre in own else own
        owner[cut_off] = -1
    while (owner < 0).any():  # what was cut off joins the neighbour it lies nearest to
        one, other = graph.nonzero()
        ready = (owner[one] < 0) & (owner[other] >= 0)
        step = np.asarray(graph[one[ready], other[ready]]).ravel()
        first = np.lexsort((step, one[ready]))
        lost, at = np.unique(one[ready][first], return_index=True)
        owner[lost] = owner[other[ready][first][at]]
    return np.asarray(owner)


def south_west(terrain: Terrain) -> tuple[float, float]:
    """Return where the south-west corner of the land lies, in metres of CRS."""
    return _CENTRE[0] - terrain.side / 2, _CENTRE[1] - terrain.side / 2


def _frame(land: Land, catchments: Catchments, chosen: np.ndarray) -> gpd.GeoDataFrame:
    seats = catchments.seats[chosen]
    shift = np.array(south_west(land.terrain))
    polygons = outlines(land, catchments.owner, chosen)
    return gpd.GeoDataFrame(
        {
            "metres": land.terrain.metres(seats).round(0),
            "x": (seats[:, 0] + shift[0]).round(1),
            "y": (seats[:, 1] + shift[1]).round(1),
        },
        geometry=shapely.transform(polygons, lambda corners: (corners + shift).round(2)),
        crs=CRS,
    )


def _named(
    rng: np.random.Generator, frame: gpd.GeoDataFrame, groups: np.ndarray
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the villages with codes and names in the order of codes, and the townships."""
    townships = _township_frame(rng, groups.max() + 1)
    named = frame.assign(row=np.arange(len(frame)), group=groups)
    named = named.sort_values(["group", "y", "x"], ascending=[True, False, True])
    size = named.groupby("group")["row"].transform("size")
    # The lowest-lying village of a town of some size is its seat: a community of residents.
    seat = named.groupby("group")["metres"].rank(method="first") <= np.where(size >= 12, 2, 1)
    named["urban"] = seat & townships["town"].to_numpy()[named["group"]] & (size >= 4)
    named = named.sort_values(["group", "urban"], ascending=[True, False], kind="stable")
    number = named.groupby(["group", "urban"]).cumcount() + np.where(named["urban"], 1, 200)
    town = townships.iloc[named["group"]].reset_index(drop=True)
    named = named.reset_index(drop=True)
    named.insert(0, "code", town["code"] + number.map("{:03d}".format).to_numpy())
    named.insert(1, "name", _village_names(rng, named))
    named.insert(2, "township_code", town["code"])
    named.insert(3, "township", town["name"])
    named.insert(4, "county_code", COUNTY_CODE)
    named.insert(5, "county", invented_names.COUNTY)
    return named.drop(columns="group"), townships.drop(columns="town")


def _township_frame(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Return the townships: the larger half towns (镇, codes from 100), the rest 乡 (from 200)."""
    town = np.arange(count) < -(-count * 3 // 5)
    number = np.where(town, 100, 200) + np.where(
        town, np.arange(count), np.arange(count) - sum(town)
    )
    kind = np.where(town, "镇", "乡")
    return pd.DataFrame(
        {
            "code": [f"{COUNTY_CODE}{one:03d}" for one in number],
            "name": [
                a + b for a, b in zip(invented_names.township_names(rng, count), kind, strict=True)
            ],
            "town": town,
        }
    )


def _village_names(rng: np.random.Generator, named: pd.DataFrame) -> np.ndarray:
    """Return names with 村 or 社区; about one in forty repeats a name of another township."""
    urban = named["urban"].to_numpy()
    names = np.empty(len(named), dtype=object)
    names[urban] = [name + "社区" for name in invented_names.community_names(rng, urban.sum())]
    names[~urban] = [name + "村" for name in invented_names.village_names(rng, (~urban).sum())]
    rural, group = np.flatnonzero(~urban), named["group"].to_numpy()
    for copy in rng.choice(rural, len(named) // 40, replace=False):
        taken = set(names[group == group[copy]])
        model = rng.choice(rural[group[rural] != group[copy]]) if group.max() else copy
        if names[model] not in taken:
            names[copy] = names[model]
    return names


def _pairs(graph: csr_array, rows: np.ndarray) -> np.ndarray:
    """Return neighbouring villages as pairs of positions in the order of codes, each pair once."""
    position = np.argsort(rows)
    one, other = (position[ends] for ends in graph.nonzero())
    pairs = np.column_stack([one, other])[one < other]
    return pairs[np.lexsort(pairs.T[::-1])]
