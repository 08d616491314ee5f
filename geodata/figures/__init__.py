"""How much: indicators declared once, and the cube of places, months and indicators."""

from __future__ import annotations

from geodata.figures.change import explain_change
from geodata.figures.compare import rank_places
from geodata.figures.cube import make_cube, place_lineage, value_of
from geodata.figures.indicator import Indicator, read_indicators
from geodata.figures.month import month_figures
from geodata.figures.saved import read_cube, save_cube
from geodata.figures.small import small_figures
from geodata.figures.totals import total_by

__all__ = [
    "Indicator",
    "explain_change",
    "make_cube",
    "month_figures",
    "place_lineage",
    "rank_places",
    "read_cube",
    "read_indicators",
    "save_cube",
    "small_figures",
    "total_by",
    "value_of",
]
