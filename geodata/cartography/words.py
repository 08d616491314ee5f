"""Figures, periods and changes as people write them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geodata import i18n, periods
from geodata.figures import STATES, Indicator

# Decimals behind which a quotient has nothing but the noise of its division.
EXACT = 9
# Where more than this part of those in question is unknown, the others are no picture of all: it is said
# with the figure. Half, since a majority could then turn what the known ones say around.
MOST_UNKNOWN = 0.5


def period_text(period: str, lang: str | None = None) -> str:
    """Return a period in words, e.g. 2025年3月; an empty or free key as it is."""
    try:
        kind = periods.kind_of(periods.parse_period(period))
    except (ValueError, KeyError):
        return period
    year, part = period[:4], period[5:].lstrip("-Q0")
    return i18n.text(f"cartography.period_{kind}", lang, year=year, part=part)


def state_text(state: str, lang: str | None = None) -> str:
    """Return why a place has no figure, one of STATES, in words; empty for one that has."""
    return "" if state == STATES[0] else i18n.text(f"cartography.{state}", lang)


def number_text(value: Any, decimals: int) -> str:
    """Return a number with thousands separated; a dash when it is unknown.

    A whole number has no decimals: 0, 18.8 and 100; 99.96 is 100.0, since it is not all. What is
    too little to be written is not zero: <0.1, or >-0.1 below it.
    """
    if value is None or not math.isfinite(value):
        return "—"
    value = round(value, EXACT)
    if value and not round(value, decimals):
        least = f"{10.0**-decimals:.{decimals}f}"
        return f"<{least}" if value > 0 else f">-{least}"
    return f"{round(value, decimals) + 0.0:,.{0 if value == round(value) else decimals}f}"


def figure_text(value: Any, indicator: Indicator, *, decimals: int, lang: str | None = None) -> str:
    """Return a number with its unit, e.g. 12,300 元 or 12.5%."""
    number = number_text(value, decimals)
    return number if number == "—" else indicator.unit.after(number, lang)


def parts_text(
    numerator: float, denominator: float, indicator: Indicator, lang: str | None = None
) -> str:
    """Return what a figure was made of, e.g. （有数据的 3,198 户中 69 户）, with its basis.

    Empty where there is no figure, or nothing to tell of it.
    """
    told, said = share_parts(numerator, denominator, indicator, lang), []
    if told is not None:
        part, base, counted = told
        # A base that is itself counted, or a part of the subjects, is those in question.
        plain = indicator.denominator == "1" and indicator.scope == "TRUE"
        key = "cartography.parts" if plain else "cartography.parts_in_question"
        said.append(i18n.text(key, lang, part=part, base=base, counted=counted))
    if indicator.basis and math.isfinite(numerator):
        said.append(indicator.basis_in(lang))
    return i18n.text("cartography.in_brackets", lang, said=i18n.parted(said, lang)) if said else ""


def share_parts(
    numerator: float, denominator: float, indicator: Indicator, lang: str | None = None
) -> tuple[str, str, str] | None:
    """Return part, whole and what they count as written; None without a share or a figure."""
    thing = indicator.base
    if not indicator.is_share or thing is None:
        return None
    if not (math.isfinite(numerator) and math.isfinite(denominator)):
        return None
    part, base = (number_text(n / thing.each, thing.decimals) for n in (numerator, denominator))
    return part, base, thing.text(lang, base)


def short_parts(
    numerator: float, denominator: float, indicator: Indicator, lang: str | None = None
) -> str:
    """Return what a share was made of in few words, e.g. 37户中4户; else empty."""
    told = share_parts(numerator, denominator, indicator, lang)
    if told is None:
        return ""
    part, base, counted = told
    return i18n.text("cartography.short_parts", lang, part=part, base=base, counted=counted)


def unknown_text(missing: float, subjects: float, lang: str | None = None) -> str:
    """Return of how many in question nothing is known, where these are most; else empty."""
    if not (math.isfinite(missing) and math.isfinite(subjects)) or subjects <= 0:
        return ""
    if missing / subjects <= MOST_UNKNOWN:
        return ""
    told = {"missing": number_text(missing, 0), "subjects": number_text(subjects, 0)}
    share = number_text(math.floor(100 * missing / subjects), 0)
    return i18n.text("cartography.most_unknown", lang, share=share, **told)


def rank_text(rank: Any) -> str:
    """Return a rank as it is written; a dash for a place without one."""
    return "—" if pd.isna(rank) else str(rank)


def change_text(change: float, decimals: int) -> str:
    """Return a change with its sign, none when it rounds to nothing; a dash when unknown."""
    if change is None or not math.isfinite(change):
        return "—"
    if round(change, decimals) == 0:
        return f"{0:.{0 if round(change, EXACT) == 0 else decimals}f}"
    return f"{'+' if change > 0 else '−'}{number_text(abs(change), decimals)}"


def scale_of(indicator: Indicator) -> float:
    """Return what a value is multiplied by to be shown: a quotient in percent by 100."""
    return indicator.unit.scale


def decimals_for(spread: float) -> int:
    """Return the decimals with which figures of this spread are told apart in a table."""
    if not math.isfinite(spread) or spread <= 0:
        return 0
    return min(max(0, 2 - math.floor(math.log10(spread))), 4)
