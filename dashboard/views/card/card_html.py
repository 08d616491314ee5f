"""A household card as HTML; every text is escaped."""

from __future__ import annotations

from pathlib import Path

from dashboard.content.blocks import CardContent, Life
from dashboard.content.life_line import life_svg
from dashboard.web.markup import element, filled

_BLOCKS = Path(__file__).with_name("blocks.html")
# What stands below the life line, side by side.
_MAIN = 3


def card_html(content: CardContent) -> tuple[str, str]:
    """Return what stands beside and above the life line, and what stands below it."""
    at = next(i for i, block in enumerate(content.blocks) if isinstance(block, Life))
    head = (
        f"<header>{element('h1', content.title, 80)}{element('p', content.where, 400)}</header>"
        + element("p", content.sentence, 400, kind="sentence")
    )
    above, below = content.blocks[:at], content.blocks[at + 1 :]
    return (
        head + filled(_BLOCKS, blocks=above),
        f"<div class='main'>{filled(_BLOCKS, blocks=below[:_MAIN])}</div>"
        f"<div class='blocks'>{filled(_BLOCKS, blocks=below[_MAIN:])}</div>",
    )


def life_html(content: CardContent, *, dark: bool = False) -> str:
    """Return the life line with its title."""
    life = next(block for block in content.blocks if isinstance(block, Life))
    drawn = life_svg(life.line, life.amounts, life.lang, dark=dark)
    note = element("p", life.note, 200, kind="note") if life.note else ""
    return f"<figure class='life'>{element('h2', life.title, 120)}{drawn}{note}</figure>"
