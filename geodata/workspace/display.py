"""How a workspace and what it answers look in a notebook: HTML with every text escaped.

A household is shown by its code alone: outputs of notebooks are passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from geodata.cartography.words import number_text
from geodata.escaping import html_text
from geodata.figures import Indicator, value_of
from geodata.i18n import default_language, text

if TYPE_CHECKING:
    from geodata.workspace.cards import Card
    from geodata.workspace.whatif import WhatIf
    from geodata.workspace.why import Why
    from geodata.workspace.workspace import Workspace

_LONGEST = 600
_RULES = 8


def workspace_html(county: Workspace) -> str:
    """Return name and months, and of each theme what its map shows first, with its change."""
    place, months = county.setup.config.county, county.months
    title = text("display.workspace", name=place.name or place.code, code=place.code)
    faults = "".join(_paragraph(fault.sentence()) for fault in county.setup.registry.faults)
    if not months:
        return _heading(title) + _paragraph(text("display.nothing_built")) + faults
    span = text("display.months", first=months[0], last=months[-1], count=len(months))
    rows = []
    for theme in county.setup.themes:
        indicator = _indicator(county, theme.layers[0].indicator)
        rows.append((theme.title[default_language()], *_figures(county, indicator)))
    heads = ("theme", "indicator", "value", "before", "villages")
    return _heading(title) + _paragraph(span) + _table(heads, rows) + faults


def why_html(why: Why) -> str:
    """Return the sentence, the worst rules with their counts, and who is responsible."""
    shown = why.rules.head(_RULES)
    severities = [text(f"rules.severity_{name}") for name in shown["severity"]]
    counts = ([_count(one) for one in shown[name]] for name in ("yes", "unknown", "change"))
    rows = list(zip(shown["title"], severities, *counts, strict=True))
    people = [
        " ".join(str(one) for one in row if not pd.isna(one))
        for row in why.responsible[["role", "name", "unit"]].itertuples(index=False)
    ]
    said = _paragraph(why.whole) + _table(("rule", "severity", "yes", "unknown", "change"), rows)
    return said + (
        _paragraph(text("display.responsible", people="、".join(people))) if people else ""
    )


def card_html(card: Card) -> str:
    """Return the findings of a household by its code; no name, no number of a person."""
    title = text("display.card", household=card.household, month=card.month)
    columns = ["title", "reason", "document", "remedy", "responsible"]
    rows = list(card.broken[columns].itertuples(index=False, name=None))
    unknown = int((card.findings["answer"] == "unknown").sum())
    counts = text("display.findings", yes=len(rows), unknown=unknown, all=len(card.findings))
    heads = ("rule", "reason", "document", "remedy", "who")
    return _heading(title) + _paragraph(counts) + _table(heads, rows)


def what_if_html(found: WhatIf) -> str:
    """Return how many households change, and how many newly break each rule."""
    lang = default_language()
    ended = "、".join([*found.items, *([found.workshop] if found.workshop else [])])
    title = text("display.what_if", month=found.month, ended=ended or "—")
    newly = found.places.groupby("rule")["households"].sum().sort_values(ascending=False)
    named = [found.titles.get(key, {}).get(lang, key) for key in newly.index]
    rows = list(zip(named, map(_count, newly), strict=True))
    counts = text("display.changed", households=f"{len(found.households):,}")
    return _heading(title) + _paragraph(counts) + _table(("rule", "newly"), rows[:_RULES])


def _indicator(county: Workspace, key: str) -> Indicator:
    return next(indicator for indicator in county.indicators if indicator.key == key)


def _figures(county: Workspace, indicator: Indicator) -> tuple[str, str, str, str]:
    """Return title, value of the last month, value of the month before, villages with data."""
    cube = county.cube.sel(indicator=[indicator.key])
    whole = value_of(cube).isel(place=0, indicator=0).to_series()
    villages = cube["denominator"].sel(place=cube["level"] == "village").isel(period=-1)
    known = int((villages > 0).sum())
    shown = [
        "—" if pd.isna(one) else indicator.unit.after(_value_text(one, indicator)) for one in whole
    ]
    before = shown[-2] if len(shown) > 1 else "—"
    return indicator.title[default_language()], shown[-1], before, f"{known} / {villages.size}"


def _value_text(value: float, indicator: Indicator) -> str:
    """Return a value of the cube as it is written, without its unit."""
    return number_text(value * indicator.unit.scale, indicator.decimals or 0)


def _count(value: object) -> str:
    return "—" if pd.isna(value) else f"{float(value):,.0f}"  # type: ignore[arg-type, call-overload]


def _heading(title: str) -> str:
    return f"<h4>{html_text(title)}</h4>"


def _paragraph(said: str) -> str:
    return f"<p style='max-width:60em'>{html_text(said, _LONGEST)}</p>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    named = "".join(f"<th style='text-align:left'>{text(f'display.{name}')}</th>" for name in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{html_text(c, _LONGEST)}</td>" for c in row)
        for row in rows
    )
    return f"<table><tr>{named}</tr>{lines}</table>"
