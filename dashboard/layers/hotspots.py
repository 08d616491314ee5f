"""Hot spots as a kind of layer, and as plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dashboard.layers import Headline, LayerKind, Sample, counted_headline
from dashboard.layers.map_source import MapSource
from dashboard.texts import text
from dashboard.view import View
from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import CategoryLayer, Layer, draw_layer, hot_cold_palette
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.hotspots import HotspotLayer, hotspot_layer

# The way of classing that is offered beside natural breaks and quantiles.
HOTSPOTS = "hotspots"


@dataclass(frozen=True)
class HotspotMap(CategoryLayer):
    """A layer of hot spots: their kinds in words."""

    kind: ClassVar[str] = HOTSPOTS


def draw_hotspots(atlas: Atlas, spots: HotspotLayer, place: str | None) -> HotspotMap:
    """Return the layer of hot spots; `place` only limits what is counted."""
    plain = draw_layer(atlas, spots.indicator.key, spots.period, level=spots.level, place=place)
    return HotspotMap.over(
        plain,
        spots.classes[spots.keys.get_indexer(plain.keys)],
        hot_cold_palette(spots.kinds),
        names={lang: spots.names(lang) for lang in i18n.LANGUAGES},
        unknown={lang: i18n.text("hotspots.not_assessed", lang) for lang in i18n.LANGUAGES},
        said={lang: spots.rule(lang) for lang in i18n.LANGUAGES},
    )


def hot_spots_of(source: MapSource, view: View) -> HotspotLayer:
    """Return the hot spots of the indicator as of the period, at the coloured level."""
    asked = ("hot spots", view.indicator, view.period, view.level)
    return source.kept.once(
        asked,
        lambda: hotspot_layer(source.atlas, view.indicator, view.period, level=view.level),
    )


def _wants(source: MapSource, view: View, sample: Sample) -> bool:
    return view.level == source.atlas.lowest and view.classes == HOTSPOTS


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    return draw_hotspots(source.atlas, hot_spots_of(source, view), source.area(view.place))


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Say what the hot spots are of the shown place, and why when it is one of them."""
    lang, spots = view.lang, hot_spots_of(source, view)
    finding = spots.finding(layer.inside, lang)
    said = whole
    if view.place is not None and view.place in layer.keys:
        why = spots.why(view.place, lang)
        said = text("map.hotspot_why", lang, place=source.atlas.name(view.place), why=why)
    return counted_headline("map.hotspot_headline", source, view, layer, said, finding=finding)


KIND = LayerKind(
    HOTSPOTS,
    30,
    _wants,
    _draw,
    _says,
    classes=lambda lang: text("controls.hotspots", lang),
    lowest=True,
)


def told_hotspots(
    atlas: Atlas, indicator: str | None, period: str | None, lang: str | None = None
) -> dict[str, Any]:
    """Return the hot spots of an atlas as plain JSON values; one indicator, or all there are.

    Every place of the lowest level is there once an indicator: key, place, parent, kind, side
    (1 hot, -1 cold, 0 neither), z, rate, reason and why.
    """
    titles = {
        known.title_in(one): key
        for key, known in atlas.indicators.items()
        for one in i18n.LANGUAGES
    }
    keys = [titles.get(indicator, indicator)] if indicator else list(atlas.indicators)
    layers = [hotspot_layer(atlas, key, period) for key in keys]
    return {"title": atlas.title, "indicators": [_told(atlas, one, lang) for one in layers]}


def _told(atlas: Atlas, layer: HotspotLayer, lang: str | None) -> dict[str, object]:
    frame = (
        pd.DataFrame({"z": np.nan, "rate": np.nan, "reason": "untested"}, index=layer.keys)
        if layer.result is None
        else layer.result.frame(lang=lang)
    )
    names = atlas.places["name"]
    parents = atlas.places["parent"].reindex(layer.keys).map(names).fillna("")
    places = [
        {
            "key": key,
            "place": plain_text(names[key], 60),
            "parent": plain_text(parent, 60),
            "kind": layer.kinds[code] if code < len(layer.kinds) else "not_assessed",
            "side": layer.sides[code] if code < len(layer.kinds) else 0,
            "z": _number(z),
            "rate": _number(rate),
            "reason": reason,
            "why": layer.why(key, lang),
        }
        for key, parent, code, z, rate, reason in zip(
            layer.keys,
            parents,
            layer.classes,
            frame["z"],
            frame["rate"],
            frame["reason"],
            strict=True,
        )
    ]
    return {
        "indicator": plain_text(layer.indicator.title_in(lang), 60),
        "period": period_text(layer.period, lang),
        "finding": layer.finding(lang=lang),
        "rule": layer.rule(lang),
        "places": places,
    }


def _number(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
