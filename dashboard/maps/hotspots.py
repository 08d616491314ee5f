"""Hot spots as a layer that every map draws like any other."""

from __future__ import annotations

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import CategoryLayer, draw_layer, hot_cold_palette
from geodata.hotspots import HotspotLayer

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
            "palette": hot_cold_palette(found.kinds),
            "names": {lang: found.names(lang) for lang in i18n.LANGUAGES},
            "unknown": {lang: i18n.text("hotspots.not_assessed", lang) for lang in i18n.LANGUAGES},
            "said": {lang: found.rule(lang) for lang in i18n.LANGUAGES},
        }
    )
