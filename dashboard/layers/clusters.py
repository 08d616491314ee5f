"""Villages that lie high together as a kind of layer: found, probably above or below, or not to be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from dashboard.layers import Headline, LayerKind, Sample, counted_headline
from dashboard.layers.map_source import MapSource
from dashboard.texts import text
from dashboard.view import View
from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography import CategoryLayer, Layer, Palette, draw_layer
from geodata.cartography.layer import Outline
from geodata.cartography.words import share_parts
from geodata.figures import Indicator
from geodata.hotspots.village_clusters import KINDS, FoundCluster, VillageClusters, village_clusters

# The way of classing that is offered beside natural breaks and quantiles.
CLUSTERS = "clusters"
_COLOURS = {
    "light": ("#a50f15", "#fdae6b", "#f4efe6", "#d5e8d8"),
    "dark": ("#fde047", "#c4663a", "#3a3a38", "#1f3a2c"),
}


@dataclass(frozen=True)
class ClusterLayer(CategoryLayer):
    """A layer of kinds of villages, with a line around each cluster."""

    kind: ClassVar[str] = CLUSTERS

    @property
    def hatched(self) -> int:
        """Return the class of villages of which neither can be told."""
        return KINDS.index("unsure")


def draw_clusters(atlas: Atlas, clusters: VillageClusters, place: str | None) -> ClusterLayer:
    """Return the layer of clusters; `place` only limits what is counted."""
    plain = draw_layer(
        atlas, clusters.indicator.key, clusters.period, level=atlas.lowest, place=place
    )
    at = clusters.keys.get_indexer(plain.keys)
    layer = ClusterLayer.over(
        plain,
        np.where(at < 0, 255, clusters.kinds[at]).astype("uint8"),
        Palette(_COLOURS),
        names={lang: clusters.names(lang) for lang in i18n.LANGUAGES},
        unknown={lang: i18n.text("hotspots.not_assessed", lang) for lang in i18n.LANGUAGES},
        said={lang: clusters.rule(lang) for lang in i18n.LANGUAGES},
    )
    return replace(layer, outlines=outlines_of(clusters, plain))


def outlines_of(clusters: VillageClusters, layer: Layer) -> tuple[Outline, ...]:
    """Return a line around each cluster, with the village by which it is called and its households."""
    return tuple(_outline(cluster, layer, clusters.indicator) for cluster in clusters.clusters)


def _outline(cluster: FoundCluster, layer: Layer, indicator: Indicator) -> Outline:
    positions = sorted(layer.keys.get_indexer(pd.Index(cluster.codes)).tolist())
    words = {}
    for lang in i18n.LANGUAGES:
        made = share_parts(cluster.observed, cluster.base, indicator, lang)
        title = text("map.cluster_title", lang, count=len(positions))
        told = (
            ""
            if made is None
            else text("map.cluster_parts", lang, part=made[0], base=made[1], counted=made[2])
        )
        words[lang] = (title, told)
    return Outline(tuple(positions), words)


def clusters_of(source: MapSource, view: View) -> VillageClusters:
    """Return the clusters of the indicator as of the period."""
    return village_clusters(source.atlas, view.indicator, view.period)


def _wants(source: MapSource, view: View, sample: Sample) -> bool:
    return view.level == source.atlas.lowest and view.classes == CLUSTERS


def _draw(source: MapSource, view: View, sample: Sample) -> Layer:
    return draw_clusters(source.atlas, clusters_of(source, view), source.area(view.place))


def _says(source: MapSource, view: View, layer: Layer, whole: str) -> Headline:
    """Say which villages of the shown place lie high together, and what the map could show."""
    lang, clusters = view.lang, clusters_of(source, view)
    finding = clusters.finding(lang, layer.keys[layer.inside])
    own = clusters.of(view.place or "")
    said = whole if own is None else own.sentence(lang)
    return counted_headline("map.hotspot_headline", source, view, layer, said, finding=finding)


KIND = LayerKind(
    CLUSTERS,
    29,
    _wants,
    _draw,
    _says,
    classes=lambda lang: text("controls.clusters", lang),
    lowest=True,
)
