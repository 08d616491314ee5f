"""The value of a feature of a point as people write it."""

from __future__ import annotations

import pandas as pd

from dashboard.texts import text
from geodata.cartography.words import number_text
from geodata.rules import Feature
from geodata.workspace.points import FeatureValue


def value_text(value: FeatureValue, feature: Feature, lang: str) -> str:
    """Return a value with its unit; a dash when it is unknown."""
    if value is None or pd.isna(value):
        return "—"
    if isinstance(value, bool):
        return text(f"points.{'yes' if value else 'no'}", lang)
    if isinstance(value, str):
        return value
    units = {"percent": "%", "persons": text("points.persons", lang)}
    amount = value / 100 if feature.unit == "yuan" else value
    decimals = 0 if float(amount).is_integer() else 2 if feature.unit == "percent" else 1
    return number_text(float(amount), decimals) + units.get(feature.unit, "")
