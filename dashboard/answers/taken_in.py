"""What a place has taken in: the places that ended and whose area and households are its own now."""

from __future__ import annotations

from dashboard.answers.source import Source
from dashboard.texts import text
from dashboard.view import View
from geodata.cartography.words import period_text
from geodata.escaping import plain_text

# So many are named; the rest are counted.
_NAMED = 3


def taken_in_sentence(source: Source, view: View) -> str:
    """Return which former places belong to the viewed one now; empty where none came from outside."""
    atlas, place, lang = source.atlas, view.place, view.lang
    if place is None:
        return ""
    came = {
        code: told
        for code, told in atlas.ended.items()
        if told[2] in atlas.places.index
        and place in atlas.path(told[2])
        and (told[2] == place or not code.startswith(place))
    }
    if not came:
        return ""
    named = [
        plain_text(name, 20)
        + (text("taken_in.until", lang, month=period_text(last, lang)) if last else "")
        for name, last, _ in list(came.values())[:_NAMED]
    ]
    said = text("taken_in.and", lang).join(named)
    if len(came) > _NAMED:
        said += text("taken_in.more", lang, count=len(came))
    return text("taken_in.sentence", lang, place=plain_text(atlas.name(place), 20), names=said)
