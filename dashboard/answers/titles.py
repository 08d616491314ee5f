"""What a view says in sentences: its headline, and the message of a page about its worst place."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard.answers.source import Source
from dashboard.layers import Headline, headline_in
from dashboard.texts import text
from dashboard.view import View
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.decimals import indicator_decimals
from geodata.cartography.headline import end_text, few_text, headline, others_text, whole_figure
from geodata.cartography.ranking import counted_only
from geodata.cartography.short_headline import short_whole
from geodata.cartography.words import figure_text, period_text, scale_of, share_parts
from geodata.escaping import plain_text
from geodata.figures import STATES, Indicator
from geodata.workspace.change_parts import moved_text, split_text

# A title holds two lines; a longer name is cut there and stands whole in the table below.
_LONGEST = 14


def short_name(name: object) -> str:
    """Return a name as it stands in a title or beside a chart."""
    return plain_text(name, _LONGEST) if isinstance(name, str) else ""


def headline_of(source: Source, view: View, layer: Layer) -> Headline:
    """Return what a layer of a view says, in the language of the view."""
    own = replace(layer, place=view.place)
    whole = whole_figure(source.atlas, own, view.lang)
    headline, absent = headline_in(source, view, layer, whole), absence_of(source, view)
    short = headline.short or headline.title
    sentence = _moved(source, view) or headline.sentence
    line = short_whole(source.atlas, own, view.lang) if sentence == whole else sentence
    if line in (short, headline.title):
        line = ""
    return replace(headline, sentence=sentence + absent, short=short, line=line + absent)


def absence_of(source: Source, view: View) -> str:
    """Return in brackets why an indicator has no figure in any place; empty where it has."""
    if source.workspace is None or view.indicator not in source.workspace.setup.indicators:
        return ""
    top = source.atlas.states(view.indicator, view.period, source.atlas.levels[0])
    if not (top == STATES[1]).all():
        return ""
    said = source.workspace.absence(view.indicator, view.period or None, view.lang)
    return text("map.absent", view.lang, why=said) if said else ""


def message(atlas: Atlas, layer: Layer, ranked: pd.DataFrame, lang: str) -> str:
    """Return the sentence of a page; `ranked` are the places of the layer, worst first.

    It has numerator and denominator besides the columns of `rank_places`.
    """
    known, valued = ranked[ranked["rank"].notna()], ranked[ranked["value"].notna()]
    alike = valued["shown"].nunique() == 1
    if len(valued) > 1 and counted_only(valued) and not alike and layer.indicator.worse != "none":
        return headline(atlas, layer, lang)
    if len(valued) < 2 or layer.indicator.worse == "none":
        return whole_figure(atlas, layer, lang)
    first = valued.iloc[0]
    ties = len(valued) if alike else int((known["shown"] == first["shown"]).sum())
    figure = figure_text(first["value"], layer.indicator, decimals=layer.decimals, lang=lang)
    facts = {
        "title": layer.indicator.title_in(lang),
        "area": short_name(atlas.name(layer.place)),
        "name": short_name(first["name"]),
        "parent": _parent(atlas, layer, first, lang),
        "level": text(f"atlas.{layer.level}", lang),
        "end": end_text(layer.indicator, lang),
        "figure": figure,
        "count": ties,
        "places": len(valued),
        "counts": _counts(first, layer.indicator, lang),
    }
    if alike:
        return text("briefing_page.title_same", lang, **facts) + others_text(layer, lang)
    said = text(f"briefing_page.title_{'worst' if ties == 1 else 'tied'}", lang, **facts)
    return said + few_text(atlas, layer, ranked, lang)


def _moved(source: Source, view: View) -> str:
    """Return how the figure of the shown place moved between the compared months, and why.

    Empty without a comparison, and where the viewer may not see the place as a whole.
    """
    if not view.compare or not view.place or source.workspace is None:
        return ""
    if not source.actor.allows(view.place, "rows"):
        return ""
    change = source.workspace.change(
        view.place, view.indicator, before=view.compare, month=view.period
    )
    indicator, lang = source.atlas.indicator(view.indicator), view.lang
    decimals = indicator_decimals(source.atlas, indicator)
    since = period_text(view.compare, lang)
    moved = moved_text(change, indicator, lang, decimals=decimals, since=since)
    if not moved:
        return ""
    figure = figure_text(
        change["after"] * scale_of(indicator),
        indicator,
        decimals=decimals,
        lang=lang,
    )
    split = split_text(change, indicator, lang, decimals=decimals)
    named = {"place": source.atlas.name(view.place), "period": period_text(view.period, lang)}
    told = text("map.moved", lang, figure=figure, moved=moved, **named)
    return told + (text("map.moved_split", lang, split=split) if split else "")


def _parent(atlas: Atlas, layer: Layer, row: pd.Series, lang: str) -> str:
    """Return the name of the place above the worst one, where the page shows several of them."""
    above = atlas.places["parent"].get(row.name)
    if not isinstance(above, str) or above == layer.place:
        return ""
    return text("briefing_page.title_parent", lang, name=short_name(row["parent_name"]))


def _counts(row: pd.Series, indicator: Indicator, lang: str) -> str:
    """Return the parts of a share of households; sums of money would burden a title."""
    told = share_parts(row["numerator"], row["denominator"], indicator, lang)
    if told is None or not indicator.counts_things:
        return ""
    part, base, kind = told
    return text("briefing_page.title_counts", lang, kind=kind, numerator=part, denominator=base)
