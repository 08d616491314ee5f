"""An atlas: the cube of an area with its outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.errors import AtlasError
from geodata.figures import Cube


@dataclass(frozen=True)
class Atlas(Cube):
    """The cube with geometry and with what was joined and what was not.

    `places` says in shape whether a place has an outline. `outlines`: GeoDataFrame per level in
    EPSG:4326, index key, edges shared within and between levels. `join` and `source` hold the
    counts and the origin that every page shows. `tables` are what was computed of it when it was
    made, by name: frames, or the files they are read from when asked for. `ended` are the places that
    are part of another now, by code: name, last month (empty where it is not said), successor.
    `tiles` is the archive of its outlines as vector tiles, None where they are few.
    """

    outlines: Mapping[str, gpd.GeoDataFrame]
    join: Mapping[str, object]
    source: Mapping[str, object]
    tables: Mapping[str, pd.DataFrame | Path] = field(
        default_factory=dict, repr=False, kw_only=True
    )
    ended: Mapping[str, tuple[str, str, str]] = field(
        default_factory=dict, repr=False, kw_only=True
    )
    tiles: Path | None = field(default=None, repr=False, kw_only=True)

    def computed(self, name: str) -> pd.DataFrame | None:
        """Return a table that was computed when the atlas was made; None where there is none."""
        table = self.tables.get(name)
        if isinstance(table, Path):
            return self.once(("table", name), lambda: _table(table))
        return table

    def geometry(self, level: str) -> gpd.GeoDataFrame:
        """Return the outlines of one level in EPSG:4326, index key."""
        return self.outlines[level]

    def shapes(self, level: str, keys: pd.Index | Sequence[str]) -> np.ndarray:
        """Return the outlines (EPSG:4326) of places of a level in the order of `keys`."""
        return np.asarray(self.geometry(level).geometry.reindex(pd.Index(keys)).array, dtype=object)


def _table(file: Path) -> pd.DataFrame:
    """Return a table of the folder; raises AtlasError where it changed since the atlas was opened."""
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise AtlasError("atlas.changed", file=file.name) from error
