"""Many tests at once: Benjamini and Hochberg's false discovery rate."""

from __future__ import annotations

import numpy as np

from geodata.errors import HotspotError
from geodata.hotspots.labelled import read_values

LEVELS = (0.10, 0.05, 0.01)
FAMILIES = ("month", "cube", "none")


def benjamini_hochberg(p: object, *, family: str = "month") -> object:
    """Return adjusted p values: significant at a false discovery rate a where they are <= a.

    Parameters
    ----------
    p
        (n,) or (n, T) p values; NaN is no test and stays NaN.
    family
        month: the villages of each month (each column) are one family, so that a month once
        published never changes. cube: all together. none: returned as they are, for exploration.

    Notes
    -----
    Sorted p_(1) <= ... <= p_(m): adjusted p_(j) = min over k >= j of p_(k) m / k, at most 1; m is
    the number of tests. Benjamini and Hochberg (1995), JRSS B 57(1), 289-300.
    """
    given = read_values(p, "p")
    x = given.table()
    with np.errstate(invalid="ignore"):
        if ((x < 0) | (x > 1)).any():
            raise HotspotError("hotspots.bad_p")
    if family not in FAMILIES:
        raise HotspotError("hotspots.bad_option", name="family", value=family, known=str(FAMILIES))
    if family == "none":
        return given.labelled(given.array.copy())
    tested = x.reshape(-1, 1) if family == "cube" else x
    return given.labelled(_adjusted(tested).reshape(given.array.shape))


def _adjusted(p: np.ndarray) -> np.ndarray:
    """Return the adjusted p of every column; NaN sorts last and is not counted.

    One column at a time in memory of its own: sorting strided columns costs three times as much.
    """
    adjusted = np.empty(p.shape)
    place = np.arange(1.0, len(p) + 1)
    for column in range(p.shape[1]):
        own = p[:, column].copy()
        order = np.argsort(own)
        tests = len(own) - int(np.isnan(own).sum())
        ranked = own[order] * tests / place
        ranked = np.fmin.accumulate(ranked[::-1])[::-1]
        own[order] = np.minimum(ranked, 1.0)
        own[order[tests:]] = np.nan
        adjusted[:, column] = own
    return adjusted


def significance_bins(z: object, adjusted: object) -> object:
    """Return -3..3: the sign of z, times 3, 2, 1, 0 for adjusted p <= .01, .05, .10, above.

    Villages that were not assessed get 0; z says NaN for them.
    """
    given = read_values(z, "z")
    q = np.asarray(read_values(adjusted, "adjusted p").array)
    count = np.zeros(q.shape, dtype=np.int8)
    with np.errstate(invalid="ignore"):
        for level in LEVELS:
            count += q <= level
        sign = np.where(np.isnan(given.array), 0, np.sign(given.array)).astype(np.int8)
    return given.labelled(sign * count)
