"""A household card for print: the content of the page's card on one sheet of A4."""

from __future__ import annotations

from dashboard.briefing.printing import page_count, print_pdf
from dashboard.briefing.visit_sheets import Heading
from dashboard.content.blocks import (
    Block,
    BrokenRules,
    CardContent,
    Facts,
    Grid,
    Life,
    Persons,
)
from dashboard.content.life_line import life_svg
from geodata.escaping import plain_text

# Tried in turn until the card fits on one page; below the last it is cut into two.
_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.63)
_LONGEST = 600
_LIFE = "life.svg"


def print_card(content: CardContent, heading: Heading) -> bytes:
    """Return a card as PDF, as large as one page allows; masked as `content` is."""
    data = {
        **heading.data,
        "card": {
            "sentence": plain_text(content.sentence, 400),
            "title": plain_text(content.title, 80),
            "where": plain_text(content.where, 300),
            "blocks": [_block(block) for block in content.blocks],
        },
    }
    lives = [one for one in content.blocks if isinstance(one, Life)]
    pictures = dict.fromkeys([_LIFE], _drawn(lives[0])) if lives else {}
    for scale in _SCALES[:-1]:
        if page_count("card", data | {"scale": scale}, pictures=pictures) == 1:
            return print_pdf("card", data | {"scale": scale}, pictures=pictures)
    return print_pdf("card", data | {"scale": _SCALES[-1]}, pictures=pictures)


def _drawn(life: Life) -> bytes:
    return life_svg(life.line, life.amounts, life.lang).encode()


def _block(block: Block) -> dict[str, object]:
    """Return a block as the template reads it."""
    told: dict[str, object] = {
        "kind": block.kind,
        "title": plain_text(block.title),
        "note": _text(block.note),
    }
    if isinstance(block, Facts):
        return told | {"pairs": [[_text(one) for one in p] for p in block.pairs]}
    if isinstance(block, Grid):
        rows = [[_text(cell) for cell in row] for row in block.rows]
        grid = {"heads": list(block.heads), "rows": rows}
        return told | grid | {"kinds": block.kinds, "marks": block.marks}
    if isinstance(block, BrokenRules):
        items = [{name: _text(value) for name, value in vars(one).items()} for one in block.rules]
        return told | {"items": items}
    if isinstance(block, Persons):
        people = [
            {
                "state": one.state,
                "title": _text(one.title),
                "lines": [_text(line) for line in one.lines],
            }
            for one in block.persons
        ]
        return told | {"persons": people}
    return told | {"picture": _LIFE}


def _text(value: object) -> str:
    return plain_text(value, _LONGEST)
