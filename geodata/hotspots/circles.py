"""All circles of a spatial scan, and the likelihood ratio of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Circles:
    """For every village the others by distance: the k first of a row are a circle.

    `order`, `inside`, `radius`: (n, k) positions, whether the circle is allowed, its radius.
    """

    order: np.ndarray
    inside: np.ndarray
    radius: np.ndarray


def ratios(e: np.ndarray, b: np.ndarray, circles: Circles, *, model: str) -> np.ndarray:
    """Return the log likelihood ratio of every circle (n, k); 0 where no more than expected."""
    c = np.cumsum(e[circles.order], axis=1)
    n = np.cumsum(b[circles.order], axis=1)
    of_model = _poisson if model == "poisson" else _binomial
    return of_model(c, n, e.sum(), b.sum()) * circles.inside


def _poisson(c: np.ndarray, n: np.ndarray, events: float, base: float) -> np.ndarray:
    mu = events * n / base
    rest = np.maximum(events - mu, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = special.xlogy(c, c / mu) + special.xlogy(events - c, (events - c) / rest)
    return np.where((c > mu) & (rest > 0), found, 0.0)


def _binomial(c: np.ndarray, n: np.ndarray, events: float, base: float) -> np.ndarray:
    out, rest = events - c, base - n
    with np.errstate(divide="ignore", invalid="ignore"):
        higher = c * rest > out * n
        found = (
            _trials(c, n)
            + _trials(out, rest)
            - special.xlogy(events, events / base)
            - special.xlogy(base - events, (base - events) / base)
        )
    return np.where(higher & (rest > 0), np.maximum(found, 0.0), 0.0)


def _trials(happened: np.ndarray, tried: np.ndarray) -> np.ndarray:
    """Return x ln(x/n) + (n-x) ln((n-x)/n)."""
    tried = np.where(tried > 0, tried, 1.0)
    return special.xlogy(happened, happened / tried) + special.xlogy(
        tried - happened, (tried - happened) / tried
    )
