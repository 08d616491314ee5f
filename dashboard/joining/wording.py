"""The outcome of a join in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.texts import text
from geodata.boundaries.join import JoinResult
from geodata.boundaries.read import Boundaries
from geodata.boundaries.summary import finding_lines


def summary_lines(layer: Boundaries, result: JoinResult, notes: Sequence[str]) -> Iterator[str]:
    """Yield what was read, by which columns it was joined, and the counts of both sides."""
    yield text("join.read", encoding=layer.encoding.name, crs=layer.crs.label)
    yield from finding_lines(layer)
    columns = result.columns
    for kind, ours, theirs in (
        ("code", columns.boundary_code, columns.table_code),
        ("name", ",".join(columns.boundary_name), ",".join(columns.table_name)),
    ):
        if ours:
            stated = "guessed" if kind in columns.guessed else "stated"
            yield text(f"join.{kind}_columns_{stated}", boundary=ours, table=theirs)
    steps = "、".join(
        f"{text(f'join.step_{step}')} {count}" for step, count in result.matched_by.items()
    )
    yield text(
        "join.table_counts",
        rows=result.table_rows,
        matched=result.matched,
        steps=steps or "-",
        proposed=result.proposed,
        unmatched=len(result.unmatched_table),
    )
    yield text(
        "join.boundary_counts",
        features=result.boundary_features,
        matched=result.matched_boundary,
        proposed=result.proposed_boundary,
        unmatched=len(result.unmatched_boundary),
    )
    yield from notes
