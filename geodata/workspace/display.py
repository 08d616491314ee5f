"""The parts of what a workspace answers in a notebook: HTML with every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from geodata.escaping import html_text
from geodata.i18n import text

if TYPE_CHECKING:
    pass

_LONGEST = 600
MOST_RULES = 8


def number(value: object) -> str:
    """Return a count as it is written; a dash when it is unknown."""
    return "—" if pd.isna(value) else f"{float(value):,.0f}"  # type: ignore[arg-type, call-overload]


def heading(title: str) -> str:
    """Return a title as a heading."""
    return f"<h4>{html_text(title)}</h4>"


def paragraph(said: str) -> str:
    """Return a text as a paragraph, cut where it is too long."""
    return f"<p style='max-width:60em'>{html_text(said, _LONGEST)}</p>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; `heads` are names of the catalogue `display`."""
    named = "".join(f"<th style='text-align:left'>{text(f'display.{name}')}</th>" for name in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{html_text(c, _LONGEST)}</td>" for c in row)
        for row in rows
    )
    return f"<table><tr>{named}</tr>{lines}</table>"
