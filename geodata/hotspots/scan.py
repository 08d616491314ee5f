"""Kulldorff's spatial scan: the circles in which more happens than chance would put there."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import spatial, special

from geodata.errors import HotspotError
from geodata.hotspots.labelled import read_counts
from geodata.hotspots.result import check_options, read_options

MODELS = ("poisson", "binomial")


@dataclass(frozen=True)
class ScanOptions:
    """Settings of `spatial_scan`.

    max_share: largest share of the base in a circle. replicates: simulated maps under no cluster.
    seed: of their random numbers. overdispersion: let the simulated villages differ as much as
    chance does not explain, or a scan finds clusters everywhere. alpha: least clear secondary
    cluster that is reported. population: what max_share is a share of, if not the base.
    """

    max_share: float = 0.5
    replicates: int = 999
    seed: int = 0
    overdispersion: bool = False
    alpha: float = 0.05
    population: object = None

    def __post_init__(self) -> None:
        check_options(
            self,
            ("max_share", 0 < self.max_share <= 1, "0 < max_share <= 1"),
            ("replicates", self.replicates >= 1, ">= 1"),
            ("alpha", 0 < self.alpha < 1, "0 < alpha < 1"),
        )


def spatial_scan(
    events: object, base: object, points: object, *, model: str = "poisson", **options: object
) -> pd.DataFrame:
    """Return the clusters, likeliest first: centre, members (labels), and what is in them.

    Parameters
    ----------
    events, base
        (n,) counts of one period; villages with a missing count or base 0 take no part.
    points
        GeoSeries of points or polygons (their centroids) in metres, or (n, 2) coordinates.
    model
        poisson: base is the expected count up to a factor. binomial: base are the trials.
    options
        Fields of `ScanOptions`.

    Returns
    -------
    DataFrame, one row a cluster: centre, members (tuple), radius (m), events, base, expected,
    relative_risk, log_ratio, p. The first row is the likeliest circle whatever its p; the others
    do not overlap earlier ones and have p <= alpha. Empty when no circle has more than expected.

    Notes
    -----
    Circles about every village with up to `max_share` of the base. Poisson log ratio
    c ln(c/mu) + (C-c) ln((C-c)/(C-mu)) where c > mu; binomial its analogue. p = (1 + number of
    replicates with a larger maximum) / (replicates + 1). Kulldorff (1997), Communications in
    Statistics 26(6), 1481-1496.
    """
    if model not in MODELS:
        raise HotspotError(
            "hotspots.bad_option", name="model", value=model, known=", ".join(MODELS)
        )
    settings = read_options(ScanOptions, options)
    given, below = read_counts(events, base, bounded=model == "binomial")
    e, b = given.array.ravel(), below.ravel()
    ids = given.index if given.index is not None else pd.RangeIndex(len(e))
    xy = coordinates(points, len(e))
    used = np.flatnonzero(~np.isnan(e) & (b > 0))
    if len(used) < 2 or not e[used].sum() > 0:
        return pd.DataFrame(columns=_COLUMNS)
    e, b, xy = e[used], b[used], xy[used]
    share = b if settings.population is None else np.asarray(settings.population, float)[used]
    circles = _circles(xy, share, settings.max_share)
    found = ratios(e, b, circles, model=model)
    largest = _simulated(e, b, circles, model, settings)
    rows = _chosen(found, circles, largest, settings.alpha)
    return pd.DataFrame(
        [_described(row, circles, e, b, ids[used]) for row in rows], columns=_COLUMNS
    )


_COLUMNS = [
    "centre",
    "members",
    "radius",
    "events",
    "base",
    "expected",
    "relative_risk",
    "log_ratio",
    "p",
]


def coordinates(points: object, n: int) -> np.ndarray:
    """Return (n, 2) coordinates in metres; polygons give their centroids, degrees are projected."""
    if isinstance(points, (gpd.GeoSeries, gpd.GeoDataFrame)):
        series = points.geometry
        if series.crs is not None and series.crs.is_geographic:
            series = series.to_crs(series.estimate_utm_crs())
        points = shapely.centroid(np.asarray(series.array, dtype=object))
        xy = np.c_[shapely.get_x(points), shapely.get_y(points)]
    else:
        xy = np.asarray(points, dtype=np.float64)
    if xy.shape != (n, 2):
        raise HotspotError("hotspots.lengths_differ", values=n, neighbours=len(xy))
    if not np.isfinite(xy).all():
        row = int(np.argwhere(~np.isfinite(xy))[0][0]) + 1
        raise HotspotError("hotspots.bad_coordinates", row=row)
    return np.asarray(xy)


def _circles(xy: np.ndarray, share: np.ndarray, max_share: float) -> Circles:
    """Return for every village the others by distance, as far as the largest circle reaches."""
    n = len(xy)
    tree, limit = spatial.KDTree(xy), max_share * share.sum()
    reach = min(n, 32)
    while True:
        distance, order = (np.asarray(part) for part in tree.query(xy, k=reach))
        inside = np.cumsum(share[order], axis=1) <= limit
        if reach == n or not inside[:, -1].any():
            break
        reach = min(n, reach * 2)
    # a circle holds everybody at its radius: of equal distances only the last closes one
    closed = distance[:, 1:] > distance[:, :-1] * (1 + 1e-12)
    inside[:, :-1] &= closed
    width = max(int(inside.any(axis=0).nonzero()[0].max(initial=0)) + 1, 1)
    return Circles(order[:, :width], inside[:, :width], distance[:, :width])


def _simulated(
    e: np.ndarray, b: np.ndarray, circles: Circles, model: str, settings: ScanOptions
) -> np.ndarray:
    """Return the largest ratio of every map simulated without clusters."""
    rng = np.random.default_rng(settings.seed)
    total = round(e.sum())
    between = _between(e, b, model) if settings.overdispersion else 0.0
    largest = np.empty(settings.replicates)
    for replicate in range(settings.replicates):  # one map at a time: all would not fit in memory
        fake = _draw(rng, total, b, between, model)
        largest[replicate] = ratios(fake, b, circles, model=model).max()
    return largest


def _draw(
    rng: np.random.Generator, total: int, b: np.ndarray, between: float, model: str
) -> np.ndarray:
    """Return one map of counts; `between` is the variance of the villages' relative risks."""
    weights = b / b.sum()
    if between > 0:
        weights = weights * rng.gamma(1 / between, between, len(b))
        weights = weights / weights.sum()
    if model == "binomial" and between == 0:
        return rng.multivariate_hypergeometric(np.rint(b).astype(np.int64), total).astype(float)
    drawn = rng.multinomial(total, weights).astype(float)
    return np.minimum(drawn, b) if model == "binomial" else drawn


