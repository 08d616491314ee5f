"""The join of a table of indicators to boundaries, step by step, every outcome in a ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import i18n
from geodata.joining.crosswalk import Changes, match_changes, read_changes
from geodata.joining.decisions import alias_changes, apply_decisions, read_decisions
from geodata.joining.join_columns import settle_columns
from geodata.joining.join_result import JoinResult, build_ledger
from geodata.joining.matching import (
    JoinSide,
    Matching,
    Reason,
    boundary_side,
    doubled_keys,
    table_side,
)
from geodata.joining.proposals import settle_proposals
from geodata.joining.steps import match_codes, match_locations, match_names, propose_similar
from geodata.joining.witnesses import refuse_weak_guess


def join_indicators(
    boundaries: Any,
    table: Any,
    *,
    boundary_code: str | None = None,
    table_code: str | None = None,
    boundary_name: str | Sequence[str] | None = None,
    table_name: str | Sequence[str] | None = None,
    table_xy: str | Sequence[str] | None = None,
    aliases: Any = None,
    decisions: Any = None,
    crosswalk: Any = None,
    periods: pd.Series | None = None,
    lang: str | None = None,
) -> JoinResult:
    """Return the join of a table (SourceTable or frame) to boundaries (Boundaries or GeoDataFrame).

    Steps: decisions, code, location (with `table_xy`), name within the parent, normalised name,
    aliases and changes, then proposals, which are never applied. Name columns run from the parent to the place, as a list or
    as text with commas. Columns not stated are guessed. `periods` gives the period of each row; rows
    of different periods are no duplicates. Raises JoinError for columns that do not fit, and for
    guessed ones that match less than half of both sides or that points or parents contradict.
    """
    layer: gpd.GeoDataFrame = getattr(boundaries, "frame", boundaries)
    layer = layer.reset_index(drop=True)
    frame: pd.DataFrame = getattr(table, "frame", table).reset_index(drop=True)
    columns = settle_columns(
        layer,
        frame,
        boundary_code=boundary_code,
        table_code=table_code,
        boundary_name=_as_list(boundary_name),
        table_name=_as_list(table_name),
        table_xy=_as_list(table_xy),
    )
    when = pd.Series("", index=frame.index) if periods is None else periods.reset_index(drop=True)
    ours, theirs = boundary_side(layer, columns), table_side(frame, columns, when)
    work = Matching(ours, theirs, many=_is_many(theirs))
    taken = read_decisions(decisions)
    changes = read_changes(aliases) + read_changes(crosswalk) + alias_changes(taken, theirs)
    stale = apply_decisions(work, taken)
    _run_steps(work, changes, layer)
    refuse_weak_guess(work, layer, frame, columns)
    rows = getattr(table, "rows", None)
    rows = np.arange(len(frame)) + 2 if rows is None or len(rows) != len(frame) else rows
    return JoinResult(
        ledger=build_ledger(work, when, rows, lang or i18n.default_language()),
        columns=columns,
        boundaries=layer,
        table=frame,
        periods=when,
        feature_of_row=_features(work),
        notes=(*_notes(work, stale, lang), *_coverage_notes(_features(work), when, lang)),
        duplicates={"boundary": doubled_keys(ours), "table": doubled_keys(theirs, rows)},
    )


def _as_list(names: str | Sequence[str] | None) -> list[str]:
    if names is None:
        return []
    parts = names.replace("，", ",").split(",") if isinstance(names, str) else names
    return [part.strip() for part in parts if part.strip()]


def _is_many(table: JoinSide) -> bool:
    """Return whether most places of the table have several rows: households, not villages."""
    often = table.most_rows > 1
    return bool(len(table)) and often.mean() > 0.5 and table.most_rows.mean() >= 2


def _run_steps(work: Matching, changes: Changes, layer: gpd.GeoDataFrame) -> None:
    if any(work.boundary.codes):
        match_codes(work)
    match_locations(work, layer)
    named = any(work.boundary.paths) and any(work.table.paths)
    parents = match_names(work) if named else {}
    match_changes(work, changes)
    if named:
        propose_similar(work, parents)
    settle_proposals(work)


def _features(work: Matching) -> np.ndarray:
    of_place = np.full(len(work.table), -1)
    for place, link in work.matched.items():
        of_place[place] = link.feature
    features: np.ndarray = of_place[work.table.place_of]
    return features


def _notes(work: Matching, stale: Sequence[Reason], lang: str | None) -> tuple[str, ...]:
    """Return sentences about what a person should know beside the counts."""
    notes = [i18n.text(reason.key, lang, **reason.values) for reason in stale]
    for key, count in sorted(Counter(note.key for note in work.notes.values()).items()):
        notes.append(i18n.text(f"{key}_count", lang, count=count))
    return tuple(notes)


def _coverage_notes(features: np.ndarray, periods: pd.Series, lang: str | None) -> tuple[str, ...]:
    """Return a sentence that names the periods in which fewer places have a row than in others."""
    placed = pd.DataFrame({"feature": features, "period": periods.to_numpy()})
    placed = placed[placed["feature"] >= 0].drop_duplicates()
    counts = placed["period"].value_counts().sort_index()
    short = counts[counts < counts.max()]
    if short.empty:
        return ()
    listed = [i18n.text("join.period_short", lang, period=p, count=n) for p, n in short.items()]
    shown = "、".join(listed[:6]) + ("…" if len(listed) > 6 else "")
    return (i18n.text("join.periods_short", lang, periods=shown, most=int(counts.max())),)
