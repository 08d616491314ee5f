"""Figures, periods and changes as people write them."""

from __future__ import annotations

import math

from geodata import i18n, periods
from geodata.atlas import Indicator


def period_text(period: str, lang: str | None = None) -> str:
    """Return a period in words, e.g. 2025年3月; an empty or free key as it is."""
    try:
        kind = periods.kind_of(periods.parse_period(period))
    except (ValueError, KeyError):
        return period
    year, part = period[:4], period[5:].lstrip("-Q0")
    return i18n.text(f"cartography.period_{kind}", lang, year=year, part=part)


def number_text(value: float, decimals: int) -> str:
    """Return a number with thousands separated; a dash when it is unknown."""
    if value is None or not math.isfinite(value):
        return "—"
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def figure_text(
    value: float, indicator: Indicator, *, decimals: int, lang: str | None = None
) -> str:
    """Return a number with its unit, e.g. 12,300 元 or 12.5%."""
    number = number_text(value, decimals)
    unit = indicator.unit_in(lang, number)
    if number == "—" or not unit:
        return number
    return f"{number}{unit}" if unit in ("%", "‰") else f"{number} {unit}"


def parts_text(
    numerator: float, denominator: float, indicator: Indicator, lang: str | None = None
) -> str:
    """Return what a share was made of, e.g. （有数据的 3,198 户中 69 户）; empty when not told."""
    if not (math.isfinite(numerator) and math.isfinite(denominator)):
        return ""
    decimals = 0 if indicator.counted_in == 1 else 1
    part, base = (
        number_text(one / indicator.counted_in, decimals) for one in (numerator, denominator)
    )
    counted = indicator.counted_text(lang, base)
    if not counted:
        return ""
    return i18n.text("cartography.parts", lang, part=part, base=base, counted=counted)


def change_text(change: float, decimals: int) -> str:
    """Return a change with its sign, none when it rounds to nothing; a dash when unknown."""
    if change is None or not math.isfinite(change):
        return "—"
    sign = "+" if round(change, decimals) > 0 else "−" if round(change, decimals) < 0 else ""
    return f"{sign}{number_text(abs(change), decimals)}"


def scale_of(indicator: Indicator) -> float:
    """Return what a value is multiplied by to be shown: a quotient in percent by 100."""
    if indicator.adds_up != "ratio":
        return 1.0
    return {"%": 100.0, "‰": 1000.0}.get(indicator.unit_in("zh"), 1.0)


def decimals_for(spread: float) -> int:
    """Return the decimals with which figures of this spread are told apart in a table."""
    if not math.isfinite(spread) or spread <= 0:
        return 0
    return min(max(0, 2 - math.floor(math.log10(spread))), 4)
