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
    figure_of_whole,
    rank_sentence,
    unknown_of_whole,
)
from geodata.cartography.layer import Layer
from geodata.cartography.ranking import rank_places
from geodata.cartography.words import figure_text, short_parts
from geodata.escaping import plain_text
from geodata.figures import STATES

# A longer name is cut there; it stands whole in the ranking.
_LONGEST_NAME = 14


def short_headline(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the finding of `headline` in few words: the same places, without their figures."""
    finding = finding_of(atlas, layer)
    if finding.kind == "own":
        return _own(atlas, layer, lang)
    if finding.kind == "none":
        states = set(layer.states[layer.inside])
        none = i18n.text("cartography.short_none", lang)
        return _begun(none) if states <= {STATES[1]} else counted_others(layer, lang)
    return _begun(_of_several(layer, finding, lang))


def short_whole(atlas: Atlas, layer: Layer, lang: str | None = None) -> str:
    """Return the figure of the shown place, its parts, its basis and its change in few words."""
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
    more = (unknown_of_whole(atlas, layer, lang), change)
    return _begun(i18n.parted([*said, *filter(None, more)], lang))


def _own(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return how the shown place stands among those beside it, else its figure or why it has none."""
    figure, _ = figure_of_whole(atlas, layer, lang)
    path = atlas.path(layer.place)
    own = atlas.series(layer.indicator.key, layer.place)["value"].get(layer.period)
    if own is None or pd.isna(own):
        return _begun(i18n.text(f"cartography.short_{absent_state(atlas, layer)}", lang))
    standing = rank_sentence(atlas, layer, lang).lstrip("，, ")
    if standing:
        return _begun(standing)
    if layer.indicator.worse == "none" or len(path) < 2:
        return figure
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
    """Return which of several places are worst by name, ties as ties."""
    known, worst, worse = finding.known, finding.worst, layer.indicator.worse
    facts: dict[str, object] = {
        "level": i18n.text(f"atlas.{layer.level}", lang),
        "count": len(known),
        "tied": worst.tied,
        "end": i18n.text(f"cartography.end_{worse}", lang),
        "names": i18n.listed(_names(finding), lang),
    }

    def said(name: str, **more: object) -> str:
        return i18n.text(f"cartography.short_{name}", lang, **facts, **more)

    def figure(value: float) -> str:
        return figure_text(value, layer.indicator, decimals=layer.decimals, lang=lang)

    if finding.kind == "alike":
        compared = known[known["rank"].notna()]
        facts |= {"count": len(compared), "small": len(known) - len(compared)}
        return said("alike", figure=figure(compared["value"].iloc[0]))
    if finding.kind in ("zero", "equal"):
        if finding.kind == "equal" and known["few"].any():
            return said("no_difference")
        same = "0" if finding.kind == "zero" else figure(known["value"].iloc[0])
        return said("same" if len(known) == layer.inside.sum() else "same_known", figure=same)
    more = said("more_tied") if worst.tied and len(worst.places) else ""
    if finding.kind == "few":
        if worst.places.empty and not worst.tied:
            return i18n.text(f"cartography.few_none_{worse}", lang)
        key = "most" if len(worst.places) else "most_tied"
        return said(f"{key}_{'low' if worse == 'low' else 'high'}") + more
    return said(finding.kind) + more


def _names(finding: Finding) -> list[str]:
    """Return the names of the places pointed out, with that of the place above where two share one."""
    doubled = set(finding.known["name"][finding.known["name"].duplicated()])
    names = []
    row: Any
    for row in finding.worst.places.itertuples():
        name = plain_text(row.name, _LONGEST_NAME)
        if row.name in doubled and isinstance(row.parent_name, str):
            name = f"{plain_text(row.parent_name, _LONGEST_NAME)} {name}"
        names.append(name)
    return names


def _begun(said: str) -> str:
    """Return a sentence with a great letter at its beginning."""
    return said[:1].upper() + said[1:]
