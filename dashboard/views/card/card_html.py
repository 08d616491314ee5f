"""A household card as HTML; every text is escaped."""

from __future__ import annotations

from pathlib import Path

from dashboard.content.blocks import CardContent, Chart
from dashboard.web.markup import element, filled

_BLOCKS = Path(__file__).with_name("blocks.html")


def card_html(content: CardContent) -> tuple[str, str]:
    """Return what stands above the chart of income, and what stands below it."""
    at = next(i for i, block in enumerate(content.blocks) if isinstance(block, Chart))
    head = element("h1", content.title, 80) + element("p", content.where, 400)
    above, below = content.blocks[: at + 1], content.blocks[at + 1 :]
    return (
        head + filled(_BLOCKS, blocks=above),
        f"<div class='blocks'>{filled(_BLOCKS, blocks=below)}</div>",
    )
