"""Whether a hot spot of a rare event is more than the skewness of small counts."""

from __future__ import annotations

import numpy as np
from scipy import special

from geodata.hotspots.links import Links
from geodata.hotspots.multiple import benjamini_hochberg


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
        return (z > 0) & (adjusted <= alpha)


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
        found = (links.with_self @ skew) / size**1.5
    return np.nan_to_num(found)
