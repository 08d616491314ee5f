"""How much: indicators declared once, and the cube of places, months and indicators."""

from __future__ import annotations

from geodata.figures.change import explain_change
from geodata.figures.cube import STATES, Cube, ParameterStep
from geodata.figures.families import check_relations
from geodata.figures.indicator import Indicator, read_indicators
from geodata.figures.month import month_figures
from geodata.figures.netcdf import save_cube
from geodata.figures.small import SmallFigures
from geodata.figures.totals import in_yuan, to_successors, total_by

__all__ = [
    "STATES",
    "Cube",
    "Indicator",
    "ParameterStep",
    "SmallFigures",
    "check_relations",
    "explain_change",
    "in_yuan",
    "month_figures",
    "read_indicators",
    "save_cube",
    "to_successors",
    "total_by",
]
