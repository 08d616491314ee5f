"""Hot spots that tell the truth: neighbours, rates, Gi*, many tests, trends and categories."""

from geodata.hotspots.contiguity import geometry_hash, nearest_neighbours, neighbours
from geodata.hotspots.emerging import CATEGORIES, emerging, trend_direction
from geodata.hotspots.gi import REASONS, gi_star, gi_star_window, not_assessed, two_sided_p
from geodata.hotspots.moran import QUADRANTS, LocalMoran, local_moran
from geodata.hotspots.multiple import benjamini_hochberg, significance_bins
from geodata.hotspots.rates import (
    EmpiricalBayes,
    empirical_bayes,
    exceedance,
    standardised_rate,
    wilson_interval,
)
from geodata.hotspots.trend import MannKendall, mann_kendall, seasonal_mann_kendall
from geodata.hotspots.weights import Neighbours

__all__ = [
    "CATEGORIES",
    "QUADRANTS",
    "REASONS",
    "EmpiricalBayes",
    "LocalMoran",
    "MannKendall",
    "Neighbours",
    "benjamini_hochberg",
    "emerging",
    "empirical_bayes",
    "exceedance",
    "geometry_hash",
    "gi_star",
    "gi_star_window",
    "local_moran",
    "mann_kendall",
    "nearest_neighbours",
    "neighbours",
    "not_assessed",
    "seasonal_mann_kendall",
    "significance_bins",
    "standardised_rate",
    "trend_direction",
    "two_sided_p",
    "wilson_interval",
]
