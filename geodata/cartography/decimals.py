"""With how many decimals the figures of an indicator are written everywhere, and what says nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from geodata.cartography.words import EXACT, decimals_for, scale_of
from geodata.figures import Cube, Indicator

# How a figure moves from one period to another; the last two say nothing.
WAYS = ("up", "down", "slight", "same")


def indicator_decimals(atlas: Cube, indicator: Indicator) -> int:
    """Return the decimals of every figure of an indicator, whatever its place, level and period."""
    if indicator.decimals is not None:
        return indicator.decimals

    def find() -> int:
        known = atlas.all_values(indicator.key, atlas.lowest).to_numpy() * scale_of(indicator)
        return decimals_of(known)

    return atlas.once(("decimals", indicator.key), find)


def decimals_of(known: np.ndarray) -> int:
    """Return the decimals that tell figures apart; whole numbers have none."""
    if not len(known) or np.all(known == np.round(known)):
        return 0
    return decimals_for(float(np.percentile(known, 95) - np.percentile(known, 5)))


def way_of(change: float, base: float, indicator: Indicator, decimals: int) -> str:
    """Return how a figure moved, by its change in shown units: one of WAYS, empty where that is unknown.

    `same` is written as none; of a share a change is `slight` that is less than one of those it
    counts makes of its `base`.
    """
    if not math.isfinite(change):
        return ""
    if round(change, decimals) == 0:
        return "same"
    counted = indicator.counts
    told = indicator.is_share and counted is not None and not indicator.is_money and base > 0
    if told and abs(change) * base / scale_of(indicator) < 1 - 1e-9:
        return "slight"
    return "up" if change > 0 else "down"


def is_steady(change: float, base: float, indicator: Indicator, decimals: int) -> bool:
    """Return whether a change, in shown units, says nothing: it is the same, or moved slightly."""
    return way_of(change, base, indicator, decimals) in WAYS[2:]


def shown_values(
    values: Sequence[float] | np.ndarray | pd.Series, indicator: Indicator, decimals: int
) -> np.ndarray:
    """Return shown values as they are read: those that are written alike are equal.

    One that rounds to an end of what is possible, none or all, without being it stays beside it.
    """
    # Behind these decimals a quotient has nothing but the noise of its division.
    numbers = np.round(np.asarray(values, dtype="float64"), EXACT)
    read = np.round(numbers, decimals)
    beside = 0.5 * 10.0**-decimals
    read = np.where((read == 0) & (numbers != 0), np.copysign(beside, numbers), read)
    high = indicator.range[1]
    return np.asarray(np.where((read == high) & (numbers < high), high - beside, read) + 0.0)
