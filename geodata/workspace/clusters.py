"""Hot spots of a workspace: each theme's indicators on the map of the county, and what they say."""

from __future__ import annotations

from geodata.atlas import Atlas
from geodata.hotspots.atlas_layer import HotspotLayer, hotspot_layer
from geodata.workspace.why import Why


class Clusters:
    """Hot spots of the indicators of one atlas, each computed when it is first asked for."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._layers: dict[tuple[str, str], HotspotLayer] = {}

    def layer(self, indicator: str, month: str) -> HotspotLayer:
        """Return the hot spots of an indicator as of a month; later months take no part."""
        if (indicator, month) not in self._layers:
            self._layers[indicator, month] = hotspot_layer(self._atlas, indicator, month)
        return self._layers[indicator, month]

    def sentence(self, why: Why, month: str, lang: str) -> str:
        """Return what the hot spots say of the place of a reason; empty when there is nothing.

        Only a village that is hot or cold now, or was for long, is spoken of.
        """
        known = self._atlas.indicators.get(why.indicator)
        if known is None or known.worse == "none":
            return ""
        if month not in self._atlas.periods_of(why.indicator):
            return ""
        layer = self.layer(why.indicator, month)
        if why.place not in layer.keys:
            return ""
        kind = layer.classes[layer.keys.get_loc(why.place)]
        if kind >= len(layer.kinds) or not layer.kinds[kind].startswith(("hot_", "cold_")):
            return ""
        return layer.why(why.place, lang).rstrip("。.")
