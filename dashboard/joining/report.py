"""The report of a join: one self-contained page that a clerk can act on, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from dashboard.joining.page import STYLE, bar, cards, chips, section, table
from dashboard.texts import text
from geodata import i18n
from geodata.boundaries.join import JoinResult
from geodata.boundaries.join.ledger import MATCHED, PROPOSED, UNMATCHED
from geodata.boundaries.read import Boundaries
from geodata.boundaries.summary import finding_lines
from geodata.escaping import html_text
from geodata.sources.readers import SourceTable

_MOST_ROWS = 400


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
    lang = i18n.default_language()
    parts = [
        f"<header><h1>{html_text(title)}</h1><p>{text('join.report_subtitle')}</p></header>",
        _overview(result),
        *_actions(result),
        _duplicates(result),
        _how(layer, source, result, notes),
    ]
    page = (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html_text(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )
    file.write_text(page, encoding="utf-8")


def _overview(result: JoinResult) -> str:
    sides = [
        (
            text("join.boundary_features"),
            result.matched_boundary,
            result.proposed_boundary,
            len(result.unmatched_boundary),
        ),
        (
            text("join.table_rows"),
            result.matched,
            result.proposed,
            len(result.unmatched_table),
        ),
    ]
    bars = "".join(bar(label, *counts) for label, *counts in sides)
    verdict = _verdict(result)
    picture = f'<figure class="map">{result.map_svg(420)}</figure>'
    return f'<section class="overview"><div><p class="verdict">{verdict}</p>{bars}{chips()}</div>{picture}</section>'


def _verdict(result: JoinResult) -> str:
    left = result.boundary_features - result.matched_boundary
    rows = result.table_rows - result.matched
    if not left and not rows:
        return html_text(text("join.report_complete"))
    return html_text(text("join.report_incomplete", features=left, rows=rows))


def _actions(result: JoinResult) -> Iterable[str]:
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


def _listing(name: str, lines: pd.DataFrame, columns: Sequence[str]) -> str:
    if lines.empty:
        return ""
    shown = lines.head(_MOST_ROWS)
    if (shown["periods"] == "").all():
        columns = [column for column in columns if column != "periods"]
    if (shown["rows"] == 1).all():
        columns = [column for column in columns if column != "rows"]
    heads = [text(f"join.column_{column}") for column in columns]
    body = [
        [_cell(column, line[column]) for column in columns] for line in shown.to_dict("records")
    ]
    more = len(lines) - len(shown)
    after = text("join.report_more", count=more) if more else ""
    return section(
        text(f"join.{name}_title", count=len(lines)),
        text(f"join.{name}_advice"),
        table(heads, body) + f"<p>{html_text(after)}</p>",
        kind=name,
    )


def _cell(column: str, value: object) -> str:
    if column == "step":
        return html_text(text(f"join.step_{value}"))
    if column == "score":
        return f'<span class="score" style="--score:{float(value):.0f}%">{float(value):.0f}</span>'
    return html_text(value)


def _duplicates(result: JoinResult) -> str:
    lines = [
        [html_text(text(f"join.{key}")), html_text(name), f"{count:,}"]
        for side, key in (("boundary", "boundary_features"), ("table", "table_rows"))
        for name, count in sorted(
            result.duplicates[side].items(), key=lambda found: (-found[1], found[0])
        )[:50]
    ]
    if not lines:
        return ""
    count = sum(len(found) for found in result.duplicates.values())
    heads = [text(f"join.column_{name}") for name in ("side", "key", "times")]
    advice = text("join.duplicates_advice")
    return section(
        text("join.duplicates_title", count=count), advice, table(heads, lines), kind="duplicates"
    )


def _how(layer: Boundaries, source: SourceTable, result: JoinResult, notes: Sequence[str]) -> str:
    columns = result.columns
    facts: Mapping[str, str] = {
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
    lines = cards((text(f"join.fact_{name}"), value) for name, value in facts.items() if value)
    listed = "".join(f"<li>{html_text(note, 400)}</li>" for note in (*finding_lines(layer), *notes))
    return section(text("join.how_title"), "", f"{lines}<ul>{listed}</ul>", kind="how")
