"""How a figure becomes a map: classes, colours, ranking and the words beside them."""

from geodata.cartography.classes import NO_DATA, Breaks, find_breaks
from geodata.cartography.layer import Layer, LegendRow, draw_layer
from geodata.cartography.palette import Palette, palette_for
from geodata.cartography.ranking import rank_places

__all__ = [
    "NO_DATA",
    "Breaks",
    "Layer",
    "LegendRow",
    "Palette",
    "draw_layer",
    "find_breaks",
    "palette_for",
    "rank_places",
]
