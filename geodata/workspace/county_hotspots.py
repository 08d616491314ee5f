"""Hot spots of a workspace: an indicator on the map of the county, and what they say of a place."""

from __future__ import annotations

from geodata.atlas import Atlas
from geodata.hotspots.atlas_layer import HotspotLayer, hotspot_layer
from geodata.hotspots.village_clusters import village_clusters
from geodata.workspace.why import Why


def clusters_of(atlas: Atlas, indicator: str, month: str) -> HotspotLayer:
    """Return the hot spots of an indicator of an atlas as of a month, computed once for each atlas.

    The atlas is that of who asks: where it hides a figure, the numbers around it stay away.
    """
    asked = ("hot spots", indicator, month)
    return atlas.once(asked, lambda: hotspot_layer(atlas, indicator, month))


def clusters_sentence(atlas: Atlas, why: Why, month: str, lang: str) -> str:
    """Return what the hot spots say of the place of a reason; empty when there is nothing.

    Only a village that lies high together with its neighbours is spoken of.
    """
    if why.indicator not in atlas.indicators or month not in atlas.periods_of(why.indicator):
        return ""
    own = village_clusters(atlas, why.indicator, month).of(why.place)
    return "" if own is None else own.sentence(lang)
