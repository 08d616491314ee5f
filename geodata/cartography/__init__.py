"""How a figure becomes a map: classes, colours, ranking and the words beside them."""

from geodata.cartography.category_layer import CategoryLayer
from geodata.cartography.classes import NO_DATA, Breaks, find_breaks
from geodata.cartography.hot_cold import hot_cold_palette
from geodata.cartography.layer import Layer, LegendRow, draw_layer
from geodata.cartography.palette import Palette, palette_for
from geodata.cartography.policy_cuts import PolicyCuts, limits_at, policy_limits
from geodata.cartography.ranking import rank_places

__all__ = [
    "NO_DATA",
    "Breaks",
    "CategoryLayer",
    "Layer",
    "LegendRow",
    "Palette",
    "PolicyCuts",
    "draw_layer",
    "find_breaks",
    "hot_cold_palette",
    "limits_at",
    "palette_for",
    "policy_limits",
    "rank_places",
]
