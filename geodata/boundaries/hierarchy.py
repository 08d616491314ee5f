"""The place tree from codes or name columns; upper shapes dissolved, all simplified with shared edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.crs import crs_of
from geodata.boundaries.levels import LevelKeys, by_code, by_columns
from geodata.boundaries.read import Boundaries
from geodata.boundaries.remark import Remark
from geodata.boundaries.repair import SLIVER_WIDTH, metres_per_unit
from geodata.errors import BoundaryError
from geodata.kept import Kept


@dataclass(frozen=True)
class PlaceTree:
    """Places of all levels with their parents, and their shapes.

    `levels` runs from the top down. `places` has one row per place, indexed by its key (text), with
    level, name, parent (key or None) and feature (row of the boundaries, lowest level only).
    `issues` names features without a key or parent and keys that several features share.
    """

    levels: tuple[str, ...]
    places: pd.DataFrame
    shapes: gpd.GeoSeries
    issues: tuple[Remark, ...] = ()
    _kept: Kept = field(default_factory=lambda: Kept(16), init=False, repr=False, compare=False)

    @property
    def lowest(self) -> str:
        """The level that the features themselves are of."""
        return self.levels[-1]

    def at_level(self, level: str) -> pd.DataFrame:
        """Return the places of one level; raises BoundaryError for a level the tree has not."""
        self._refuse_unknown(level)
        return self.places[self.places["level"] == level]

    def ancestors(self, level: str) -> pd.Series:
        """Return for every lowest place the key of its place at a level, None where it has none."""
        self._refuse_unknown(level)
        parents = self.places["parent"]
        above = pd.Series(self.at_level(self.lowest).index, index=self.at_level(self.lowest).index)
        for _ in range(self.levels.index(level), len(self.levels) - 1):
            above = above.map(parents)
        return above.astype(object).where(above.notna(), None)

    def geometry(self, level: str) -> gpd.GeoDataFrame:
        """Return the shapes of one level, indexed by key, with name and parent.

        Upper levels are the union of their lowest places with slivers closed; the CRS is that of
        the boundaries.
        """

        def dissolve() -> gpd.GeoDataFrame:
            places = self.at_level(level)[["name", "parent"]]
            if level == self.lowest:
                return gpd.GeoDataFrame(places, geometry=self.shapes, crs=self.shapes.crs)
            upper = dissolved(self.clean_shapes, self.ancestors(level)).reindex(places.index)
            return gpd.GeoDataFrame(places, geometry=gpd.GeoSeries(upper), crs=self.shapes.crs)

        return self._kept.once(level, dissolve).copy()

    @cached_property
    def clean_shapes(self) -> gpd.GeoSeries:
        """The lowest shapes made to meet exactly, for unions and for drawing."""
        return cleaned(self.shapes)

    def _refuse_unknown(self, level: str) -> None:
        if level not in self.levels:
            raise BoundaryError(
                "boundaries.no_such_level", level=level, levels=", ".join(self.levels)
            )


def place_tree(
    boundaries: Boundaries,
    *,
    code: str | None = None,
    codes: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    levels: Sequence[str] | None = None,
) -> PlaceTree:
    """Return the tree of places that the features of a layer make.

    `code` is one column of division codes of 2 to 12 digits, whose beginnings are the parents;
    `codes` is one column of codes per level and `names` one column of names per level, both from
    the top down. Codes make the keys where they are given, else the path of names does. `levels`
    names the levels of the columns. Raises BoundaryError for a column the layer has not.
    """
    frame = boundaries.frame
    _refuse_bad_columns(frame, code, codes, names)
    if code is not None:
        keys = by_code(frame[code], None if names is None else frame[list(names)])
    else:
        keys = by_columns(
            frame[list(names)] if names else None, frame[list(codes)] if codes else None, levels
        )
    shapes = gpd.GeoSeries(frame.geometry.to_numpy(), index=keys.lowest, crs=frame.crs)
    return PlaceTree(keys.levels, _places(keys), shapes, keys.issues)


def _places(keys: LevelKeys) -> pd.DataFrame:
    rows = pd.concat(
        [
            pd.DataFrame({"level": level, "name": table["name"], "parent": table["parent"]})
            for level, table in zip(keys.levels, keys.tables, strict=True)
        ]
    )
    rows.index.name = "key"
    rows["parent"] = rows["parent"].astype(object).where(rows["parent"].notna(), None)
    feature = pd.Series(np.arange(len(keys.lowest)), index=keys.lowest, dtype="Int64")
    rows["feature"] = feature.reindex(rows.index)
    return rows


def _refuse_bad_columns(
    frame: gpd.GeoDataFrame,
    code: str | None,
    codes: Sequence[str] | None,
    names: Sequence[str] | None,
) -> None:
    columns = [str(column) for column in frame.columns if column != frame.geometry.name]
    wanted = [*([code] if code else []), *(codes or ()), *(names or ())]
    missing = [column for column in wanted if column not in columns]
    if missing:
        raise BoundaryError(
            "boundaries.no_such_column", columns=", ".join(missing), names=", ".join(columns)
        )
    if not wanted:
        raise BoundaryError("boundaries.no_level_columns", names=", ".join(columns))
    if codes and names and len(codes) != len(names):
        raise BoundaryError("boundaries.unequal_levels", codes=len(codes), names=len(names))


def cleaned(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return polygons that meet exactly: overlaps go to one neighbour, slivers are closed.

    It is for drawing and for unions; the boundaries themselves keep their shapes, and how much
    differs is in their overlaps and slivers. Points, lines and missing shapes stay as they are.
    """
    values = shapes.to_numpy().copy()
    polygons = np.isin(shapely.get_type_id(values), (3, 6))
    width = SLIVER_WIDTH / metres_per_unit(crs_of(shapes), shapes.total_bounds)
    if not shapely.coverage_is_valid(values[polygons], gap_width=width):
        # The stubs are those of shapely 2.1.
        made = shapely.coverage_clean(values[polygons], gap_width=width)  # type: ignore[attr-defined]
        # A polygon that lies wholly under others would vanish; it keeps its own shape.
        values[polygons] = np.where(shapely.is_empty(made), values[polygons], made)
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


