"""The atlas of a joined folder: place tree, which figures are mapped, and their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dashboard.texts import text
from geodata import codes
from geodata.atlas import Atlas, open_atlas, write_atlas
from geodata.boundaries.hierarchy import PlaceTree, place_tree
from geodata.boundaries.read import Boundaries
from geodata.figures import Indicator
from geodata.hotspots.built import hotspot_tables
from geodata.i18n import LANGUAGES
from geodata.joining import JoinResult
from geodata.joining.feature_values import Figure, feature_values, settle_figures
from geodata.joining.join_columns import level_columns
from geodata.joining.join_result import MATCHED
from geodata.quantity import named_unit


@dataclass(frozen=True)
class FigurePlan:
    """The figures to map: their columns, the indicators they become, and their long values."""

    figures: Sequence[Figure]
    indicators: Sequence[Indicator]
    values: pd.DataFrame
    notes: tuple[str, ...] = ()


def make_plan(
    result: JoinResult,
    stated: Sequence[str],
    *,
    how: str | None,
    worse: str,
    aggregate: str | None,
    period: str | None,
) -> FigurePlan:
    """Return what to map: the figures stated, or all columns of numbers, or else the rows counted.

    Raises JoinError for a column that is not there or holds no figure.
    """
    figures = settle_figures(result, stated, period=period)
    if not figures:
        return _rows_counted(result)
    values, notes = feature_values(result, figures, aggregate=aggregate)
    if values.empty:
        values = _nothing_reported(result, figures)
    indicators = _indicators(figures, how=how, worse=worse, aggregate=aggregate)
    return FigurePlan(figures, indicators, values, notes)


def _nothing_reported(result: JoinResult, figures: Sequence[Figure]) -> pd.DataFrame:
    """Return every feature as not reported, for a join in which no row found its feature."""
    features = pd.DataFrame({"feature": range(len(result.boundaries))})
    keys = pd.DataFrame({"indicator": [figure.key for figure in figures]})
    grid = features.merge(keys, how="cross").assign(period=result.periods.max())
    return grid.assign(numerator=np.nan, denominator=np.nan)


def _rows_counted(result: JoinResult) -> FigurePlan:
    """Return the number of rows of each place, for a table without figures."""
    titles = {lang: text("join.rows_counted", lang) for lang in LANGUAGES}
    figure = Figure("rows", result.table.columns[0])
    values, _ = feature_values(result, [figure], aggregate="count")
    if values.empty:
        values = _nothing_reported(result, [figure])
    indicator = Indicator("rows", titles, "sum")
    return FigurePlan([figure], [indicator], values)


def _indicators(
    figures: Sequence[Figure], *, how: str | None, worse: str, aggregate: str | None
) -> list[Indicator]:
    return [
        Indicator(
            key=figure.key,
            title={"zh": figure.title, "en": figure.title},
            quantity=_quantity(figure, how, aggregate),
            unit=named_unit(figure.unit),
            worse=worse,
        )
        for figure in figures
    ]


def _quantity(figure: Figure, how: str | None, aggregate: str | None) -> str:
    """Return what a figure of a table is, which only the person can say; its texts are not read."""
    if figure.denominator or (aggregate == "mean" and how is None):
        return "ratio"
    if how is not None:
        return {"sum": "sum", "none": "plain"}[how]
    return "sum" if aggregate in {"sum", "count"} else "plain"


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
    plan: FigurePlan,
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
        compute=hotspot_tables,
    )
    return open_atlas(folder)
