"""Where values cluster for all months at once: Getis and Ord's Gi*, and local Moran's I."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from geodata import i18n
from geodata.errors import HotspotError
from geodata.hotspots.labelled import Labelled, Same, read_values, refuse_infinite
from geodata.hotspots.weights import Links, read_links

MIN_VILLAGES = 30
# A spread below this share of the largest value is rounding noise, not variation.
NO_VARIATION = 1e-9
_BLOCK = 4096
_HUGE = 1e150
_LOG = logging.getLogger(__name__)

REASONS = (
    "assessed",
    "missing_value",
    "base_zero",
    "few_villages",
    "no_variation",
    "no_neighbours",
    "everybody",
    "few_periods",
)
CODE_OF = {reason: np.int8(code) for code, reason in enumerate(REASONS)}


def gi_star(values: object, neighbours: object, *, min_villages: int = MIN_VILLAGES) -> Same:
    """Return the z score of Gi* of every village in every month, labelled like `values`.

    Parameters
    ----------
    values
        (n,) or (n, T): villages, and months if any; a number a village in any unit. NaN is "not
        reported" and takes no part. numpy, pandas or xarray.
    neighbours
        `Neighbours`, a scipy sparse matrix, a libpysal Graph or W, or an edge list.
    min_villages
        Months with fewer reporting villages are not assessed.

    Returns
    -------
    z with two-sided p = 2 Phi(-|z|) (`two_sided_p`). Per month, over the n reporting villages:
    z_i = sum_j w_ij (x_j - mean) / (s sqrt((n sum_j w_ij^2 - (sum_j w_ij)^2) / (n - 1))), the
    village itself among its j and s the population standard deviation. |z| <= sqrt(n - 1).
    NaN is "not assessed": value missing, too few villages, no variation, no neighbour reporting,
    or a neighbourhood of everybody; `not_assessed` says which.

    Notes
    -----
    Ord and Getis (1995), Geographical Analysis 27(4), 286-306. A village is compared with all
    villages given: compute a county at once and filter afterwards.
    """
    given = read_values(values, checked=False)
    links = read_links(neighbours, len(given.array), given.index)
    z = compute_gi(given.table(), links, min_villages)
    _say_when_nothing_is_assessed(z, given, links, min_villages)
    return given.labelled(z.reshape(given.array.shape))


def not_assessed(values: object, neighbours: object, *, min_villages: int = MIN_VILLAGES) -> Same:
    """Return why Gi* is NaN: positions in `REASONS`, 0 where it is assessed, shaped as `values`."""
    given, links = read_input(values, neighbours)
    reasons = find_reasons(given.table(), links, min_villages)
    return given.labelled(reasons.reshape(given.array.shape))


def two_sided_p(z: object) -> Same:
    """Return the two-sided normal p value of z scores, 2 Phi(-|z|); NaN stays NaN."""
    given = read_values(z, "z")
    return given.labelled(2 * special.ndtr(-np.abs(given.array)))


def read_input(values: object, neighbours: object) -> tuple[Labelled, Links]:
    """Return values and links in one order; raises HotspotError when they do not fit."""
    given = read_values(values)
    return given, read_links(neighbours, len(given.array), given.index)


def compute_gi(x: np.ndarray, links: Links, min_villages: int = MIN_VILLAGES) -> np.ndarray:
    """Return z for (n, T) numbers, NaN where not assessed; infinite ones raise HotspotError."""
    mean, squares = _first_pass(x)
    if not np.isfinite(squares).all():
        refuse_infinite(x, squares)
        largest = np.fmax.reduce(np.abs(x), axis=0)
        if np.fmax.reduce(largest) > _HUGE:  # squares would overflow; z has no unit
            x = x / np.where(largest > 0, largest, 1.0)
        return _with_gaps(x, links, min_villages)
    return _complete(x, links, min_villages, mean=mean, s=np.sqrt(squares / len(x)))


def _first_pass(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and sum of squared deviations of every column, reading the numbers once.

    Deviations are taken from the mean of the first block, near enough to the mean for the
    correction to lose nothing; blocks stay in the cache.
    """
    scratch = np.empty((min(_BLOCK, len(x)), x.shape[1]))
    with np.errstate(invalid="ignore", over="ignore"):
        near = x[:_BLOCK].mean(axis=0)
        total, squares = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        for start in range(0, len(x), _BLOCK):
            block = x[start : start + _BLOCK]
            apart = np.subtract(block, near, out=scratch[: len(block)])
            total += _down(apart)
            np.multiply(apart, apart, out=apart)
            squares += _down(apart)
        return near + total / len(x), np.maximum(squares - total**2 / len(x), 0.0)


