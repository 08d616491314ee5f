"""Villages that report but have no outline: kept among the places, so that no total misses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geodata import codes
from geodata.boundaries.hierarchy import PlaceTree


def add_unshaped(tree: PlaceTree, villages: Iterable[str]) -> PlaceTree:
    """Return the tree with villages it has no shape for, and their missing ancestors, added.

    Keys are division codes, whose beginnings are the parents; the names are the keys.
    """
    rows: dict[str, tuple[str, str, str | None]] = {}
    for village in sorted(set(villages) - set(tree.places.index)):
        parent: str | None = None
        for level in tree.levels:
            key = codes.at_level(village, level)
            if key not in tree.places.index:
                rows.setdefault(key, (level, key, parent))
            parent = key
    if not rows:
        return tree
    added = pd.DataFrame.from_dict(rows, orient="index", columns=["level", "name", "parent"])
    added["feature"] = pd.Series(pd.NA, index=added.index, dtype="Int64")
    places = pd.concat([tree.places, added])
    places["parent"] = places["parent"].astype(object).where(places["parent"].notna(), None)
    places.index.name = tree.places.index.name
    lowest = places.index[places["level"] == tree.lowest]
    return replace(tree, places=places, shapes=tree.shapes.reindex(lowest), _dissolved={})
