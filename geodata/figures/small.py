"""Figures of so few people that they could point at somebody, and those that would give them away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.access import small_counts
from geodata.figures.indicator import Indicator


def small_figures(
    frame: pd.DataFrame,
    indicator: Indicator,
    parents: pd.Series | None = None,
    *,
    smallest: int,
    checked: pd.Series | None = None,
    everything: bool = False,
) -> pd.Series:
    """Return which figures of a level may not be shown, row for row of `frame`.

    `frame` has numerator, denominator, missing and subjects. What the indicator counts of people
    must not be above zero and below `smallest`: those counted, those not counted and all of them,
    or everybody behind a mean; with `everything`, counts of anything. `parents` names the place
    above each place of all levels: hidden too is a second place where one of a parent is hidden
    alone, and a part of each hidden place. The rule holds for the places of `checked`, by default
    all; the others are hidden or open for another reason.
    """
    hidden = pd.Series(False, index=frame.index)
    if smallest:
        for counts in _counts(frame, indicator, everything=everything):
            hidden |= _small(counts, parents, smallest, checked)
    return hidden


def _counts(frame: pd.DataFrame, indicator: Indicator, *, everything: bool) -> list[pd.Series]:
    """Return the counts behind an indicator that must not be small."""
    counted, whole = frame["numerator"], frame["denominator"]
    thing = indicator.counts if indicator.counts_things else indicator.base or indicator.counts
    of_people = thing is not None and thing.people
    if indicator.quantity == "count":
        return [counted] if everything or of_people else []
    if indicator.counts_things:
        return [counted, whole - counted, whole] if everything or of_people else []
    if indicator.adds_up != "ratio" or indicator.subject != "household":
        return []
    behind = frame["subjects"] - frame["missing"]
    return [behind.fillna(whole) if of_people else behind]


def _small(
    counts: pd.Series, parents: pd.Series | None, smallest: int, checked: pd.Series | None
) -> pd.Series:
    """Return which counts of a level are hidden, for themselves or for the place above them."""
    mine = counts if checked is None else counts.where(checked.reindex(counts.index))
    if parents is None:
        return small_counts(mine, smallest)
    above = parents.reindex(counts.index)
    hidden = small_counts(mine, smallest, above)
    if above.isna().all():
        return hidden
    totals = counts.groupby(above).sum(min_count=1)
    gone = _small(totals, parents, smallest, checked)
    # The parts of a hidden place, all shown, would add up to it.
    told = above.map(gone).eq(True) & ~hidden.groupby(above).transform("any")
    rank = mine.where(told).mask(mine.eq(0), np.inf).groupby(above).rank(method="first")
    return hidden | (rank.eq(1) & told)