def _down(block: np.ndarray) -> np.ndarray:
    """Return the sums of the columns, eight rows to a line: a third faster than row by row.

    Every column is added in the same order however many there are, so that an added month leaves
    the others as they were to the last bit.
    """
    whole = len(block) // 8 * 8
    lines = block[:whole].reshape(-1, 8 * block.shape[1]).sum(axis=0)
    return np.asarray(lines.reshape(8, -1).sum(axis=0) + block[whole:].sum(axis=0))


def _complete(
    x: np.ndarray, links: Links, min_villages: int, *, mean: np.ndarray, s: np.ndarray
) -> np.ndarray:
    """Return z when every village reports: the scale of a row is folded into its weights."""
    n, months = x.shape
    if n < max(min_villages, 2):
        return np.full((n, months), np.nan)
    around = links.with_self
    length = np.diff(around.indptr)
    w = length.astype(np.float64) if links.is_binary else _row_sums(around)
    squares = w if links.is_binary else _row_sums(around.multiply(around))
    room = (n * squares - w**2) / (n - 1)
    usable = (room > 1e-12 * n * squares) & (np.diff(links.matrix.indptr) > 0)
    scale = np.where(usable, 1 / np.sqrt(np.where(usable, room, 1.0)), np.nan)
    weights = np.repeat(scale, length)
    if not links.is_binary:
        weights *= around.data
    weighted = sparse.csr_array((weights, around.indices, around.indptr), shape=around.shape)
    return np.asarray(weighted @ _standardised(x, mean, s))


def _standardised(x: np.ndarray, mean: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return (x - mean) / s of every column, NaN where a column does not vary, block by block."""
    # max |x| <= |mean| + s sqrt(n): most columns need no look at their largest value
    varies = s > NO_VARIATION * (np.abs(mean) + s * np.sqrt(len(x)))
    for column in np.flatnonzero(~varies):  # rare, and each is one look
        varies[column] = s[column] > NO_VARIATION * np.abs(x[:, column]).max()
    per_s = np.where(varies, 1 / np.where(varies, s, 1.0), np.nan)
    centred = np.empty(x.shape)
    for start in range(0, len(x), _BLOCK):
        block = centred[start : start + _BLOCK]
        np.subtract(x[start : start + _BLOCK], mean, out=block)
        block *= per_s
    return centred


def _with_gaps(x: np.ndarray, links: Links, min_villages: int) -> np.ndarray:
    known = ~np.isnan(x)
    n = known.sum(axis=0)
    mean, s, largest = _moments(x, known)
    centred = np.where(known, x - mean, 0.0)
    mask = known.astype(np.float64)
    w = links.with_self @ mask
    squares = w if links.is_binary else links.with_self.multiply(links.with_self) @ mask
    with np.errstate(invalid="ignore", divide="ignore"):
        room = (n * squares - w**2) / (n - 1)
        z = (links.with_self @ centred) / (s * np.sqrt(room))
    bad = ~known | (room <= 1e-12 * n * squares) | (links.matrix @ mask == 0)
    bad |= (n < max(min_villages, 2)) | ~(s > NO_VARIATION * largest)
    z[bad] = np.nan
    return np.asarray(z)


def _moments(x: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, population standard deviation and largest |x| of the known values by column."""
    n = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, x, 0.0)
    mean = filled.sum(axis=0) / n
    centred = np.where(known, x - mean, 0.0)
    s = np.sqrt(np.einsum("ij,ij->j", centred, centred) / n)
    return mean, s, np.abs(filled).max(axis=0, initial=0.0)


