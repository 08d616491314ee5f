"""The finding of a view in two sentences: what the map says, and the figure of the place itself."""

from __future__ import annotations

from dataclasses import replace

from dashboard.answers.source import Source
from dashboard.layers import Headline, headline_in
from dashboard.texts import text
from dashboard.view import View
from geodata.cartography import Layer
from geodata.cartography.headline import whole_figure
from geodata.cartography.layer import indicator_decimals
from geodata.cartography.words import figure_text, period_text, scale_of
from geodata.figures import STATES
from geodata.workspace.change_parts import moved_text, split_text


def headline_of(source: Source, view: View, layer: Layer) -> Headline:
    """Return what a layer of a view says, in the language of the view."""
    own = replace(layer, place=view.place)
    headline = headline_in(source, view, layer, whole_figure(source.atlas, own, view.lang))
    sentence = _moved(source, view) or headline.sentence
    return replace(headline, sentence=sentence + absence_of(source, view))


def absence_of(source: Source, view: View) -> str:
    """Return in brackets why an indicator has no figure in any place; empty where it has."""
    if source.workspace is None or view.indicator not in source.workspace.setup.indicators:
        return ""
    top = source.atlas.states(view.indicator, view.period, source.atlas.levels[0])
    if not (top == STATES[1]).all():
        return ""
    said = source.workspace.absence(view.indicator, view.period or None, view.lang)
    return text("map.absent", view.lang, why=said) if said else ""


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
    moved = moved_text(change, indicator, lang, since=period_text(view.compare, lang))
    if not moved:
        return ""
    figure = figure_text(
        change["after"] * scale_of(indicator),
        indicator,
        decimals=indicator_decimals(source.atlas, indicator),
        lang=lang,
    )
    split = split_text(change, indicator, lang)
    named = {"place": source.atlas.name(view.place), "period": period_text(view.period, lang)}
    told = text("map.moved", lang, figure=figure, moved=moved, **named)
    return told + (text("map.moved_split", lang, split=split) if split else "")
