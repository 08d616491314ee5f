"""What a theme says of its indicators in a briefing: its own sentences, filled."""

from __future__ import annotations

import math

from dashboard.answers.answer import Answer
from dashboard.answers.titles import short_name
from dashboard.briefing.briefing import Briefing
from dashboard.texts import text
from geodata.cartography.words import number_text
from geodata.i18n import fill, places_of
from geodata.quantity import Thing
from geodata.themes import Theme

# What stands between the clauses of a sentence, and at its end.
_CLAUSES = {"zh": ("；", "。"), "en": ("; ", ".")}
_OF_WORST = {"worst", "worst_value"}


def sentences_of(briefing: Briefing, theme: Theme) -> dict[str, str]:
    """Return by indicator what the theme says of the briefing's place in the month.

    Nothing for the public, and of an indicator without a figure.
    """
    known = briefing.indicators(theme)
    said = {
        one.indicator: _filled(
            briefing.answer(theme, indicator=one.indicator), one.text[briefing.lang]
        )
        for one in theme.briefing
        if one.indicator in known and not briefing.public
    }
    return {indicator: sentence for indicator, sentence in said.items() if sentence}


def _filled(answer: Answer, template: str) -> str:
    """Return a sentence with its places filled; empty without a figure.

    Where no place is worse than another, or none has a base to be ranked by, its clause about the
    worst is left out.
    """
    atlas, view, ranked = answer.atlas, answer.view, answer.compared
    if math.isnan(answer.value):
        return ""
    decimals = answer.layer.decimals
    numerator, denominator = answer.parts
    indicator = answer.indicator
    values = {
        "place": short_name(atlas.name(view.place)),
        "month": answer.period,
        "value": number_text(answer.value, decimals),
        "numerator": _part(numerator, indicator.base if indicator.is_share else indicator.counts),
        "denominator": _part(denominator, indicator.base),
    }
    if atlas.level_of(view.place) == view.level or ranked["shown"].nunique() < 2:
        own = without_worst(template, view.lang)
        return fill(own, values) if own else ""
    first = number_text(ranked.iloc[0]["value"], decimals)
    return fill(template, {**values, "worst": _worst(answer), "worst_value": first})


def without_worst(template: str, lang: str) -> str:
    """Return a sentence of a theme without the clauses about the worst place; empty without others."""
    between, end = _CLAUSES[lang]
    clauses = template.removesuffix(end).split(between)
    kept = [one for one in clauses if not places_of(one) & _OF_WORST]
    return between.join(kept) + end if kept else ""


def _part(number: float, thing: Thing | None) -> str:
    """Return a part of a figure as it is written of what it counts."""
    return (
        number_text(number, 0)
        if thing is None
        else number_text(number / thing.each, thing.decimals)
    )


def _worst(answer: Answer) -> str:
    """Return the name of the worst place, and of how many the same is true."""
    first, lang = answer.compared.iloc[0], answer.view.lang
    alike = int((answer.compared["shown"] == first["shown"]).sum())
    name = short_name(first["name"])
    if alike == 1:
        return name
    level = text(f"atlas.{answer.view.level}", lang)
    facts = {"name": name, "count": alike, "level": level}
    return text("slides.worst_alike", lang, **facts)
