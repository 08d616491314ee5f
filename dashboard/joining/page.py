"""Pieces of the join report's page: bars, tables, sections and their style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.texts import text
from geodata.boundaries.join.inline_map import COLOURS
from geodata.escaping import html_text

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
