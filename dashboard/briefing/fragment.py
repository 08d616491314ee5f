"""A view as one piece of HTML: title, picture, figures and origin, with nothing fetched."""

from __future__ import annotations

import base64
from pathlib import Path

from dashboard.answers.answer import Answer
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.texts import text
from dashboard.web.markup import filled
from geodata.cartography.words import change_text, rank_text

_SHOWN = 10


def html_fragment(answer: Answer) -> str:
    """Return the view as HTML for a notebook or a page; every text from data is escaped."""
    lang, decimals = answer.view.lang, answer.layer.decimals
    return filled(
        Path(__file__).with_name("fragment.html"),
        answer=answer,
        lang=lang,
        picture=base64.b64encode(answer.map(PaperSheet(dpi=110)).picture()).decode(),
        heads=[
            text("ranking.rank", lang),
            text(f"atlas.{answer.view.level}", lang),
            text("ranking.value", lang),
            text("ranking.change", lang),
        ],
        rows=[
            (
                rank_text(row["rank"]),
                row["name"],
                answer.worded(row["value"]),
                change_text(row["change"], decimals),
            )
            for row in answer.worst.head(_SHOWN).to_dict("records")
        ],
    )