def dissolved(shapes: gpd.GeoSeries, group: pd.Series) -> gpd.GeoSeries:
    """Return the union of the shapes of each group; shapes without a group or geometry are left.

    Both have the same index.
    """
    values, keys = shapes.to_numpy(), group.reindex(shapes.index)
    present = ~shapely.is_missing(values) & keys.notna().to_numpy()
    table = pd.DataFrame({"key": keys.to_numpy()[present], "shape": values[present]})
    union = {key: _union(rows["shape"].to_numpy()) for key, rows in table.groupby("key", sort=True)}
    return gpd.GeoSeries(pd.Series(union, dtype=object), crs=shapes.crs)


def _union(shapes: np.ndarray) -> shapely.Geometry:
    """Return the union, the quick way where the shapes meet exactly."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


# A leader's projector shows this many pixels across; a bend smaller than one is not seen.
SCREEN = 1920


@dataclass(frozen=True)
class Zoom:
    """Shapes for looking at one place of `level` that fills the screen.

    `tolerance` is in metres. `shapes` has one frame per level of the tree, indexed by key, in the
    CRS of the boundaries; upper levels are unions of the same simplified lowest shapes. Bytes are
    those of the lowest level as well-known binary, before and after.
    """

    level: str
    tolerance: float
    shapes: Mapping[str, gpd.GeoDataFrame]
    bytes_before: int
    bytes_after: int


def simplify_levels(
    tree: PlaceTree, *, tolerances: Mapping[str, float] | None = None
) -> tuple[Zoom, ...]:
    """Return one zoom per level above the lowest, from the top down (the lowest when it is alone).

    `tolerances` gives metres by level; by default what is smaller than a pixel when a typical place
    of the level fills the screen goes. Raises BoundaryError for a level the tree has not.
    """
    unknown = set(tolerances or ()) - set(tree.levels)
    if unknown:
        raise BoundaryError(
            "boundaries.no_such_level",
            level=", ".join(sorted(unknown)),
            levels=", ".join(tree.levels),
        )
    lowest = tree.geometry(tree.lowest)
    unit = metres_per_unit(crs_of(lowest), lowest.total_bounds)
    before = _bytes(lowest.geometry)
    zooms = []
    for level in tree.levels[:-1] or tree.levels:
        metres = (tolerances or {}).get(level) or pixel_size(tree.geometry(level), unit)
        simple = _simplified(tree.clean_shapes, metres / unit)
        shapes = {name: _at_level(tree, name, simple) for name in tree.levels}
        zooms.append(Zoom(level, metres, shapes, before, _bytes(simple)))
    return tuple(zooms)


def pixel_size(places: gpd.GeoDataFrame, unit: float) -> float:
    """Return the metres that a pixel covers when the typical one of some places fills the screen.

    `unit` is the number of metres in one unit of the CRS.
    """
    left, bottom, right, top = shapely.bounds(np.asarray(places.geometry.dropna().array)).T
    return float(np.median(np.maximum(right - left, top - bottom))) * unit / SCREEN


def _simplified(shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoSeries:
    """Return polygons simplified together, so that neighbours keep one edge."""
    values = shapes.to_numpy().copy()
    polygons = np.isin(shapely.get_type_id(values), (3, 6))
    values[polygons] = shapely.coverage_simplify(values[polygons], tolerance)
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs)


def _at_level(tree: PlaceTree, level: str, simple: gpd.GeoSeries) -> gpd.GeoDataFrame:
    places = tree.at_level(level)[["name", "parent"]]
    shapes = simple if level == tree.lowest else dissolved(simple, tree.ancestors(level))
    return gpd.GeoDataFrame(places, geometry=shapes.reindex(places.index), crs=simple.crs)


def _bytes(shapes: gpd.GeoSeries) -> int:
    return sum(len(binary) for binary in shapely.to_wkb(np.asarray(shapes.dropna().array)))
