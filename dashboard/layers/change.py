"""The change between two periods as a kind of layer."""

from __future__ import annotations

from dashboard.layers import Headline, LayerKind, Sample, counted_headline
from dashboard.layers.map_source import MapSource
from dashboard.view import COMPARED, View
from geodata.cartography import Layer
from geodata.cartography.change_layer import draw_change
from geodata.cartography.words import period_text


def _wants(source: MapSource, view: View, sample: Sample) -> bool:
    return bool(view.compare) and view.compared == COMPARED[0]


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    return draw_change(
        source.atlas,
        view.indicator,
        (view.compare, view.period),
        level=view.level,
        place=source.area(view.place),
    )


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Say how many places became worse, stayed and became better."""
    counts = layer.counts.tolist()
    return counted_headline(
        f"map.changed_{'plain' if layer.indicator.worse == 'none' else 'judged'}",
        source,
        view,
        layer,
        whole,
        before=period_text(view.compare, view.lang),
        worse=counts[0] + counts[1],
        same=counts[2],
        better=counts[3] + counts[4],
    )


KIND = LayerKind("change", 20, _wants, _draw, _says)
