"""Emerging hot spots: seventeen ways a place can be hot or cold over time, and "not assessed"."""

from __future__ import annotations

import numpy as np

from geodata.errors import HotspotError
from geodata.hotspots.labelled import Labelled, read_values
from geodata.hotspots.trend import mann_kendall, seasonal_mann_kendall

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
    trend: object = None,
    min_periods: int = MIN_PERIODS,
    sporadic_needs_final: bool = True,
) -> object:
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


def _shaped(codes: np.ndarray, given: Labelled) -> object:
    return int(codes[0]) if given.array.ndim == 1 else given.labelled(codes)


def _signs_of(significant: object, z: np.ndarray) -> np.ndarray:
    """Return -1, 0, +1 of every cell: booleans take the sign of z."""
    marks = np.asarray(significant)
    if marks.dtype == object:
        marks = read_values(significant, "significant").array
    marks = marks[None, :] if marks.ndim == 1 else marks.reshape(len(marks), -1)
    if marks.shape != z.shape:
        raise HotspotError("hotspots.shapes_differ", events=str(z.shape), base=str(marks.shape))
    known = np.nan_to_num(z)
    return np.sign(known) * marks if marks.dtype == bool else np.sign(np.nan_to_num(marks))


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
) -> object:
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
    found = seasonal_mann_kendall(x) if test == "seasonal" else mann_kendall(x)
    p = found.p_ar1 if test == "ar1" else found.p
    length = (x.shape[1] - 1) / (12 if test == "seasonal" else 1)
    with np.errstate(invalid="ignore"):
        # the tolerance keeps a change of exactly 0.5 on the material side of rounding
        moved = np.abs(found.slope) * length >= MATERIAL_CHANGE - 1e-12
        direction = np.where((p <= alpha) & moved, np.sign(found.S), 0)
    if rate is not None:
        own = mann_kendall(_series(read_values(rate, "rate"))).S
        direction = np.where(np.sign(own) == direction, direction, 0)
    return _shaped(direction.astype(np.int8), given)
