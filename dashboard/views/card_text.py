"""The words of a household card as HTML; every text from data is escaped."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pandas as pd

from dashboard.texts import CATALOGUE, text
from geodata.atlas import Atlas
from geodata.cartography.words import period_text
from geodata.escaping import html_text
from geodata.tables import enumeration, table
from geodata.workspace.cards import Card, Section

_MEMBERS = ("name", "relation", "sex", "labour", "health", "schooling", "work_months")
_MEASURES = ("kind", "detail", "start_month", "end_month", "amount")
_VISITS = ("day", "visitor", "role", "minutes", "finding")
_VISITS_SHOWN = 6


def card_html(
    card: Card, atlas: Atlas, lang: str, *, words: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, str]:
    """Return what stands above the chart of income, and what stands below it.

    `words` are the words of each theme for values that are keys.
    """
    places = [atlas.name(key) for key in atlas.path(_place(card, atlas))]
    name = html_text(_shown(card.record.get("head_name"), lang), 40)
    month = period_text(card.month, lang)
    where = html_text(" › ".join(places), 200)
    code = html_text(card.household, 40)
    head = f"<h1>{text('card.title', lang)} {name}</h1><p>{where} · {code} · {html_text(month)}</p>"
    head += _findings(card, lang) + _heading("income_chart", lang)
    visits = card.visits.sort_values("day", ascending=False).head(_VISITS_SHOWN)
    body = _rows("person", card.members, _MEMBERS, lang)
    body += "".join(
        _section(section, (words or {}).get(section.theme, {}), lang) for section in card.sections
    )
    body += _rows("measure", card.measures, _MEASURES, lang) + _rows("visit", visits, _VISITS, lang)
    return head, body


def _place(card: Card, atlas: Atlas) -> str | None:
    place = str(card.record["place_code"])
    return place if place in atlas.places.index else None


def _heading(name: str, lang: str) -> str:
    return f"<h2>{html_text(text(f'card.{name}', lang))}</h2>"


def _findings(card: Card, lang: str) -> str:
    """Return the broken rules with reason, document, remedy and who, worst first."""
    items = []
    for row in card.broken.itertuples():
        facts = {"document": row.document, "remedy": row.remedy, "who": row.responsible}
        then = text("card.then", lang, **facts)
        items.append(
            f"<li class='{html_text(row.severity)}'><b>{html_text(row.title)}</b> "
            f"{html_text(row.reason, 400)}<small>{html_text(then, 500)}</small></li>"
        )
    unknown = int((card.findings["answer"] == "unknown").sum())
    said = text("card.unknown", lang, count=unknown) if unknown else ""
    none = f"<p>{html_text(text('card.no_findings', lang))}</p>" if not items else ""
    return (
        _heading("findings", lang) + f"<ul>{''.join(items)}</ul>{none}<p>{html_text(said, 300)}</p>"
    )


def _section(section: Section, words: Mapping[str, str], lang: str) -> str:
    """Return one section of a theme: its features with units."""
    cells = []
    for label, value, unit in section.features.itertuples(index=False):
        shown = _with_unit(value, unit, words, lang)
        cells.append(f"<div><span>{html_text(label)}</span><b>{html_text(shown, 120)}</b></div>")
    return f"<h2>{html_text(section.title)}</h2><div class='facts'>{''.join(cells)}</div>"


def _with_unit(value: object, unit: str, words: Mapping[str, str], lang: str) -> str:
    """Return a feature in words: keys by the theme's words, shares in percent, then its unit."""
    if value is None or pd.isna(value):
        return _shown(value, lang)
    if isinstance(value, str):
        joined = "、" if lang == "zh" else ", "
        return _shown(joined.join(words.get(one, one) for one in value.split(",") if one), lang)
    if unit == "grade":
        return text(f"card.grade_{int(value)}", lang)
    if unit == "percent":
        value = float(value) * 100
    known = f"card.unit_{unit}" in CATALOGUE
    return _shown(value, lang) + (text(f"card.unit_{unit}", lang) if known else f" {unit}".rstrip())


def _rows(name: str, frame: pd.DataFrame, wanted: tuple[str, ...], lang: str) -> str:
    """Return a small table of some columns of one of the county's tables."""
    title = f"<h2>{html_text(table(name).label(lang))}</h2>"
    if frame.empty:
        return title + f"<p>{html_text(text('card.nothing', lang))}</p>"
    columns = [table(name).column(column) for column in wanted if column in frame]
    head = "".join(f"<th>{html_text(column.label(lang))}</th>" for column in columns)
    lines = []
    # A card has a handful of rows.
    for _, row in frame.iterrows():
        cells = (_cell(row[column.name], column, lang) for column in columns)
        lines.append("<tr>" + "".join(f"<td>{html_text(cell, 120)}</td>" for cell in cells))
    return f"{title}<table><tr>{head}</tr>{''.join(lines)}</table>"


def _cell(value: object, column, lang: str) -> str:
    if pd.isna(value):
        return text("card.not_reported", lang)
    if column.kind == "choice":
        return enumeration(column.choice).label(str(value), lang)
    if column.kind == "choices":
        known = enumeration(column.choice)
        return "、".join(known.label(one, lang) for one in str(value).split(","))
    return _shown(value / 100 if column.kind == "money" else value, lang)


def _shown(value: object, lang: str) -> str:
    """Return a value as people write it; what was not reported is said, never shown as nothing."""
    if value is None or pd.isna(value) or value == "":
        return text("card.not_reported", lang)
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return text("card.yes" if value else "card.no", lang)
    if isinstance(value, (datetime.date, pd.Timestamp)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        return f"{float(value):,.2f}".rstrip("0").rstrip(".")
    return str(value)
