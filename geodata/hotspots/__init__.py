"""Hot spots that tell the truth: neighbours, rates, Gi*, many tests, trends and categories."""

from geodata.hotspots.analysis import analyse
from geodata.hotspots.atlas_layer import HotspotLayer, hotspot_layer
from geodata.hotspots.clusters import Cluster, ClusterOptions, ClusterScan, find_clusters
from geodata.hotspots.contiguity import geometry_hash, nearest_neighbours, neighbours
from geodata.hotspots.gi import (
    QUADRANTS,
    REASONS,
    LocalMoran,
    gi_star,
    gi_star_window,
    local_moran,
    not_assessed,
    two_sided_p,
)
from geodata.hotspots.multiple import benjamini_hochberg, significance_bins
from geodata.hotspots.rates import (
    EmpiricalBayes,
    empirical_bayes,
    exceedance,
    standardised_rate,
    wilson_interval,
)
from geodata.hotspots.result import (
    HotspotOptions,
    HotspotResult,
    bin_name,
    category_meaning,
    category_name,
    category_sentence,
    reason_sentence,
)
from geodata.hotspots.scan import ScanOptions, spatial_scan
from geodata.hotspots.smoothing import SmoothedRates, smooth_rates
from geodata.hotspots.trend import (
    CATEGORIES,
    MannKendall,
    emerging,
    mann_kendall,
    seasonal_mann_kendall,
    trend_direction,
)
from geodata.hotspots.weights import Neighbours
from geodata.hotspots.windows import village_windows

__all__ = [
    "CATEGORIES",
    "QUADRANTS",
    "REASONS",
    "Cluster",
    "ClusterOptions",
    "ClusterScan",
    "EmpiricalBayes",
    "HotspotLayer",
    "HotspotOptions",
    "HotspotResult",
    "LocalMoran",
    "MannKendall",
    "Neighbours",
    "ScanOptions",
    "SmoothedRates",
    "analyse",
    "benjamini_hochberg",
    "bin_name",
    "category_meaning",
    "category_name",
    "category_sentence",
    "emerging",
    "empirical_bayes",
    "exceedance",
    "find_clusters",
    "geometry_hash",
    "gi_star",
    "gi_star_window",
    "hotspot_layer",
    "local_moran",
    "mann_kendall",
    "nearest_neighbours",
    "neighbours",
    "not_assessed",
    "reason_sentence",
    "seasonal_mann_kendall",
    "significance_bins",
    "smooth_rates",
    "spatial_scan",
    "standardised_rate",
    "trend_direction",
    "two_sided_p",
    "village_windows",
    "wilson_interval",
]
