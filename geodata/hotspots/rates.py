"""Rates of small villages: standardised for a test, shrunk for display, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from geodata.errors import HotspotError
from geodata.hotspots.labelled import Labelled, Same, read_counts, read_values
from geodata.hotspots.weights import read_links

KINDS = ("proportion", "rare_rate", "value")


@dataclass(frozen=True)
class EmpiricalBayes:
    """Shrunk rates, one a cell, labelled like the events.

    `weight` is the share of a rate that is the village's own (below 0.5 it is `unstable`);
    `lower` and `upper` bound what luck could make of it; `mean` and `variance` are what it was
    shrunk to and the variance between villages, one a month, or one a village when local.
    """

    rate: Same
    weight: Same
    lower: Same
    upper: Same
    mean: np.ndarray
    variance: np.ndarray

    @property
    def interval(self) -> tuple[Same, Same]:
        """Return lower and upper bound."""
        return self.lower, self.upper

    @property
    def unstable(self) -> Same:
        """Return where more than half of the rate is borrowed from the other villages."""
        return self.weight < 0.5


def standardised_rate(events: object, base: object, kind: str = "proportion") -> Same:
    """Return rates as z scores that allow for small bases, ready for a local test.

    Parameters
    ----------
    events, base
        (n,) or (n, T) counts, missing NaN; base (n,) serves all months. A base of 0 gives NaN.
        For kind value, `events` is the value itself and `base` may be None.
    kind
        proportion: events are some of the base. rare_rate: events per exposure, may exceed 1.
        value: returned unchanged.

    Notes
    -----
    Per month over the N villages with a base: m = sum E / sum B, b = sum B / N, r = E / B,
    s2 = sum B (r - m)^2 / sum B. Proportion: A = max(0, (b s2 - m(1-m)) / (b - 1)) and
    x = (r - m) / sqrt(A + (m(1-m) - A) / B). Rare rate: A = max(0, s2 - m/b) and
    x = (r - m) / sqrt(A + m / B). Assuncao and Reis (1999), Statistics in Medicine 18, 2147-2162;
    Martuzzi and Elliott (1996), ibid. 15, 1867-1873. A month without any event gives 0.
    """
    _check_kind(kind)
    if kind == "value":
        given = read_values(events)
        return given.labelled(given.array.copy())
    given, e, b = _counts(events, base, kind)
    return given.labelled(compute_standardised(e, b, kind).reshape(given.array.shape))


def compute_standardised(e: np.ndarray, b: np.ndarray, kind: str) -> np.ndarray:
    """Return standardised rates of (n, T) counts; NaN where the rate is not known."""
    rate, mean, between = _between(e, b, kind)
    within = mean * (1 - mean) - between if kind == "proportion" else mean
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(between + within / b)
        x = (rate - mean) / spread
    return np.where(np.isnan(rate), np.nan, np.where(spread > 0, x, 0.0))


def _counts(events: object, base: object, kind: str) -> tuple[Labelled, np.ndarray, np.ndarray]:
    given, below = read_counts(events, base, bounded=kind == "proportion")
    return given, given.table(), below.reshape(len(below), -1)


def _between(e: np.ndarray, b: np.ndarray, kind: str) -> tuple[np.ndarray, ...]:
    """Return own rates, and per month the mean rate and the variance between villages."""
    known = ~np.isnan(e) & (b > 0)
    events, base = np.where(known, e, 0.0), np.where(known, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = base.sum(axis=0)
        mean = events.sum(axis=0) / total
        size = total / known.sum(axis=0)
        rate = np.where(known, e / b, np.nan)
        spread = np.where(known, base * (rate - mean) ** 2, 0.0).sum(axis=0) / total
        if kind == "proportion":
            between = (size * spread - mean * (1 - mean)) / (size - 1)
            between = np.where(size > 1, between, 0.0)  # one person a village: no second look
        else:
            between = spread - mean / size
    return rate, mean, np.maximum(between, 0.0)


def _check_kind(kind: str, known: tuple[str, ...] = KINDS) -> None:
    if kind not in known:
        raise HotspotError("hotspots.bad_option", name="kind", value=kind, known=", ".join(known))


def empirical_bayes(
    events: object,
    base: object,
    neighbours: object = None,
    *,
    kind: str = "proportion",
    level: float = 0.95,
) -> EmpiricalBayes:
    """Return rates shrunk towards the county, or towards the neighbours when they are given.

    For display only: a smoothed rate in a local test finds clusters that are not there. A village
    without base is shown at the mean, weight 0; a missing count stays NaN. When villages differ no
    more than chance would have it, everybody is shown at the mean with weight 0.

    Notes
    -----
    Global, with A of `standardised_rate`: proportion w = A B / (A B + m(1-m) - A), posterior
    Beta(phi m + E, phi (1-m) + B - E), phi = (m(1-m) - A) / A; rare_rate w = A / (A + m / B),
    posterior Gamma(m^2/A + E, m/A + B). Local (Marshall 1991, JRSS C 40, 283-294, Poisson form as
    in GeoDa): m, b over self and neighbours, A = sum B (r - m)^2 / sum B - m / b. The interval is
    the central one of the posterior: how far luck may move a village, not a sampling error.
    """
    _check_kind(kind, KINDS[:2])
    given, e, b = _counts(events, base, kind)
    if neighbours is None:
        rate, mean, between = _between(e, b, kind)
        form = kind
    else:
        rate, mean, between = _between_neighbours(e, b, given, neighbours)
        form = "rare_rate"
    with np.errstate(invalid="ignore", divide="ignore"):
        within = (mean * (1 - mean) - between) if form == "proportion" else mean
        weight = between * b / (between * b + within)
        weight = np.where((b > 0) & (between > 0), weight, 0.0)
        shrunk = np.where(weight > 0, weight * rate + (1 - weight) * mean, mean)
    unknown = np.isnan(e) | np.isnan(b)
    tail = (1 - level) / 2
    bounds = [_quantile(e, b, mean, between, form, at=at) for at in (tail, 1 - tail)]
    estimates = [np.where(unknown, np.nan, part) for part in (shrunk, weight, *bounds)]
    shape = given.array.shape
    own, weights, lower, upper = (given.labelled(part.reshape(shape)) for part in estimates)
    return EmpiricalBayes(own, weights, lower, upper, mean, between)


def _between_neighbours(
    e: np.ndarray, b: np.ndarray, given: Labelled, neighbours: object
) -> tuple[np.ndarray, ...]:
    """Return own rates, and per village the mean and variance over itself and its neighbours."""
    links = read_links(neighbours, len(e), given.index)
    around = links.with_self.copy()
    around.data = np.ones_like(around.data)
    known = ~np.isnan(e) & (b > 0)
    events, base = np.where(known, e, 0.0), np.where(known, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(known, e / b, np.nan)
        total, happened = around @ base, around @ events
        mean = happened / total
        squares = around @ np.where(known, e * rate, 0.0)
        between = (squares - mean * happened) / total - mean * (
            around @ known.astype(float)
        ) / total
    return rate, mean, np.maximum(np.nan_to_num(between), 0.0)


def _posterior(
    e: np.ndarray, b: np.ndarray, mean: np.ndarray, between: np.ndarray, form: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the two parameters of the posterior: Beta for a proportion, else Gamma."""
    e, b = np.where(b > 0, e, 0.0), np.maximum(b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if form == "proportion":
            size = (mean * (1 - mean) - between) / between
            return size * mean + e, size * (1 - mean) + b - e
        return mean**2 / between + e, mean / between + b


def _quantile(
    e: np.ndarray, b: np.ndarray, mean: np.ndarray, between: np.ndarray, form: str, *, at: float
) -> np.ndarray:
    """Return a quantile of the posterior; the mean itself where nothing varies."""
    one, two = _posterior(e, b, mean, between, form)
    if form == "proportion":
        quantile = special.betaincinv(one, two, at)
    else:
        quantile = special.gammaincinv(one, at) / two
    return np.where((between > 0) & np.isfinite(one) & np.isfinite(two), quantile, mean)


def exceedance(events: object, base: object, threshold: float, *, kind: str = "proportion") -> Same:
    """Return the probability that a village's true rate lies above `threshold`.

    Shapes and missing values as in `empirical_bayes`, whose global posterior it is: 1 - I_c(a, b)
    for a proportion, the upper Gamma tail for a rare rate. Where villages do not differ beyond
    chance it is 1 or 0, as the county mean lies above the threshold or not. `threshold` is in the
    unit of the rate (0.02 is 2 %).
    """
    _check_kind(kind, KINDS[:2])
    if not threshold >= 0 or (kind == "proportion" and threshold > 1):
        raise HotspotError("hotspots.bad_threshold", value=threshold)
    given, e, b = _counts(events, base, kind)
    _, mean, between = _between(e, b, kind)
    one, two = _posterior(e, b, mean, between, kind)
    if kind == "proportion":
        above = special.betaincc(one, two, threshold)
    else:
        above = special.gammaincc(one, two * threshold)
    settled = np.broadcast_to(np.where(mean > threshold, 1.0, 0.0), e.shape)
    above = np.where((between > 0) & np.isfinite(one) & np.isfinite(two), above, settled)
    above = np.where(np.isnan(e) | np.isnan(b) | np.isnan(mean), np.nan, above)
    return given.labelled(above.reshape(given.array.shape))


def wilson_interval(events: object, base: object, *, level: float = 0.95) -> tuple[Same, Same]:
    """Return Wilson's lower and upper bound of raw shares; NaN where the base is 0 or missing.

    Wilson (1927), JASA 22, 209-212: (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    """
    given, e, b = _counts(events, base, "proportion")
    z = special.ndtri((1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = np.where(b > 0, b, np.nan)
        p = e / n
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    shape = given.array.shape
    lower, upper = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    return given.labelled(lower.reshape(shape)), given.labelled(upper.reshape(shape))
