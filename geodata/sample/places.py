"""The invented county's places: villages with shared borders, grouped into townships.

The county lies in the open sea, where no real place is, and its codes begin with 99, which no
division has.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata.sample import names
from geodata.sample.partition import Catchments, Land, make_land, outlines, settle
from geodata.sample.terrain import make_terrain

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
    """

    villages: gpd.GeoDataFrame
    townships: pd.DataFrame
    neighbours: np.ndarray

    @property
    def county(self) -> str:
        """The county's name."""
        return names.COUNTY

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
    return Places(named, township_frame, pairs)


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
    away = dijkstra(roads, indices=int(from_middle.argmin()))
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
    return np.argsort(order)[owner]


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
    return owner


def _frame(land: Land, catchments: Catchments, chosen: np.ndarray) -> gpd.GeoDataFrame:
    seats = catchments.seats[chosen]
    shift = np.array(_CENTRE) - land.terrain.side / 2
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
    named.insert(5, "county", names.COUNTY)
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
            "name": [a + b for a, b in zip(names.township_names(rng, count), kind, strict=True)],
            "town": town,
        }
    )


def _village_names(rng: np.random.Generator, named: pd.DataFrame) -> np.ndarray:
    """Return names with 村 or 社区; about one in forty repeats a name of another township."""
    urban = named["urban"].to_numpy()
    found = np.empty(len(named), dtype=object)
    found[urban] = [name + "社区" for name in names.community_names(rng, urban.sum())]
    found[~urban] = [name + "村" for name in names.village_names(rng, (~urban).sum())]
    rural, group = np.flatnonzero(~urban), named["group"].to_numpy()
    for copy in rng.choice(rural, len(named) // 40, replace=False):
        taken = set(found[group == group[copy]])
        model = rng.choice(rural[group[rural] != group[copy]]) if group.max() else copy
        if found[model] not in taken:
            found[copy] = found[model]
    return found


def _pairs(graph: csr_array, rows: np.ndarray) -> np.ndarray:
    """Return neighbouring villages as pairs of positions in the order of codes, each pair once."""
    position = np.argsort(rows)
    one, other = (position[ends] for ends in graph.nonzero())
    pairs = np.column_stack([one, other])[one < other]
    return pairs[np.lexsort(pairs.T[::-1])]
