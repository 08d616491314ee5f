"""Local Moran's I: whether a village is like its neighbours or unlike them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from geodata.hotspots.gi import MIN_VILLAGES, find_reasons, read_input

# position = code of the quadrant: own value first, then the neighbours'
QUADRANTS = ("not_assessed", "high_high", "low_high", "low_low", "high_low")


@dataclass(frozen=True)
class LocalMoran:
    """One number a cell in every field, labelled like the values; NaN where not assessed.

    `quadrant` is a position in `QUADRANTS`: 1 high among high, 2 low among high, 3 low among low,
    4 high among low, 0 not assessed.
    """

    statistic: object
    expectation: object
    variance: object
    z: object
    p: object
    quadrant: object


def local_moran(
    values: object, neighbours: object, *, min_villages: int = MIN_VILLAGES
) -> LocalMoran:
    """Return local Moran's I with its conditional expectation and variance, z and two-sided p.

    Shapes, missing values and "not assessed" as in `gi_star`; weights are made to sum to 1 over the
    neighbours that report. It tells a bad village among bad ones (high_high) from a good village
    among bad ones (low_high), which Gi* both calls hot.

    Notes
    -----
    I_i = (c_i / m2) sum_j w_ij c_j, c = x - mean, m2 = sum c^2 / n; E = -c_i^2 / ((n-1) m2);
    V = (c_i/m2)^2 n/(n-2) (sum_j w_ij^2 - 1/(n-1)) (m2 - c_i^2/(n-1)): Anselin (1995), Geographical
    Analysis 27, 93-115, moments conditional on x_i after Sokal, Oden and Thomson (1998), ibid. 30.
    """
    given, links = read_input(values, neighbours)
    x = given.table()
    known = ~np.isnan(x)
    n = known.sum(axis=0)
    mask = known.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, x, 0.0).sum(axis=0) / n
        c = np.where(known, x - mean, 0.0)
        m2 = (c**2).sum(axis=0) / n
        whole = links.matrix @ mask
        lagged = (links.matrix @ c) / whole
        squares = (links.matrix.multiply(links.matrix) @ mask) / whole**2
        statistic = c / m2 * lagged
        expectation = -(c**2) / ((n - 1) * m2)
        variance = (c / m2) ** 2 * n / (n - 2) * (squares - 1 / (n - 1)) * (m2 - c**2 / (n - 1))
        z = (statistic - expectation) / np.sqrt(variance)
    quadrant = np.where(c > 0, np.where(lagged > 0, 1, 4), np.where(lagged > 0, 2, 3))
    # a neighbourhood of everybody says nothing about Gi*, but local Moran leaves the village out
    assessed = np.isin(find_reasons(x, links, min_villages), (0, 6))
    parts = (statistic, expectation, variance, z, 2 * special.ndtr(-np.abs(z)))
    shaped = [np.where(assessed, part, np.nan).reshape(given.array.shape) for part in parts]
    codes = np.where(assessed, quadrant, 0).astype(np.int8).reshape(given.array.shape)
    return LocalMoran(*(given.labelled(part) for part in (*shaped, codes)))
