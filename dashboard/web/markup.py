"""Markup of the pages: Jinja templates that lie beside the code that fills them, and single elements.

Every value is escaped; in a template `cut` is one line of at most so many characters.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geodata.escaping import html_text, plain_text


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["cut"] = plain_text
    return environment


def filled(template: Path, **values: object) -> str:
    """Return a template with its values; raises UndefinedError for one that it lacks."""
    return _environment(template.parent).get_template(template.name).render(**values)


def element(name: str, said: object, longest: int = 300, *, kind: str = "", role: str = "") -> str:
    """Return one element around a text that is escaped and cut; `kind` is its class."""
    given = "".join(
        f' {attribute}="{html_text(value)}"'
        for attribute, value in (("class", kind), ("role", role))
        if value
    )
    return f"<{name}{given}>{html_text(said, longest)}</{name}>"
