"""Longitude and latitude of the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.errors import JoinError


def coordinates(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return longitude and latitude as numbers, NaN where absent or impossible.

    Raises JoinError when no row has a point in degrees.
    """
    x, y = (pd.to_numeric(frame[column], errors="coerce") for column in columns)
    fits = x.between(-180, 180) & y.between(-90, 90) & ~((x == 0) & (y == 0))
    if not fits.any():
        raise JoinError("join.no_points", columns="、".join(columns))
    return pd.DataFrame({"x": x.where(fits), "y": y.where(fits)})
