"""The pages without a map: signing in, a new password, signed out, and what went wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from dashboard.texts import text

_FOLDER = Path(__file__).parent / "pages"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["text"] = text
    return environment.get_template(name)


def plain_page(name: str, lang: str, **values: object) -> str:
    """Return the HTML of one page in one language; every value is escaped."""
    return _template(f"{name}.html").render(lang=lang, **values)
