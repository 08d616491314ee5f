"""Hot spots as a layer that every map draws like any other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import CategoryLayer, draw_layer, hot_cold_palette
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.hotspots import HotspotLayer, hotspot_layer

# The way of classing that is offered beside natural breaks and quantiles.
HOTSPOTS = "hotspots"


def draw_hotspots(atlas: Atlas, found: HotspotLayer, place: str | None) -> CategoryLayer:
    """Return the layer of hot spots; `place` only limits what is counted."""
    plain = draw_layer(atlas, found.indicator.key, found.period, level=found.level, place=place)
    order = found.keys.get_indexer(plain.keys)
    fields = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    return CategoryLayer(
        **{
            **fields,
            "classes": found.classes[order],
            "hidden": None,
            "palette": hot_cold_palette(found.kinds),
            "names": {lang: found.names(lang) for lang in i18n.LANGUAGES},
            "unknown": {lang: i18n.text("hotspots.not_assessed", lang) for lang in i18n.LANGUAGES},
            "said": {lang: found.rule(lang) for lang in i18n.LANGUAGES},
        }
    )


def told_hotspots(
    atlas: Atlas, indicator: str | None, period: str | None, lang: str | None = None
) -> dict[str, Any]:
    """Return the hot spots of an atlas as plain JSON values; one indicator, or all there are.

    Every place of the lowest level is there once an indicator: key, place, parent, kind, side
    (1 hot, -1 cold, 0 neither), z, rate, reason and why.
    """
    titles = {
        found.title_in(one): key
        for key, found in atlas.indicators.items()
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