def find_reasons(x: np.ndarray, links: Links, min_villages: int = MIN_VILLAGES) -> np.ndarray:
    """Return codes of `REASONS` for (n, T) numbers: the first that holds, 0 where assessed."""
    known = ~np.isnan(x)
    n = known.sum(axis=0)
    _, s, largest = _moments(x, known)
    mask = known.astype(np.float64)
    w = links.with_self @ mask
    squares = w if links.is_binary else links.with_self.multiply(links.with_self) @ mask
    reasons = np.zeros(x.shape, dtype=np.int8)
    for reason, holds in (  # later ones win: from the particular to the fundamental
        ("everybody", n * squares - w**2 <= 1e-12 * n * squares * (n - 1)),
        ("no_neighbours", links.matrix @ mask == 0),
        ("no_variation", np.broadcast_to(~(s > NO_VARIATION * largest), x.shape)),
        ("few_villages", np.broadcast_to(n < max(min_villages, 2), x.shape)),
        ("missing_value", ~known),
    ):
        reasons[holds] = CODE_OF[reason]
    return reasons


def _row_sums(matrix: sparse.csr_array) -> np.ndarray:
    return np.asarray(matrix.sum(axis=1)).ravel()


def _say_when_nothing_is_assessed(
    z: np.ndarray, given: Labelled, links: Links, min_villages: int
) -> None:
    """Log why, when not one village could be assessed, so that no empty map passes in silence."""
    if np.isfinite(z[:, -1]).any() or np.isfinite(z).any():
        return
    codes = find_reasons(given.table(), links, min_villages)
    reason = REASONS[np.bincount(codes.ravel()).argmax()]
    _LOG.warning(i18n.text("hotspots.nothing_assessed", reason=i18n.text(f"hotspots.{reason}")))


def gi_star_window(
    values: object, neighbours: object, lag: int, *, reference: str = "step"
) -> Same:
    """Return Gi* over a village, its neighbours and the `lag` months before each month.

    Shapes, missing values and NaN as in `gi_star`. The reference set is the villages x months of
    the window (`reference` step), or all months (cube, which rewrites past months whenever one is
    added and calls a county-wide change a cluster). A lag makes the series of z autocorrelated:
    use only the autocorrelation-aware trend with it.
    """
    if lag < 0 or reference not in ("step", "cube"):
        raise HotspotError("hotspots.bad_window", lag=lag, reference=reference)
    given, links = read_input(values, neighbours)
    x = given.table()
    known = ~np.isnan(x)
    mask = known.astype(np.float64)
    shift = x[known].mean() if known.any() else 0.0
    centred = np.where(known, x - shift, 0.0)
    squared_links = links.with_self.multiply(links.with_self)
    total, w = (_rolling(links.with_self @ part, lag) for part in (centred, mask))
    squares = w if links.is_binary else _rolling(squared_links @ mask, lag)
    n, first, second = (part.sum(axis=0) for part in (mask, centred, centred**2))
    if reference == "cube":
        n, first, second = (np.full(x.shape[1], part.sum()) for part in (n, first, second))
    else:
        n, first, second = (_rolling(part[None], lag)[0] for part in (n, first, second))
    mean = first / np.maximum(n, 1)
    s = np.sqrt(np.maximum(second / np.maximum(n, 1) - mean**2, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (total - w * mean) / (s * np.sqrt((n * squares - w**2) / (n - 1)))
    assessed = find_reasons(x, links) == 0
    return given.labelled(np.where(assessed & np.isfinite(z), z, np.nan).reshape(x.shape))


def _rolling(columns: np.ndarray, lag: int) -> np.ndarray:
    """Return the sum of each column and the `lag` before it, as far as there are any."""
    sums = np.cumsum(columns, axis=1)
    sums[:, lag + 1 :] -= sums[:, : -lag - 1].copy() if columns.shape[1] > lag + 1 else 0.0
    return sums


# position = code of the quadrant: own value first, then the neighbours'
QUADRANTS = ("not_assessed", "high_high", "low_high", "low_low", "high_low")


@dataclass(frozen=True)
class LocalMoran:
    """One number a cell in every field, labelled like the values; NaN where not assessed.

    `quadrant` is a position in `QUADRANTS`: 1 high among high, 2 low among high, 3 low among low,
    4 high among low, 0 not assessed.
    """

    statistic: Same
    expectation: Same
    variance: Same
    z: Same
    p: Same
    quadrant: Same


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
