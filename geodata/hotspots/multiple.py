"""Which of many tests count: the false discovery rate, and whether rare events are enough."""

from __future__ import annotations

import numpy as np
from scipy import special

from geodata.errors import HotspotError
from geodata.hotspots.labelled import Same, read_values
from geodata.hotspots.weights import Links

LEVELS = (0.10, 0.05, 0.01)
FAMILIES = ("month", "cube", "none")


def benjamini_hochberg(p: object, *, family: str = "month") -> Same:
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


def significance_bins(z: object, adjusted: object) -> Same:
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


def confirm_hot(
    z: np.ndarray, skewness: np.ndarray, *, alpha: float = 0.05, family: str = "month"
) -> np.ndarray:
    """Return where z above 0 stays significant after allowing for the skewness of counts.

    The upper tail of a Pearson type III (shifted Gamma) variable of mean 0, variance 1 and the
    given skewness g takes the place of the normal one where g > 0: p = 2 Q(4/g^2, 4/g^2 + 2z/g);
    then Benjamini-Hochberg. At 2 % of 350 households the normal p is too small by about a half at
    z = 3, so this is the check between "significant" and an alarm.
    """
    g = np.maximum(skewness, 1e-6)
    shape = 4 / g**2
    tail = special.gammaincc(shape, np.maximum(shape + 2 * z / g, 0.0))
    p = np.where((skewness > 1e-3) & (z > 0), 2 * tail, 2 * special.ndtr(-np.abs(z)))
    adjusted = benjamini_hochberg(np.minimum(p, 1.0), family=family)
    with np.errstate(invalid="ignore"):
        return np.asarray((z > 0) & (adjusted <= alpha))


def count_skewness(
    events: np.ndarray, base: np.ndarray, links: Links, *, proportion: bool
) -> np.ndarray:
    """Return the skewness of the neighbourhood sum of standardised rates if only chance acted.

    (n, T). Third and second central moments of E/B for the month's mean rate m, in the unit of the
    standard error, summed over self and neighbours: binomial m(1-m)(1-2m)/B^2, Poisson m/B^2.
    """
    known = ~np.isnan(events) & (base > 0)
    b = np.where(known, base, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, events, 0).sum(axis=0) / np.where(known, base, 0).sum(axis=0)
        within = mean * (1 - mean) if proportion else mean
        third = within * (1 - 2 * mean) if proportion else mean
        skew = np.where(known, third / b**2 / (within / b) ** 1.5, 0.0)
        size = links.with_self @ known.astype(np.float64)
        skewness = (links.with_self @ skew) / size**1.5
    return np.asarray(np.nan_to_num(skewness))
