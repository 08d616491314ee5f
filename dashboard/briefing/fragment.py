"""A view as one piece of HTML: title, picture, figures and origin, with nothing fetched."""

from __future__ import annotations

import base64

from dashboard.answers.facts import Facts
from dashboard.maps.sheet import Sheet
from dashboard.texts import text
from geodata.cartography.words import change_text
from geodata.escaping import html_text

_SHOWN = 10


def html_fragment(facts: Facts, sheet: Sheet | None = None) -> str:
    """Return the view as HTML for a notebook or a page; every text from data is escaped."""
    picture = base64.b64encode(facts.map(sheet or Sheet(dpi=110)).picture()).decode()
    title = html_text(facts.title, 400)
    parts = [
        f"<h2>{title}</h2>",
        f"<p>{html_text(facts.summary, 400)}</p>" if facts.summary != facts.title else "",
        f'<img alt="{title}" style="max-width:100%" src="data:image/png;base64,{picture}">',
        _table(facts),
        f"<small>{html_text(facts.origin.mark)}　{html_text(facts.origin.foot, 600)}</small>",
    ]
    return f'<section class="view" lang="{facts.view.lang}">{"".join(parts)}</section>'


def _table(facts: Facts) -> str:
    lang = facts.view.lang
    heads = ("rank", "place", "value", "change")
    head = "".join(f"<th>{html_text(text(f'ranking.{name}', lang))}</th>" for name in heads)
    rows = [
        (
            row["rank"],
            html_text(row["name"]),
            facts.worded(row["value"]),
            change_text(row["change"], facts.layer.decimals),
        )
        for row in facts.worst.head(_SHOWN).to_dict("records")
    ]
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>" if rows else ""
