"""Small counts hidden, and those from which a hidden one could be worked out."""

from __future__ import annotations

import numpy as np
import pandas as pd


def small_counts(counts: pd.Series, minimum: int, parents: pd.Series | None = None) -> pd.Series:
    """Return which counts must not be shown.

    A count above zero and below `minimum` is small. Where those hidden under a parent add up to
    less than `minimum`, the parent's total less the others would give them away, so another is
    hidden too: the smallest above zero, else a zero. `parents` names each row's parent; missing
    means no total is shown. A missing count is neither small nor able to hide another.
    """
    small = counts.gt(0) & counts.lt(minimum)
    if parents is None or not small.any():
        return small
    hidden = counts.where(small, 0).groupby(parents).transform("sum")
    # Also one alone: it is below the minimum by itself.
    alone = hidden.gt(0) & hidden.lt(minimum)
    others = counts.astype("float64").where(alone & ~small)
    rank = others.mask(others.eq(0), np.inf).groupby(parents).rank(method="first")
    return small | rank.eq(1)
