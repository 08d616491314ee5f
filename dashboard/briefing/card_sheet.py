"""A household card for print: the content of the page's card on one sheet of A4."""

from __future__ import annotations

from dashboard.briefing.printing import page_count, print_pdf
from dashboard.briefing.visit_sheets import Heading
from dashboard.content.blocks import Block, BrokenRules, CardContent, Chart, Facts, Grid
from geodata.escaping import plain_text

# Tried in turn until the card fits on one page; below the last it is cut into two.
_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7)
_LONGEST = 600


def print_card(content: CardContent, heading: Heading) -> bytes:
    """Return a card as PDF, as large as one page allows; masked as `content` is."""
    data = {
        **heading.data,
        "card": {
            "title": plain_text(content.title, 80),
            "where": plain_text(content.where, 300),
            "blocks": [_block(block) for block in content.blocks],
        },
    }
    for scale in _SCALES[:-1]:
        if page_count("card", data | {"scale": scale}) == 1:
            return print_pdf("card", data | {"scale": scale})
    return print_pdf("card", data | {"scale": _SCALES[-1]})


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
    return told | _chart(block)


def _chart(block: Chart) -> dict[str, object]:
    """Return the amounts as shares of the highest month; what is negative has no height."""
    amounts = block.amounts.clip(lower=0).fillna(0)
    highest = float(amounts.sum(axis=1).max()) if len(amounts) else 0.0
    if highest <= 0:
        return {"parts": [], "months": []}
    months = [
        {"name": str(month)[2:], "shares": [round(float(one) / highest, 4) for one in row]}
        for month, row in zip(amounts.index, amounts.to_numpy(), strict=True)
    ]
    return {"parts": [plain_text(part, 20) for part in amounts.columns], "months": months}


def _text(value: object) -> str:
    return plain_text(value, _LONGEST)
