"""Which layer a view shows: figures, change, hot spots, the wall map or a sample. Decided here alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dashboard.answers.source import Source
from dashboard.maps.hotspots import HOTSPOTS, draw_hotspots
from dashboard.maps.sampled import draw_sampled
from dashboard.maps.wall import WALL, draw_wall
from dashboard.view import COMPARED, POLICY, View
from geodata.cartography import Layer, Limits, draw_layer, limits_at
from geodata.cartography.change_layer import draw_change
from geodata.cartography.classes import METHODS
from geodata.hotspots import HotspotLayer, hotspot_layer


def layer_of(source: Source, view: View, sample: Mapping[str, str] | None = None) -> Layer:
    """Return the layer of a view; a lowest place is shown among its neighbours.

    `sample` says why each drawn village was drawn, by key: then it is the map of that sample.
    """
    asked = (view.theme, view.indicator, view.period, view.level, source.area(view.place))
    asked += (view.classes, view.compare, view.compared, tuple((sample or {}).items()))
    found: Layer = source.kept.once(("layer", *asked), lambda: _drawn(source, view, sample or {}))
    return found


def _drawn(source: Source, view: View, sample: Mapping[str, str]) -> Layer:
    lowest = view.level == source.atlas.lowest
    if lowest and sample:
        return draw_sampled(_plain(source, view), sample)
    if view.compare and view.compared == COMPARED[0]:
        return draw_change(
            source.atlas,
            view.indicator,
            (view.compare, view.period),
            level=view.level,
            place=source.area(view.place),
        )
    if lowest and view.classes == HOTSPOTS:
        return draw_hotspots(source.atlas, hot_spots_of(source, view), source.area(view.place))
    if lowest and view.classes == WALL and source.findings is not None:
        worst = source.findings.worst(source.atlas, view.theme, view.period)
        return draw_wall(_plain(source, view), worst)
    return _plain(source, view)


def compared_layer(source: Source, view: View) -> Layer:
    """Return the layer of the compared period, in the classes of the map itself."""
    return _plain(source, replace(view, period=view.compare))


def hot_spots_of(source: Source, view: View) -> HotspotLayer:
    """Return the hot spots of the indicator as of the period, at the coloured level."""
    asked = ("hot spots", view.indicator, view.period, view.level)
    found: HotspotLayer = source.kept.once(
        asked,
        lambda: hotspot_layer(source.atlas, view.indicator, view.period, level=view.level),
    )
    return found


def limits_of(source: Source, view: View) -> Limits:
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


def _plain(source: Source, view: View) -> Layer:
    limits = limits_of(source, view) if view.classes == POLICY else Limits()
    return draw_layer(
        source.atlas,
        view.indicator,
        view.period,
        level=view.level,
        place=source.area(view.place),
        method=view.classes if view.classes in METHODS else METHODS[0],
        limits=limits,
    )
