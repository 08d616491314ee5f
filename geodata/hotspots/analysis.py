"""An indicator end to end: from counts and neighbours to hot spots that can be explained."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from geodata.errors import HotspotError
from geodata.hotspots.gi import CODE_OF, compute_gi, find_reasons, gi_star_window, local_moran
from geodata.hotspots.labelled import Labelled, read_counts, read_values
from geodata.hotspots.multiple import (
    benjamini_hochberg,
    confirm_hot,
    count_skewness,
    significance_bins,
)
from geodata.hotspots.rates import KINDS, compute_standardised, empirical_bayes, exceedance
from geodata.hotspots.result import HotspotOptions, HotspotResult, read_options
from geodata.hotspots.trend import (
    NOT_ASSESSED,
    TREND_NOT_ASSESSABLE,
    emerging,
    mann_kendall,
    trend_direction,
)
from geodata.hotspots.weights import Links, read_links

WORSE = ("high", "low")


def analyse(
    events: object,
    base: object,
    neighbours: object,
    *,
    kind: str = "proportion",
    worse: str = "high",
    **options: object,
) -> HotspotResult:
    """Return the hot spots of one indicator of all villages and periods.

    Parameters
    ----------
    events, base
        (n,) or (n, T) counts of the whole county, missing NaN; for kind value `events` is the value
        and `base` is None. numpy, pandas (index villages, columns periods) or xarray.
    neighbours
        As in `gi_star`; all villages of the county, filter the result by place afterwards.
    kind
        proportion, rare_rate or value, as in `standardised_rate`.
    worse
        high: many is bad. low: few is bad; z is turned so that "hot" always means a problem.
    options
        Fields of `HotspotOptions`: threshold, alpha, fdr, lag, trend_test, min_periods,
        min_villages, min_events, level, sporadic_needs_final, log.

    Notes
    -----
    Standardised rate, Gi*, Benjamini-Hochberg per period, trend with autocorrelation, category;
    beside them, never mixed in, the smoothed rate with interval and exceedance. Of events, hot is
    only an alarm: significant beyond the skewness of small counts, with `min_events` cases around;
    with worse low the cases are those that are not events. With the default
    per-period family, a period's results do not change when later ones are added.
    """
    for name, value, known in (("kind", kind, KINDS), ("worse", worse, WORSE)):
        if value not in known:
            raise HotspotError(
                "hotspots.bad_option", name=name, value=value, known=", ".join(known)
            )
    settings = read_options(HotspotOptions, options)
    given, e, b = _read(events, base, kind)
    links = read_links(neighbours, len(e), given.index)
    x = _tested(e, b, kind, log=settings.log)
    turn = -1.0 if worse == "low" else 1.0
    test = _test(x * turn, links, settings)
    test["reasons"] = _reasons(x, e, b, links, settings, kind)
    shown = _displayed(e, b, kind, settings)
    test["alarm"] = test["significant"] & (test["z"] > 0)
    around = _around(e, b, links, kind)
    if kind != "value":
        skewness = turn * count_skewness(e, b, links, proportion=kind == "proportion")
        test["alarm"] &= confirm_hot(test["z"], skewness, alpha=settings.alpha, family=settings.fdr)
        few = around["around_events"]
        cases = around["around_base"] - few if worse == "low" and kind == "proportion" else few
        test["alarm"] &= cases >= settings.min_events
        test["bins"] = np.where((test["bins"] > 0) & ~test["alarm"], 0, test["bins"])
    time = _over_time(test, shown["rate"] * turn, settings)
    return HotspotResult(
        ids=given.index if given.index is not None else pd.RangeIndex(len(e)),
        periods=given.columns if given.columns is not None else pd.RangeIndex(x.shape[1]),
        kind=kind,
        worse=worse,
        options=settings,
        events=e,
        base=b,
        **test,
        **time,
        **shown,
        **around,
    )


def _read(events: object, base: object, kind: str) -> tuple[Labelled, np.ndarray, np.ndarray]:
    """Return events and base as (n, T); a plain value has the base 1."""
    if kind == "value":
        given = read_values(events, "events")
        table = given.table()
        return given, table, np.ones_like(table)
    if base is None:
        raise HotspotError("hotspots.base_needed")
    given, below = read_counts(events, base, bounded=kind == "proportion")
    return given, given.table(), below.reshape(len(below), -1)


def _tested(e: np.ndarray, b: np.ndarray, kind: str, *, log: bool) -> np.ndarray:
    if kind != "value":
        return compute_standardised(e, b, kind)
    if not log:
        return e
    if (e < 0).any():
        row = int(np.argwhere(e < 0)[0][0])
        raise HotspotError("hotspots.negative", name="events", row=row + 1, value=np.nanmin(e))
    return np.asarray(np.log1p(e))


def _test(x: np.ndarray, links: Links, settings: HotspotOptions) -> dict[str, np.ndarray]:
    """Return z, p, adjusted p, bins, significance and quadrant of every cell."""
    if settings.lag:
        z = np.asarray(gi_star_window(x, links.matrix, settings.lag))
        z[find_reasons(x, links, settings.min_villages) != 0] = np.nan
    else:
        z = compute_gi(x, links, settings.min_villages)
    p = 2 * special.ndtr(-np.abs(z))
    adjusted = np.asarray(benjamini_hochberg(p, family=settings.fdr))
    with np.errstate(invalid="ignore"):
        significant = adjusted <= settings.alpha
    moran = local_moran(x, links.matrix, min_villages=settings.min_villages)
    return {
        "z": z,
        "p": p,
        "adjusted": adjusted,
        "bins": np.asarray(significance_bins(z, adjusted)),
        "significant": significant,
        "quadrant": np.asarray(moran.quadrant),
    }


def _reasons(
    x: np.ndarray, e: np.ndarray, b: np.ndarray, links: Links, settings: HotspotOptions, kind: str
) -> np.ndarray:
    reasons = find_reasons(x, links, settings.min_villages)
    if kind != "value":
        reasons[(b == 0) & ~np.isnan(e)] = CODE_OF["base_zero"]
    return reasons


def _over_time(
    test: dict[str, np.ndarray], rate: np.ndarray, settings: HotspotOptions
) -> dict[str, np.ndarray]:
    """Return category, its reason, the final run, the trend and whether that can be assessed."""
    z = test["z"]
    signs = np.where(z > 0, test["alarm"], -1.0 * (test["significant"] & (z < 0)))
    trend = np.asarray(trend_direction(z, rate=rate, test=settings.trend_test))
    observed = (~np.isnan(z)).sum(axis=1)
    category = emerging(
        z,
        signs,
        trend=trend,
        min_periods=settings.min_periods,
        sporadic_needs_final=settings.sporadic_needs_final,
    )
    reason = test["reasons"][:, -1].copy()
    reason[(reason == 0) & (observed < settings.min_periods)] = CODE_OF["few_periods"]
    reason[category != NOT_ASSESSED] = 0
    same = (signs == signs[:, -1:]) & (signs != 0)
    broken = np.cumsum((~same & ~np.isnan(z))[:, ::-1], axis=1) > 0
    dependence = np.asarray(mann_kendall(z).autocorrelation)
    return {
        "category": category,
        "category_reason": reason,
        "run": (same[:, ::-1] & ~broken).sum(axis=1),
        "trend": trend,
        "trend_assessable": (dependence <= TREND_NOT_ASSESSABLE)
        & (observed >= settings.min_periods),
    }


def _displayed(
    e: np.ndarray, b: np.ndarray, kind: str, settings: HotspotOptions
) -> dict[str, np.ndarray]:
    """Return what is shown beside the test: raw and smoothed rate, interval, exceedance."""
    unknown = np.full(e.shape, np.nan)
    if kind == "value":
        names = ("smoothed", "weight", "lower", "upper", "exceedance")
        return {"rate": e, **dict.fromkeys(names, unknown)}
    smoothed = empirical_bayes(e, b, kind=kind, level=settings.level)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(b > 0, e / b, np.nan)
    line = settings.threshold
    return {
        "rate": rate,
        "smoothed": smoothed.rate,
        "weight": smoothed.weight,
        "lower": smoothed.lower,
        "upper": smoothed.upper,
        "exceedance": unknown if line is None else exceedance(e, b, line, kind=kind),
    }


def _around(e: np.ndarray, b: np.ndarray, links: Links, kind: str) -> dict[str, np.ndarray]:
    """Return the pooled counts of every village with its neighbours, and of the county."""
    known = ~np.isnan(e) & (b > 0)
    events, base = np.where(known, e, 0.0), np.where(known, b, 0.0)
    ones = links.with_self.copy()
    ones.data = np.ones_like(ones.data)
    around_events, around_base = ones @ events, ones @ base
    counted = (ones @ known.astype(np.float64)) - known
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "neighbours": counted.astype(np.int64),
            "around_events": around_events,
            "around_base": around_base,
            "around_rate": around_events / around_base,
            "county_rate": events.sum(axis=0) / base.sum(axis=0),
        }
