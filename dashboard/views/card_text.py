"""A household card as HTML; every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.content.blocks import Block, CardContent, Chart, Facts, Findings, Grid
from geodata.escaping import html_text

_LONGEST = 600


def card_html(content: CardContent) -> tuple[str, str]:
    """Return what stands above the chart of income, and what stands below it."""
    at = next(i for i, block in enumerate(content.blocks) if isinstance(block, Chart))
    head = f"<h1>{html_text(content.title, 80)}</h1><p>{html_text(content.where, 400)}</p>"
    above, below = content.blocks[: at + 1], content.blocks[at + 1 :]
    return head + _blocks(above), f"<div class='blocks'>{_blocks(below)}</div>"


def _blocks(blocks: Sequence[Block]) -> str:
    return "".join(
        f"<section class='block-{type(block).__name__.lower()}'>{_block(block)}</section>"
        for block in blocks
    )


def _block(block: Block) -> str:
    note = f"<p class='note'>{html_text(block.note, _LONGEST)}</p>" if block.note else ""
    body = ""
    if isinstance(block, Facts):
        body = "".join(_pair(label, value) for label, value in block.pairs)
        body = f"<div class='facts'>{body}</div>"
    elif isinstance(block, Grid) and block.rows:
        body = _grid(block)
    elif isinstance(block, Findings):
        body = _findings(block)
    return f"<h2>{html_text(block.title)}</h2>{body}{note}"


def _pair(label: str, value: str) -> str:
    return f"<div><span>{html_text(label)}</span><b>{html_text(value, _LONGEST)}</b></div>"


def _findings(block: Findings) -> str:
    items = "".join(
        f"<li class='{html_text(one.severity)}'><b>{html_text(one.title)}</b> "
        f"{html_text(one.reason, _LONGEST)}<small>{html_text(one.then, _LONGEST)}</small></li>"
        for one in block.items
    )
    return f"<ul>{items}</ul>"


def _grid(block: Grid) -> str:
    kinds = block.kinds or ("text",) * len(block.heads)
    marks = block.marks or ("",) * len(block.rows)
    head = "".join(
        f"<th class='{kind}'>{html_text(name)}</th>"
        for name, kind in zip(block.heads, kinds, strict=True)
    )
    lines = []
    # A card has a handful of rows.
    for row, mark in zip(block.rows, marks, strict=True):
        cells = "".join(
            f"<td class='{kind}'>{html_text(said, _LONGEST)}</td>"
            for said, kind in zip(row, kinds, strict=True)
        )
        lines.append(f"<tr class='{html_text(mark)}'>{cells}</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"
