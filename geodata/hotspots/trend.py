"""Is it getting worse? Mann-Kendall in three forms, Sen's slope, and the seventeen categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from geodata.errors import HotspotError
from geodata.hotspots.labelled import Labelled, Same, read_values

# Beyond this lag-1 autocorrelation no test of a few dozen months is honest.
TREND_NOT_ASSESSABLE = 0.85
_LARGEST_AUTOCORRELATION = 0.97
_CHUNK = 4_000_000


@dataclass(frozen=True)
class MannKendall:
    """One number a series in every field; labelled like the input.

    S: sum of the signs of all later minus earlier values. `variance` holds for independent months,
    with ties; `variance_ar1` for months that follow each other with `autocorrelation` (lag 1,
    bias-corrected). `z` and `p` (two-sided, continuity-corrected) use the first, `z_ar1` and
    `p_ar1` the second. `slope`: Sen's, per period in the unit of the series. `n`: periods observed.
    """

    S: Same
    variance: Same
    variance_ar1: Same
    z: Same
    p: Same
    z_ar1: Same
    p_ar1: Same
    tau: Same
    slope: Same
    autocorrelation: Same
    n: Same

    @property
    def sen_slope(self) -> Same:
        """Return `slope` under its full name."""
        return self.slope


def mann_kendall(series: object, *, decimals: int | None = 9) -> MannKendall:
    """Return the Mann-Kendall trend test of one series (T,) or of one a village (n, T).

    Values are rounded to `decimals` first, so that rounding noise of a constant series is not a
    trend; None leaves them. NaN periods are left out, the rest keep their distance in time.
    Series of fewer than 3 values have NaN z and p.

    Notes
    -----
    S = sum_{i<j} sign(x_j - x_i); varS = (n(n-1)(2n+5) - sum_t t(t-1)(2t+5)) / 18 over ties of
    extent t; z = (S - sign S) / sqrt(varS); tau-b. Mann (1945), Kendall (1975). varS for dependent
    months: times 1 + 2 sum_k (1 - k/n) r^k, r the lag-1 autocorrelation about Sen's line, corrected
    for bias as (n r + 2) / (n - 4) and kept in [0, 0.97]; after Yue and Wang (2004), Water
    Resources Management 18, 201-218.
    """
    given = read_values(series, "series")
    x = given.array[None, :] if given.array.ndim == 1 else given.table()
    slope = sen_slopes(x)
    x = x if decimals is None else np.round(x, decimals)
    known = ~np.isnan(x)
    n = known.sum(axis=1)
    s = _signs(x)
    ties, pairs = _ties(x, n)
    variance = (n * (n - 1.0) * (2 * n + 5) - ties) / 18
    r = _autocorrelation(x, known, slope)
    dependent = variance * _inflation(r, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = n * (n - 1) / 2
        tau = s / np.sqrt((half - pairs) * half)
    z, p = _scores(s, variance, n)
    z_ar1, p_ar1 = _scores(s, dependent, n)
    parts = (s, variance, dependent, z, p, z_ar1, p_ar1, tau, slope, r, n)
    return MannKendall(*(_shaped(part, given) for part in parts))


def _shaped(result: np.ndarray, given: Labelled) -> Same:
    if given.array.ndim == 1:
        return result[0].item()
    return given.labelled(result)


def _scores(s: np.ndarray, variance: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return z with continuity correction and its two-sided p; all ties are z 0, p 1."""
    z = np.zeros(s.shape)
    np.divide(s - np.sign(s), np.sqrt(variance), out=z, where=variance > 0)
    z[n < 3] = np.nan
    return z, 2 * special.ndtr(-np.abs(z))


def _signs(x: np.ndarray) -> np.ndarray:
    """Return S of every row: one pass over the villages for every distance in time."""
    total = np.zeros(len(x))
    for distance in range(1, x.shape[1]):
        step = np.sign(x[:, distance:] - x[:, :-distance])
        total += np.nansum(step, axis=1)
    return total


