"""Villages that report but have no outline: kept among the places, so that no total misses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geodata.boundaries.hierarchy import PlaceTree
from geodata.workspace.figures import division_places


def add_unshaped(tree: PlaceTree, villages: Iterable[str]) -> PlaceTree:
    """Return the tree with villages it has no shape for, and their missing ancestors, added.

    Keys are division codes, whose beginnings are the parents; the names are the keys.
    """
    missing = set(villages) - set(tree.places.index)
    if not missing:
        return tree
    added = division_places(missing, tree.levels)
    added = added[~added.index.isin(tree.places.index)]
    added["feature"] = pd.Series(pd.NA, index=added.index, dtype="Int64")
    places = pd.concat([tree.places, added])
    places["parent"] = places["parent"].astype(object).where(places["parent"].notna(), None)
    places.index.name = tree.places.index.name
    lowest = places.index[places["level"] == tree.lowest]
    return replace(tree, places=places, shapes=gpd.GeoSeries(tree.shapes.reindex(lowest)))
