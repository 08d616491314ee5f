"""The finding of a view in two sentences: what the map says, and the figure of the place itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.answers.layers import hot_spots_of
from dashboard.answers.source import Source
from dashboard.maps.sampled import SampledLayer
from dashboard.maps.wall import TICKED, WallLayer
from dashboard.texts import text
from dashboard.view import View
from geodata.cartography import CategoryLayer, Layer
from geodata.cartography.change_layer import ChangeLayer
from geodata.cartography.headline import headline, whole_figure
from geodata.cartography.layer import indicator_decimals
from geodata.cartography.words import figure_text, period_text, scale_of
from geodata.workspace.change import moved_text, split_text


@dataclass(frozen=True)
class Finding:
    """The heading of a map, and the sentence under it; equal where there is no more to say."""

    title: str
    sentence: str


def finding_of(source: Source, view: View, layer: Layer) -> Finding:
    """Return what a layer of a view says, in the language of the view."""
    whole = whole_figure(source.atlas, layer, view.lang)
    if isinstance(layer, ChangeLayer):
        found = Finding(_changed(source, view, layer), whole)
    elif isinstance(layer, WallLayer):
        found = Finding(_ticked(source, view, layer), whole)
    elif isinstance(layer, SampledLayer):
        said = _sampled(source, view, layer)
        found = Finding(said, said)
    elif isinstance(layer, CategoryLayer):
        found = _clusters(source, view, layer, whole)
    else:
        shown = replace(layer, place=view.place)
        found = Finding(headline(source.atlas, shown, view.lang), whole)
    return replace(found, sentence=_moved(source, view) or found.sentence)


def _changed(source: Source, view: View, layer: CategoryLayer) -> str:
    """Return how many places became worse, stayed and became better."""
    counts = [row.count for row in layer.legend(view.lang)]
    return _counted(
        f"map.changed_{'plain' if layer.indicator.worse == 'none' else 'judged'}",
        source,
        view,
        layer,
        before=period_text(view.compare, view.lang),
        worse=counts[0] + counts[1],
        same=counts[2],
        better=counts[3] + counts[4],
    )


def _ticked(source: Source, view: View, layer: CategoryLayer) -> str:
    """Return how many places are ticked off, of all that could be judged."""
    counts = [row.count for row in layer.legend(view.lang)]
    done, judged = counts[TICKED], sum(counts[:-1])
    return _counted("map.ticked", source, view, layer, done=done, all=judged)


def _sampled(source: Source, view: View, layer: CategoryLayer) -> str:
    """Return how many villages of the shown place are in the sample, and how they were chosen."""
    counts = [row.count for row in layer.legend(view.lang)]
    weak, lot = sum(counts[:2]), sum(counts[2:4])
    told = {"seed": view.seed, "all": weak + lot, "weak": weak, "lot": lot}
    return _counted("map.sampled", source, view, layer, **told)


def _counted(key: str, source: Source, view: View, layer: CategoryLayer, **counts: object) -> str:
    lang = view.lang
    theme = source.themes[view.theme].title[lang] if view.theme in source.themes else ""
    about = theme if isinstance(layer, WallLayer) else layer.indicator.title_in(lang)
    place = source.atlas.name(source.area(view.place))
    period = period_text(layer.period, lang)
    return text(key, lang, place=place, period=period, about=about, **counts)


def _clusters(source: Source, view: View, layer: CategoryLayer, whole: str) -> Finding:
    """Return what the hot spots say of the shown place, and why when it is one of them."""
    lang, spots = view.lang, hot_spots_of(source, view)
    title = text(
        "map.hotspot_headline",
        lang,
        place=source.atlas.name(source.area(view.place)),
        period=period_text(layer.period, lang),
        indicator=layer.indicator.title_in(lang),
        finding=spots.finding(layer.inside, lang),
    )
    if view.place not in layer.keys:
        return Finding(title, whole)
    why = spots.why(view.place, lang)
    return Finding(
        title, text("map.hotspot_why", lang, place=source.atlas.name(view.place), why=why)
    )


def _moved(source: Source, view: View) -> str:
    """Return how the figure of the shown place moved between the compared months, and why.

    Empty without a comparison, and where the viewer may not see the place as a whole.
    """
    if not view.compare or not view.place or source.workspace is None:
        return ""
    if not source.actor.allows(view.place, "rows"):
        return ""
    found = source.workspace.change(
        view.place, view.indicator, before=view.compare, month=view.period
    )
    indicator, lang = source.atlas.indicator(view.indicator), view.lang
    moved = moved_text(found, indicator, lang, since=period_text(view.compare, lang))
    if not moved:
        return ""
    figure = figure_text(
        found["after"] * scale_of(indicator),
        indicator,
        decimals=indicator_decimals(source.atlas, indicator),
        lang=lang,
    )
    split = split_text(found, indicator, lang)
    named = {"place": source.atlas.name(view.place), "period": period_text(view.period, lang)}
    told = text("map.moved", lang, figure=figure, moved=moved, **named)
    return told + (text("map.moved_split", lang, split=split) if split else "")
