"""A plain table of text on the page, whose rows answer a click."""

from __future__ import annotations

import param

from dashboard.web.component import Component


class TextTable(Component):
    """Rows of text with a title; a click answers with the position of the row."""

    table = param.Dict(default={"title": "", "note": "", "columns": [], "rows": []})
    dark = param.Boolean(default=False)


def row_of(message: dict[str, object], count: int) -> int | None:
    """Return the position a browser clicked, or None when it is not one of `count` rows."""
    index = message.get("index")
    return index if type(index) is int and 0 <= index < count else None
