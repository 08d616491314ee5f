"""Coordinates that lie outside the county, such as 0, 0 where nobody measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pandas as pd

from geodata.config import Config
from geodata.errors import GuatuError
from geodata.intake.combining import TableRows
from geodata.intake.consistency import report_many
from geodata.intake.issues import Issues
from geodata.intake.placefile import read_layer

Bounds = tuple[float, float, float, float]
# Degrees: where no boundaries are, any place in China will do.
_CHINA: Bounds = (73.0, 3.0, 136.0, 54.0)
# Points may be shifted as map sites shift them, and people live right behind the border (degrees).
_MARGIN = 0.1


def county_bounds(config: Config) -> Bounds:
    """Return west, south, east and north of the county, with a margin, in degrees."""
    with suppress(GuatuError):
        frame = read_layer(config).frame.to_crs(4490)
        west, south, east, north = (float(bound) for bound in frame.total_bounds)
        return west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN
    return _CHINA


def check_points(tables: Mapping[str, TableRows], config: Config, issues: Issues) -> None:
    """Report rows of every table with coordinates whose point lies outside the county."""
    pointed = [rows for rows in tables.values() if rows.delivered >= {"longitude", "latitude"}]
    if not pointed:
        return
    west, south, east, north = county_bounds(config)
    for rows in pointed:
        x, y = (rows.frame[name].astype("Float64") for name in ("longitude", "latitude"))
        inside: pd.Series = x.between(west, east) & y.between(south, north)
        keys = rows.frame.index[(~inside).fillna(False).to_numpy(bool)]
        issues.add("point_outside", rows.located(keys, "longitude"))
        report_many(rows, keys, int(inside.notna().sum()), "longitude", issues)
