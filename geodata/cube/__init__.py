"""How much: indicators defined once, and the cube of places, months and indicators."""

from __future__ import annotations

from geodata.cube.build import month_figures
from geodata.cube.change import explain_change
from geodata.cube.compare import rank_places, suppress_small
from geodata.cube.dataset import make_cube, place_lineage, value_of
from geodata.cube.measure import Measure, read_measures
from geodata.cube.saved import read_cube, save_cube

__all__ = [
    "Measure",
    "explain_change",
    "make_cube",
    "month_figures",
    "place_lineage",
    "rank_places",
    "read_cube",
    "read_measures",
    "save_cube",
    "suppress_small",
    "value_of",
]
