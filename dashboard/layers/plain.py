"""The plain kind of layer: the figures of an indicator, classed by policy or by themselves."""

from __future__ import annotations

from dataclasses import replace

from dashboard.layers import Headline, LayerKind, Sample
from dashboard.layers.clusters import outlines_of
from dashboard.layers.map_source import MapSource
from dashboard.view import POLICY, View
from geodata.cartography import Layer, PolicyCuts, draw_layer, limits_at
from geodata.cartography.classes import METHODS
from geodata.cartography.headline import headline
from geodata.cartography.short_headline import short_headline
from geodata.hotspots.village_clusters import village_clusters


def draw_plain(source: MapSource, view: View) -> Layer:
    """Return the figures of a view in its classes, or in natural ones where it is classed by none."""
    return draw_layer(
        source.atlas,
        view.indicator,
        view.period,
        level=view.level,
        place=source.area(view.place),
        method=view.classes if view.classes in METHODS else METHODS[0],
        limits=limits_of(source, view) if view.classes == POLICY else PolicyCuts(),
    )


def limits_of(source: MapSource, view: View) -> PolicyCuts:
    """Return the limits of policy for the shown indicator, place and period; none if none are."""
    theme = source.themes.get(view.theme)
    breaks = theme.breaks_of(view.indicator) if theme else ()
    return limits_at(
        source.atlas,
        view.indicator,
        view.level,
        breaks,
        source.policy,
        place=source.root,
        period=view.period,
    )


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    """Return the figures, with a line around the villages that lie high together.

    What leaves for the public points out no villages.
    """
    layer = draw_plain(source, view)
    if view.level != source.atlas.lowest or view.public or layer.indicator.worse == "none":
        return layer
    clusters = village_clusters(source.atlas, view.indicator, view.period)
    return replace(layer, outlines=outlines_of(clusters, layer))


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    shown = replace(layer, place=view.place)
    title = headline(source.atlas, shown, view.lang)
    return Headline(title, whole, short_headline(source.atlas, shown, view.lang))


# Whatever no other kind wants.
KIND = LayerKind("plain", 99, lambda source, view, sample: True, _draw, _says)