def _ties(x: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sum t(t-1)(2t+5) and sum t(t-1)/2 over the groups of equal values of every row."""
    ranked = np.sort(x, axis=1)
    same = np.diff(ranked, axis=1) == 0
    cubic, pairs = np.zeros(len(x)), np.zeros(len(x))
    if not same.any():
        return cubic, pairs
    run = np.zeros(len(x))
    # a group of t adds up over its members: the k-th adds the increment from k-1 to k
    for column in same.T:
        run = np.where(column, run + 1, 0)
        t = run + 1
        cubic += np.where(column, t * (t - 1) * (2 * t + 5) - (t - 1) * (t - 2) * (2 * t + 3), 0)
        pairs += run
    return cubic, pairs


def sen_slopes(x: np.ndarray) -> np.ndarray:
    """Return Sen's slope of every row of (n, T): the median slope of all pairs, NaN if none."""
    villages, months = x.shape
    later, earlier = (part.ravel() for part in np.tril_indices(months, -1))
    if not len(later):
        return np.full(villages, np.nan)
    slopes = np.empty(villages)
    rows = max(1, _CHUNK // len(later))
    for start in range(0, villages, rows):
        block = x[start : start + rows]
        pairs = (block[:, later] - block[:, earlier]) / (later - earlier)
        slopes[start : start + rows] = _row_medians(pairs)
    return slopes


def _row_medians(pairs: np.ndarray) -> np.ndarray:
    """Return the median of every row without its NaN; NaN for a row of nothing else."""
    count = np.count_nonzero(~np.isnan(pairs), axis=1)
    if (count == pairs.shape[1]).all():
        return np.asarray(np.median(pairs, axis=1, overwrite_input=True))
    pairs.sort(axis=1)  # NaN last
    rows = np.arange(len(pairs))
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, pairs.shape[1] - 1)
    return np.where(count > 0, (pairs[rows, low] + pairs[rows, high]) / 2, np.nan)


def _autocorrelation(x: np.ndarray, known: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return the corrected lag-1 autocorrelation of every row about its Sen line, in [0, .97]."""
    n = known.sum(axis=1)
    line = np.where(np.isnan(slope), 0.0, slope)[:, None] * np.arange(x.shape[1])
    rest = np.where(known, x - line, 0.0)
    rest = np.where(known, rest - (rest.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    both = (known[:, 1:] & known[:, :-1]).sum(axis=1)
    spread = np.einsum("ij,ij->i", rest, rest)
    shared = np.einsum("ij,ij->i", rest[:, 1:], rest[:, :-1])
    r = np.zeros(len(x))
    # gaps leave fewer neighbouring months: their mean product stands for all n - 1
    np.divide(shared * (n - 1), spread * both, out=r, where=(spread > 0) & (both > 0))
    corrected = np.where(n > 4, (n * r + 2) / np.maximum(n - 4, 1), 0.0)
    return np.where(spread > 0, np.clip(corrected, 0.0, _LARGEST_AUTOCORRELATION), 0.0)


def _inflation(r: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return 1 + 2 sum_{k=1}^{n-1} (1 - k/n) r^k of every row."""
    factor, power = np.ones(len(r)), np.ones(len(r))
    for k in range(1, int(n.max(initial=1))):
        power = power * r
        factor += 2 * np.maximum(1 - k / np.maximum(n, 1), 0.0) * power
    return factor


def seasonal_mann_kendall(series: object, *, season: int = 12) -> MannKendall:
    """Return the seasonal Mann-Kendall test: each calendar month only against its own years.

    `series` is (T,) or (n, T), one value a period, `season` periods a year; S and varS are summed
    over the seasons (Hirsch, Slack and Smith 1982). `slope` is Sen's over all pairs of the same
    season, per year; `autocorrelation` is not estimated (NaN) and `variance_ar1` is `variance`.
    """
    given = read_values(series, "series")
    if season < 2:
        raise HotspotError("hotspots.bad_option", name="season", value=season, known=">= 2")
    x = given.array[None, :] if given.array.ndim == 1 else given.table()
    missing = np.full((len(x), -x.shape[1] % season), np.nan)
    years = np.round(np.hstack([x, missing]), 9).reshape(len(x), -1, season)
    flat = years.transpose(0, 2, 1).reshape(len(x) * season, -1)
    parts = mann_kendall(flat, decimals=None)
    s, variance, n = (
        np.asarray(part).reshape(len(x), season).sum(axis=1)
        for part in (parts.S, parts.variance, parts.n)
    )
    half = (np.asarray(parts.n) * (np.asarray(parts.n) - 1) / 2).reshape(len(x), season).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = s / half
    z, p = _scores(s, variance, n)
    nothing = np.full(len(x), np.nan)
    fields = (s, variance, variance, z, p, z, p, tau, _seasonal_slopes(years), nothing, n)
    return MannKendall(*(_shaped(part, given) for part in fields))


def _seasonal_slopes(years: np.ndarray) -> np.ndarray:
    later, earlier = np.tril_indices(years.shape[1], -1)
    if not len(later):
        return np.full(len(years), np.nan)
    pairs = (years[:, later] - years[:, earlier]) / (later - earlier)[None, :, None]
    return _row_medians(pairs.reshape(len(years), -1))


MIN_PERIODS = 10
NOT_ASSESSED = 99
# Significantly hot (or cold) in this share of the observed months is "long-standing".
LONG_STANDING = 0.9
# Change of z from the first to the last month below which a trend does not matter.
MATERIAL_CHANGE = 0.5
TREND_TESTS = ("ar1", "mk", "seasonal")

CATEGORIES = {
    0: "no_pattern",
    1: "new",
    2: "consecutive",
    3: "intensifying",
    4: "persistent",
    5: "diminishing",
    6: "sporadic",
    7: "oscillating",
    8: "historical",
}


def emerging(
    z: object,
    significant: object,
    *,
    trend: Same = None,
    min_periods: int = MIN_PERIODS,
    sporadic_needs_final: bool = True,
) -> Same:
    """Return the category of every village: 1..8 hot, -1..-8 cold, 0 no pattern, 99 not assessed.

    Parameters
    ----------
    z
        (n, T) Gi* scores, months in order, or one series (T,) for one code; NaN is "not observed".
    significant
        (n, T) booleans, or numbers whose sign tells hot from cold (such as bins -3..3).
    trend
        (n,) signs -1, 0, +1 of a significant and material trend in z; default `trend_direction(z)`.
    min_periods
        Villages with fewer observed months are not assessed.
    sporadic_needs_final
        False takes the older wording, in which a sporadic hot spot need not be hot now.

    Notes
    -----
    h = share of observed months significantly hot, last = the final month is; tested in this order:
    historical (h >= .9, not last), intensifying / diminishing / persistent (h >= .9, last, by
    trend), oscillating (last, once cold), new (last only), consecutive (one final run), sporadic.
    Cold is the mirror image; a significant final month decides the side. Missing months neither
    count nor break a run. After the wording of Esri's emerging hot spot analysis, made exclusive.
    """
    given = read_values(z, "z")
    x = _series(given)
    sign = _signs_of(significant, x)
    if trend is None:
        direction = trend_direction(x)
    else:
        direction = np.sign(read_values(np.atleast_1d(trend), "trend").array)
    known = ~np.isnan(x)
    hot, cold = known & (sign > 0), known & (sign < 0)
    warm = _side(hot, cold, known, direction, sporadic_needs_final)
    chill = _side(cold, hot, known, -direction, sporadic_needs_final)
    side = np.where(hot[:, -1], 1, np.where(cold[:, -1], -1, np.where(warm != 0, 1, -1)))
    codes = np.where(side > 0, warm, -chill)
    assessed = known[:, -1] & (known.sum(axis=1) >= min_periods)
    return _shaped(np.where(assessed, codes, NOT_ASSESSED).astype(np.int8), given)


def _series(given: Labelled) -> np.ndarray:
    """Return (villages, months); a single series is one village."""
    return given.array[None, :] if given.array.ndim == 1 else given.table()


def _signs_of(significant: object, z: np.ndarray) -> np.ndarray:
    """Return -1, 0, +1 of every cell: booleans take the sign of z."""
    marks = np.asarray(significant)
    if marks.dtype == object:
        marks = read_values(significant, "significant").array
    marks = marks[None, :] if marks.ndim == 1 else marks.reshape(len(marks), -1)
    if marks.shape != z.shape:
        raise HotspotError("hotspots.shapes_differ", events=str(z.shape), base=str(marks.shape))
    known = np.nan_to_num(z)
    return np.asarray(
        np.sign(known) * marks if marks.dtype == bool else np.sign(np.nan_to_num(marks))
    )


def _side(
    hot: np.ndarray, cold: np.ndarray, known: np.ndarray, rising: np.ndarray, needs_final: bool
) -> np.ndarray:
    """Return the codes 0..8 of one side; the first rule that holds wins."""
    times, last = hot.sum(axis=1), hot[:, -1]
    long_standing = times >= LONG_STANDING * np.maximum(known.sum(axis=1), 1)
    long_standing &= times > 0
    was_cold = cold.any(axis=1)
    interrupted = np.cumsum((known & ~hot)[:, ::-1], axis=1) > 0
    run = (hot[:, ::-1] & ~interrupted).sum(axis=1)
    recent = last & ~was_cold
    rules = (
        (long_standing & ~last, 8),
        (long_standing & (rising > 0), 3),
        (long_standing & (rising < 0), 5),
        (long_standing, 4),
        (last & was_cold, 7),
        (recent & (times == 1), 1),
        (recent & (run == times), 2),
        (recent, 6),
        ((times > 0) & ~was_cold & (not needs_final), 6),
    )
    return np.select([holds for holds, _ in rules], [code for _, code in rules], 0)


def trend_direction(
    z: object, *, rate: object = None, test: str = "ar1", alpha: float = 0.05
) -> Same:
    """Return -1, 0, +1 for every village: the sign of a significant and material trend in z.

    Significant: Mann-Kendall p <= alpha, allowing for autocorrelation (`test` ar1), not (mk), or
    each calendar month against its own years (seasonal, 12 periods a year).
    Material: Sen's slope moves z by at least 0.5 over the months. With `rate` (n, T), the village's
    own values, the sign must also be theirs: otherwise one rising village makes all others "fall".
    """
    if test not in TREND_TESTS:
        known = ", ".join(TREND_TESTS)
        raise HotspotError("hotspots.bad_option", name="test", value=test, known=known)
    given = read_values(z, "z")
    x = _series(given)
    tested = seasonal_mann_kendall(x) if test == "seasonal" else mann_kendall(x)
    p = tested.p_ar1 if test == "ar1" else tested.p
    length = (x.shape[1] - 1) / (12 if test == "seasonal" else 1)
    with np.errstate(invalid="ignore"):
        # the tolerance keeps a change of exactly 0.5 on the material side of rounding
        moved = np.abs(tested.slope) * length >= MATERIAL_CHANGE - 1e-12
        direction = np.where((p <= alpha) & moved, np.sign(tested.S), 0)
    if rate is not None:
        own = mann_kendall(_series(read_values(rate, "rate"))).S
        direction = np.where(np.sign(own) == direction, direction, 0)
    return _shaped(direction.astype(np.int8), given)
