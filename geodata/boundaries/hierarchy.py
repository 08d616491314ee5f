"""The place tree: province, city, county, township and village from codes or name columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.boundaries.boundaries import Boundaries
from geodata.boundaries.dissolve import cleaned, dissolved
from geodata.boundaries.levels import LevelKeys, by_code, by_columns
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError


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
    _dissolved: dict[str, gpd.GeoDataFrame] = field(default_factory=dict, repr=False, compare=False)

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
        if level not in self._dissolved:
            places = self.at_level(level)[["name", "parent"]]
            if level == self.lowest:
                shapes = self.shapes
            else:
                shapes = dissolved(self.clean_shapes, self.ancestors(level)).reindex(places.index)
            self._dissolved[level] = gpd.GeoDataFrame(places, geometry=shapes, crs=self.shapes.crs)
        return self._dissolved[level].copy()

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
