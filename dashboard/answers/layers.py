"""Which layer a view shows, kept while the view is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dashboard.answers.source import Source
from dashboard.layers import drawn_layer
from dashboard.layers.plain import draw_plain
from dashboard.view import View
from geodata.cartography import Layer


def layer_of(source: Source, view: View, sample: Mapping[str, str] | None = None) -> Layer:
    """Return the layer of a view; a lowest place is shown among its neighbours.

    `sample` says why each drawn village was drawn, by key: then it is the map of that sample.
    """
    what = (view.theme, view.indicator, view.period, view.level, source.area(view.place))
    how = (view.classes, view.compare, view.compared, tuple((sample or {}).items()), view.public)
    return source.kept.once(("layer", *what, *how), lambda: drawn_layer(source, view, sample or {}))


def compared_layer(source: Source, view: View) -> Layer:
    """Return the layer of the compared period, in the classes of the map itself."""
    return draw_plain(source, replace(view, period=view.compare))
