"""Hot spots of a workspace: an indicator on the map of the county, and what they say of a place."""

from __future__ import annotations

from geodata.atlas import Atlas
from geodata.hotspots.atlas_layer import HotspotLayer, hotspot_layer
from geodata.workspace.why import Why


def clusters_of(atlas: Atlas, indicator: str, month: str) -> HotspotLayer:
    """Return the hot spots of an indicator of an atlas as of a month, computed once for each atlas.

    The atlas is that of who asks: where it hides a figure, the numbers around it stay away.
    """
    asked = ("hot spots", indicator, month)
    layer: HotspotLayer = atlas.once(asked, lambda: hotspot_layer(atlas, indicator, month))
    return layer


def clusters_sentence(atlas: Atlas, why: Why, month: str, lang: str) -> str:
    """Return what the hot spots say of the place of a reason; empty when there is nothing.

    Only a village that is hot or cold now, or was for long, is spoken of; of a number or an amount,
    that it has none.
    """
    known = atlas.indicators.get(why.indicator)
    if known is None or known.worse == "none" or month not in atlas.periods_of(why.indicator):
        return ""
    layer = clusters_of(atlas, why.indicator, month)
    if why.place not in layer.keys:
        return ""
    kind = layer.classes[layer.keys.get_loc(why.place)]
    hot = kind < len(layer.kinds) and layer.kinds[kind].startswith(("hot_", "cold_"))
    return layer.why(why.place, lang).rstrip("。.") if hot or layer.result is None else ""
