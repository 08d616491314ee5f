"""The pages without a map: signing in, a new password, signed out, and what went wrong."""

from __future__ import annotations

from pathlib import Path

from dashboard.texts import text
from dashboard.web.markup import filled

_FOLDER = Path(__file__).parent / "pages"
# What a page may leave unsaid.
_UNSAID = dict.fromkeys(
    ("action", "area", "commands", "fault", "head", "label", "other", "said", "whole", "xsrf"), ""
)


def plain_page(name: str, lang: str, **values: object) -> str:
    """Return the HTML of one page in one language; every value is escaped."""
    return filled(_FOLDER / f"{name}.html", lang=lang, text=text, **_UNSAID | values)
