"""The atlas of a joined folder: place tree, values and indicators for the app."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dashboard.joining.figures import Plan
from geodata import codes
from geodata.atlas import Atlas, open_atlas, write_atlas
from geodata.boundaries.hierarchy import PlaceTree, place_tree
from geodata.boundaries.join import JoinResult
from geodata.boundaries.join.ledger import MATCHED
from geodata.boundaries.join.level_columns import level_columns
from geodata.boundaries.read import Boundaries


def join_tree(layer: Boundaries, result: JoinResult) -> PlaceTree:
    """Return the place tree: by division codes where the features have them, else by names.

    Without any names above it the tree has the lowest level only.
    """
    columns = result.columns
    code = columns.boundary_code
    names = level_columns(layer.frame, columns.boundary_name, code)
    if code and _are_division_codes(layer.frame[code]):
        return place_tree(layer, code=code, names=names or None)
    if len(names) > 1:
        return place_tree(layer, names=names)
    lowest = [code] if code else names
    return place_tree(layer, codes=lowest, names=names or None)


def _join_facts(result: JoinResult, keys: pd.Series) -> dict[str, object]:
    """Return the counts in places of the atlas, for the page to show beside a map.

    `unmatched_boundary` are the keys of all places without a row, proposed ones too, for those have
    no figure either; `unmatched_table` names each place of the table without a feature once.
    """
    ledger = result.ledger
    features = ledger[ledger["side"] == "boundary"].reset_index(drop=True)
    rows = ledger[(ledger["side"] == "table") & (ledger["outcome"] != MATCHED)]
    return {
        "boundary_features": result.boundary_features,
        "matched": result.matched_boundary,
        "proposed": result.proposed_boundary,
        "unmatched_boundary": keys[(features["outcome"] != MATCHED).to_numpy()].tolist(),
        "table_rows": result.table_rows,
        "matched_rows": result.matched,
        "matched_by": result.matched_by,
        "unmatched_table": sorted(set(rows["key"])),
        "columns": result.columns.to_json(),
        "notes": list(result.notes),
    }


def _are_division_codes(values: pd.Series) -> bool:
    texts = values.dropna().astype(str).str.strip()
    widths = texts.str.len().unique()
    return len(texts) > 0 and len(widths) == 1 and bool(texts.map(codes.is_code).all())


def save_join_atlas(
    folder: Path,
    *,
    title: str,
    tree: PlaceTree,
    plan: Plan,
    result: JoinResult,
    source: Mapping[str, object],
) -> Atlas:
    """Write the atlas of the joined values under `folder` and return it."""
    keys = pd.Series(tree.shapes.index)
    values = plan.values.assign(place=plan.values["feature"].map(keys)).dropna(subset="place")
    shared = values.duplicated(["place", "period", "indicator"], keep=False)
    write_atlas(
        folder,
        title=title,
        tree=tree,
        values=values[~shared],
        indicators=plan.indicators,
        join=_join_facts(result, keys),
        source=source,
    )
    return open_atlas(folder)
