"""Values of the county's tables in words, as cards and lists show them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pandas as pd

from dashboard.texts import CATALOGUE, text
from geodata.escaping import plain_text
from geodata.tables import Column, enumeration

_LONGEST = 120


def shown(value: object, lang: str) -> str:
    """Return a value as people write it; what was not reported is said, never shown as nothing."""
    if value is None or pd.isna(value) or value == "":  # type: ignore[call-overload]
        return text("card.not_reported", lang)
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return text("card.yes" if value else "card.no", lang)
    if isinstance(value, (datetime.date, pd.Timestamp)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        said = f"{float(value):,.2f}".rstrip("0").rstrip(".")  # type: ignore[arg-type]
        return "0" if said in ("-0", "") else said
    return plain_text(value, _LONGEST)


def cell(value: object, column: Column, lang: str) -> str:
    """Return a value of a table's column: choices by their labels, money in yuan."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return text("card.not_reported", lang)
    if column.kind == "choice":
        return plain_text(enumeration(column.choice).label(str(value), lang), _LONGEST)
    if column.kind == "choices":
        known = enumeration(column.choice)
        joined = {"zh": "、", "en": ", "}[lang]
        return plain_text(joined.join(known.label(one, lang) for one in str(value).split(",")))
    return shown(float(value) / 100 if column.kind == "money" else value, lang)  # type: ignore[arg-type]


def with_unit(value: object, unit: str, words: Mapping[str, str], lang: str) -> str:
    """Return a feature in words: keys by the theme's words, grades by name, then its unit."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return shown(value, lang)
    if isinstance(value, str):
        joined = "、" if lang == "zh" else ", "
        return shown(joined.join(words.get(one, one) for one in value.split(",") if one), lang)
    if unit == "grade":
        return text(f"card.grade_{int(value)}", lang)  # type: ignore[call-overload]
    known = f"card.unit_{unit}" in CATALOGUE
    return shown(value, lang) + (text(f"card.unit_{unit}", lang) if known else f" {unit}".rstrip())
