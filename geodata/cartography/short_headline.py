"""The finding in few words, where place, period and indicator already stand beside it."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.finding import Finding, finding_of
from geodata.cartography.headline import (
    absent_state,
    change_of_whole,
    counted_others,
    end_text,
    figure_of_whole,
    rank_sentence,
    short_change,
    unknown_of_whole,
)
from geodata.cartography.layer import Layer
from geodata.cartography.ranking import rank_places
from geodata.cartography.words import figure_text, number_text, short_parts
from geodata.escaping import plain_text
from geodata.figures import STATES

# A longer name is cut there; it stands whole in the ranking.
_LONGEST_NAME = 14


def short_headline(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return what is told, its figure and how that moved, and the finding of `headline` in few words."""
    finding = finding_of(atlas, layer)
    subject = _subject(atlas, layer, lang)
    if finding.kind == "own":
        said = _own(atlas, layer, lang)
    elif finding.kind == "none":
        states = set(layer.states[layer.inside])
        none = i18n.text("cartography.short_none", lang)
        said = none if states <= {STATES[1]} else counted_others(layer, lang)
    else:
        said = _of_several(layer, finding, lang)
    if not said:
        return subject
    return i18n.text("cartography.short_said", lang, subject=subject, said=said)


def _subject(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return the title of the indicator with the figure of the shown place and how it moved."""
    indicator = layer.indicator
    subject = indicator.title_in(lang)
    if not _told(atlas, layer):
        return subject
    figure, _ = figure_of_whole(atlas, layer, lang)
    if indicator.adds_up == "none" and atlas.level_of(layer.place) != atlas.lowest:
        figure = i18n.text("cartography.short_median", lang, figure=figure)
    subject = i18n.text("cartography.short_subject", lang, title=subject, figure=figure)
    moved = short_change(atlas, layer, lang)
    made = {"said": subject, "parts": moved}
    return i18n.text("cartography.short_made", lang, **made) if moved else subject


def _told(atlas: Atlas, layer: Layer) -> bool:
    """Return whether the shown place itself has a figure."""
    course = atlas.series(layer.indicator.key, layer.place)["value"]
    return bool(course.reindex([layer.period]).notna().iloc[0])


def short_whole(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the figure of the shown place, its parts and its basis in few words, and its change where
    `short_headline` does not tell it.
    """
    indicator, level = layer.indicator, atlas.level_of(layer.place)
    row = atlas.series(indicator.key, layer.place).reindex([layer.period]).iloc[0]
    facts: dict[str, object] = {
        "level": i18n.text(f"atlas.{level}", lang) if level else "",
        "place": plain_text(atlas.name(layer.place), _LONGEST_NAME),
    }
    lowest = level == atlas.lowest
    kind = "place" if level is None else "own" if lowest else "whole"
    if pd.isna(row["value"]):
        return _begun(i18n.text(f"cartography.short_{absent_state(atlas, layer)}", lang))
    figure, _ = figure_of_whole(atlas, layer, lang)
    if indicator.adds_up == "none" and not lowest:
        kind = "median"
    parts = short_parts(row["numerator"], row["denominator"], indicator, lang)
    said = [i18n.text(f"cartography.short_{kind}", lang, figure=figure, **facts)]
    if parts:
        said[0] = i18n.text("cartography.short_made", lang, said=said[0], parts=parts)
    if indicator.basis and math.isfinite(row["numerator"]):
        said.append(indicator.basis_in(lang))
    change, _ = change_of_whole(atlas, layer, lang)
    change = "" if short_change(atlas, layer, lang) else change
    more = (unknown_of_whole(atlas, layer, lang), change)
    return _begun(i18n.parted([*said, *filter(None, more)], lang))


def _own(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return how the shown place stands among those beside it, or why it has no figure."""
    path = atlas.path(layer.place)
    if not _told(atlas, layer):
        return i18n.text(f"cartography.short_{absent_state(atlas, layer)}", lang)
    standing = rank_sentence(atlas, layer, lang).lstrip("，, ")
    if standing or layer.indicator.worse == "none" or len(path) < 2:
        return standing
    beside = rank_places(
        atlas, layer.indicator.key, layer.period, level=layer.level, place=path[-2]
    )
    if beside["few"].get(layer.place, False):
        return i18n.text("cartography.short_own_few", lang)
    facts = {
        "area": plain_text(atlas.name(path[-2]), _LONGEST_NAME),
        "level": i18n.text(f"atlas.{layer.level}", lang),
    }
    return i18n.text("cartography.short_own_best", lang, **facts)


def _of_several(layer: Layer, finding: Finding, lang: str | None) -> str:
    """Return which of several places are worst by name with their figure, ties as ties."""
    known, worst, indicator = finding.known, finding.worst, layer.indicator
    facts: dict[str, object] = {
        "level": i18n.text(f"atlas.{layer.level}", lang),
        "count": len(known),
        "end": end_text(indicator, lang),
    }

    def said(name: str, **more: object) -> str:
        return i18n.text(f"cartography.short_{name}", lang, **facts, **more)

    def figure(value: float) -> str:
        return figure_text(value, indicator, decimals=layer.decimals, lang=lang)

    def number(value: float) -> str:
        shown = number_text(value, 0)
        unit = indicator.base.text(lang, shown) if indicator.base else ""
        return i18n.text("cartography.short_number", lang, number=shown, unit=unit)

    if finding.kind in ("zero", "equal"):
        if finding.kind == "equal" and known["few"].any():
            return said("no_difference")
        same = figure(known["value"].iloc[0])
        return said("alike" if len(known) == layer.inside.sum() else "alike_known", figure=same)
    by, written = ("many", number) if worst.by_count else ("shown", figure)
    way = "" if not worst.by_count else "most_low_" if indicator.worse == "low" else "most_"
    if worst.places.empty and not worst.tied:
        return i18n.text(f"cartography.few_none_{indicator.worse}", lang)
    if worst.places.empty:
        return said(f"{way}tied", tied=worst.tied, figure=written(worst.value))
    # Who equals the first is named with it, so that none of several equal ones stands alone.
    first = worst.places[worst.places[by] == worst.places[by].iloc[0]]
    names = i18n.listed(_names(known, first), lang)
    value = first["many" if worst.by_count else "value"].iloc[0]
    key = f"{way}{'equal' if len(first) > 1 else 'worst'}"
    return said(key, names=names, figure=written(value))


def _names(known: pd.DataFrame, places: pd.DataFrame) -> list[str]:
    """Return the names of places, with that of the place above where two share one."""
    doubled = set(known["name"][known["name"].duplicated()])
    names = []
    row: Any
    for row in places.itertuples():
        name = plain_text(row.name, _LONGEST_NAME)
        if row.name in doubled and isinstance(row.parent_name, str):
            name = f"{plain_text(row.parent_name, _LONGEST_NAME)} {name}"
        names.append(name)
    return names


def _begun(said: str) -> str:
    """Return a sentence with a great letter at its beginning."""
    return said[:1].upper() + said[1:]
