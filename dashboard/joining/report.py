"""The report of a join: one self-contained page that a clerk can act on, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.texts import text
from geodata import i18n
from geodata.boundaries.read import Boundaries, finding_lines
from geodata.escaping import html_text
from geodata.intake.readers import SourceTable
from geodata.joining import JoinResult
from geodata.joining.result import COLOURS, MATCHED, PROPOSED, UNMATCHED

STYLE = """
:root{--matched:#2f7fb8;--proposed:#f0a202;--unmatched:#c8352b;--ink:#1d2733;--soft:#5b6875;--line:#e1e6eb;--paper:#fff;--ground:#f4f6f8}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.65 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;line-height:1.3;margin:0;letter-spacing:.01em}
h2{font-size:19px;margin:0 0 4px;display:flex;align-items:center;gap:10px}
h2::before{content:"";width:5px;height:1.1em;border-radius:3px;background:var(--accent,#7c8a98)}
header p,.advice{color:var(--soft);margin:2px 0 16px}
section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin:18px 0}
section.unmatched_rows,section.unmatched_features{--accent:var(--unmatched)}
section.proposals,section.doubtful{--accent:var(--proposed)}
.overview{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:32px;align-items:center}
.verdict{font-size:20px;line-height:1.5;font-weight:600;margin:0 0 18px}
.map{margin:0}.map svg{max-width:100%;height:auto;display:block}
.bar{margin:0 0 16px}.bar>div:first-child{display:flex;justify-content:space-between;font-weight:600}
.track{display:flex;height:22px;border-radius:6px;overflow:hidden;background:var(--line);margin:4px 0}
.track i{display:block;min-width:3px}
.counts{color:var(--soft);font-size:14px}.counts b{color:var(--ink);font-variant-numeric:tabular-nums}
.legend{display:flex;gap:18px;color:var(--soft);font-size:14px}.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;border-bottom:2px solid var(--line);padding:6px 12px 6px 0;white-space:nowrap}
td{border-bottom:1px solid var(--line);padding:7px 12px 7px 0;vertical-align:top;overflow-wrap:anywhere}
tr:last-child td{border-bottom:0}
.score{display:inline-block;min-width:64px;padding:0 8px;border-radius:4px;font-variant-numeric:tabular-nums;background:linear-gradient(90deg,#fbe3b0 var(--score),#f4f6f8 var(--score))}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:6px 20px;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:12px 0 0;padding-left:20px;color:var(--soft)}
@media (max-width:820px){.overview{grid-template-columns:1fr}}
@media print{body{background:#fff}section{break-inside:avoid-page;border-color:#bbb}}
"""


def bar(label: str, matched: int, proposed: int, unmatched: int) -> str:
    """Return one side's counts as a bar in three colours with the numbers below."""
    total = matched + proposed + unmatched
    counts = {"matched": matched, "proposed": proposed, "unmatched": unmatched}
    parts = "".join(
        f'<i style="flex:{count};background:{COLOURS[outcome]}"></i>'
        for outcome, count in counts.items()
        if count
    )
    words = " · ".join(
        f"{text(f'join.{outcome}')} <b>{count:,}</b>" for outcome, count in counts.items()
    )
    share = matched / total if total else 0.0
    # Rounded down, so that 100 % is said only when nothing is left.
    shown = f"{int(share * 1000) / 10:.1f}%"
    return (
        f'<div class="bar"><div><span>{html_text(label)} {total:,}</span><span>{shown}</span></div>'
        f'<div class="track">{parts}</div><div class="counts">{words}</div></div>'
    )


def chips() -> str:
    """Return the legend of the three outcomes."""
    items = "".join(
        f'<span><i style="background:{colour}"></i>{text(f"join.{outcome}")}</span>'
        for outcome, colour in COLOURS.items()
    )
    return f'<div class="legend">{items}</div>'


def section(title: str, advice: str, body: str, *, kind: str) -> str:
    """Return a section; `body` is markup already escaped."""
    below = f'<p class="advice">{html_text(advice, 400)}</p>' if advice else ""
    return f'<section class="{kind}"><h2>{html_text(title)}</h2>{below}{body}</section>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells of `rows` are markup already escaped."""
    head = "".join(f"<th>{html_text(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def cards(facts: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a list of facts."""
    lines = "".join(
        f"<dt>{html_text(name)}</dt><dd>{html_text(value, 300)}</dd>" for name, value in facts
    )
    return f"<dl>{lines}</dl>"


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


def _cell(column: str, value: Any) -> str:
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
