"""The report of a join: one self-contained page that a clerk can act on, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from dashboard.texts import text
from dashboard.web.markup import filled
from geodata import i18n
from geodata.boundaries.read import Boundaries, finding_lines
from geodata.intake.readers import SourceTable
from geodata.joining import JoinResult
from geodata.joining.join_result import COLOURS, MATCHED, PROPOSED, UNMATCHED

_MOST_ROWS, _MOST_NAMES = 400, 50


@dataclass(frozen=True)
class ReportTable:
    """One table of the report, what to do about it, and how many rows it does not show."""

    kind: str
    title: str
    advice: str
    columns: Sequence[str]
    rows: Sequence[Mapping[Any, Any]]
    more: str = ""


def write_report(
    file: Path,
    layer: Boundaries,
    source: SourceTable,
    result: JoinResult,
    *,
    title: str,
    notes: Sequence[str],
) -> None:
    """Write the report as one HTML file without any outside address."""
    template = Path(__file__).with_name("report.html")
    page = filled(
        template,
        lang=i18n.default_language(),
        text=text,
        # Our own: the style sheet, and the drawing of the joined outlines.
        style=Markup(template.with_suffix(".css").read_text(encoding="utf-8")),
        picture=Markup(result.map_svg(420)),
        title=title,
        verdict=_verdict(result),
        sides=_sides(result),
        share=_share,
        colours=COLOURS,
        listings=[one for one in (*_actions(result), _duplicates(result)) if one.rows],
        facts=_facts(layer, source, result),
        notes=(*finding_lines(layer), *notes),
    )
    file.write_text(page, encoding="utf-8")


def _sides(result: JoinResult) -> list[tuple[str, dict[str, int]]]:
    """Return how many of each side have which outcome."""
    return [
        (
            text("join.boundary_features"),
            {
                MATCHED: result.matched_boundary,
                PROPOSED: result.proposed_boundary,
                UNMATCHED: len(result.unmatched_boundary),
            },
        ),
        (
            text("join.table_rows"),
            {
                MATCHED: result.matched,
                PROPOSED: result.proposed,
                UNMATCHED: len(result.unmatched_table),
            },
        ),
    ]


def _share(counts: Mapping[str, int]) -> str:
    """Return the share that was joined, rounded down: 100 % is said only when nothing is left."""
    total = sum(counts.values())
    return f"{int(counts[MATCHED] / total * 1000) / 10 if total else 0:.1f}%"


def _verdict(result: JoinResult) -> str:
    left = result.boundary_features - result.matched_boundary
    rows = result.table_rows - result.matched
    if not left and not rows:
        return text("join.report_complete")
    return text("join.report_incomplete", features=left, rows=rows)


def _actions(result: JoinResult) -> Iterator[ReportTable]:
    """Yield what a clerk has to act on: unmatched first, then proposals, then doubtful matches."""
    ledger = result.ledger
    rows = ledger[ledger["side"] == "table"]
    features = ledger[ledger["side"] == "boundary"]
    lost = rows[rows["outcome"] == UNMATCHED]
    yield _listing("unmatched_rows", _grouped(lost), ("key", "periods", "rows", "reason"))
    empty = features[features["outcome"] == UNMATCHED]
    yield _listing("unmatched_features", _grouped(empty), ("key", "reason"))
    likely = rows[rows["outcome"] == PROPOSED]
    proposals = _grouped(likely).sort_values("score", ascending=False, kind="stable")
    yield _listing("proposals", proposals, ("key", "partner", "step", "score", "rows"))
    doubtful = rows[(rows["outcome"] == MATCHED) & (rows["reason"] != "")]
    yield _listing("doubtful", _grouped(doubtful), ("key", "partner", "reason"))


def _grouped(lines: pd.DataFrame) -> pd.DataFrame:
    """Return one line per key and partner, with how many rows and which periods it stands for."""
    groups = lines.groupby(["key", "partner", "step", "reason"], sort=True, dropna=False)
    listed = groups.agg(
        rows=("row", "size"), score=("score", "first"), periods=("period", _period_range)
    ).reset_index()
    return listed.sort_values(["rows", "key"], ascending=[False, True], kind="stable")


def _period_range(periods: pd.Series) -> str:
    known = sorted(set(periods) - {""})
    return "" if not known else known[0] if len(known) == 1 else f"{known[0]} – {known[-1]}"


def _listing(name: str, lines: pd.DataFrame, columns: Sequence[str]) -> ReportTable:
    """Return a listing without the columns that say nothing."""
    shown = lines.head(_MOST_ROWS)
    idle = {"periods"} if (shown["periods"] == "").all() else set()
    idle |= {"rows"} if (shown["rows"] == 1).all() else set()
    more = len(lines) - len(shown)
    return ReportTable(
        name,
        text(f"join.{name}_title", count=len(lines)),
        text(f"join.{name}_advice"),
        [column for column in columns if column not in idle],
        shown.to_dict("records"),
        text("join.report_more", count=more) if more else "",
    )


def _duplicates(result: JoinResult) -> ReportTable:
    rows = [
        {"side": text(f"join.{key}"), "key": name, "times": f"{count:,}"}
        for side, key in (("boundary", "boundary_features"), ("table", "table_rows"))
        for name, count in sorted(
            result.duplicates[side].items(), key=lambda pair: (-pair[1], pair[0])
        )[:_MOST_NAMES]
    ]
    count = sum(len(names) for names in result.duplicates.values())
    title, advice = text("join.duplicates_title", count=count), text("join.duplicates_advice")
    return ReportTable("duplicates", title, advice, ("side", "key", "times"), rows)


def _facts(layer: Boundaries, source: SourceTable, result: JoinResult) -> dict[str, str]:
    """Return from what and how it was joined, by the key of its name."""
    columns = result.columns
    return {
        "boundaries": layer.path.name,
        "encoding": f"{layer.encoding.name} · {layer.encoding.reason.sentence()}",
        "crs": layer.crs.label,
        "table": " · ".join(filter(None, (source.path.name, source.sheet, source.encoding))),
        "codes": " = ".join(filter(None, (columns.boundary_code, columns.table_code))),
        "names": " = ".join(
            filter(None, map(" / ".join, (columns.boundary_name, columns.table_name)))
        ),
        "steps": "，".join(
            f"{text(f'join.step_{step}')} {count:,}" for step, count in result.matched_by.items()
        ),
    }