def _between(e: np.ndarray, b: np.ndarray, model: str) -> float:
    """Return the variance of relative risks between villages beyond chance, 0 if there is none."""
    mean, size = e.sum() / b.sum(), b.mean()
    spread = (b * (e / b - mean) ** 2).sum() / b.sum()
    within = mean * (1 - mean) if model == "binomial" else mean
    return float(max(0.0, spread - within / size) / mean**2)


def _chosen(
    found: np.ndarray, circles: Circles, largest: np.ndarray, alpha: float
) -> list[tuple[int, int, float, float]]:
    """Return (village, size, ratio, p) of the likeliest circle and of clear ones apart from it."""
    taken = np.zeros(len(circles.order), dtype=bool)
    rows: list[tuple[int, int, float, float]] = []
    for flat in np.argsort(-found, axis=None, kind="stable"):
        village, last = divmod(int(flat), found.shape[1])
        ratio = float(found[village, last])
        p = float((1 + (largest >= ratio - 1e-9).sum()) / (len(largest) + 1))
        if ratio <= 0 or (rows and p > alpha):
            break
        members = circles.order[village, : last + 1]
        if not taken[members].any():
            taken[members] = True
            rows.append((village, last + 1, ratio, p))
    return rows


def _described(
    row: tuple[int, int, float, float],
    circles: Circles,
    e: np.ndarray,
    b: np.ndarray,
    ids: pd.Index,
) -> tuple[object, ...]:
    village, size, ratio, p = row
    members = circles.order[village, :size]
    inside, base = e[members].sum(), b[members].sum()
    expected = e.sum() * base / b.sum()
    outside = (e.sum() - inside) / max(b.sum() - base, 1e-300)
    risk = (inside / base) / outside if outside > 0 else np.inf
    names = tuple(ids[np.sort(members)])
    reach = circles.radius[village, size - 1]
    return (ids[village], names, reach, inside, base, expected, risk, ratio, p)


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
    return np.asarray(of_model(c, n, e.sum(), b.sum()) * circles.inside)


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
    found: np.ndarray = special.xlogy(happened, happened / tried) + special.xlogy(
        tried - happened, (tried - happened) / tried
    )
    return found
