"""Invented maps of villages whose truth is known: sizes, risks, clusters, counts over months."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import sparse, spatial, special

from geodata.hotspots.weights import binary
from geodata.hotspots.windows import village_windows


@dataclass(frozen=True, eq=False)
class County:
    """Villages with coordinates (m), neighbours, sets to be looked at, and households."""

    xy: np.ndarray
    links: sparse.csr_array
    windows: sparse.csr_array
    households: np.ndarray

    @property
    def distances(self) -> np.ndarray:
        """Return the distances of all pairs (m)."""
        return spatial.distance_matrix(self.xy, self.xy)


@dataclass(frozen=True, eq=False)
class Ground:
    """Villages with coordinates (m), neighbours, and the sets of them that a scan looks at."""

    xy: np.ndarray
    links: sparse.csr_array
    windows: sparse.csr_array


@cache
def ground(villages: int, seed: int) -> Ground:
    """Return villages spread over a square, none too near to another, 3 km apart on average."""
    rng = np.random.default_rng(seed)
    xy = rng.random((villages, 2)) * np.sqrt(villages)
    for _ in range(2):
        distance, other = spatial.KDTree(xy).query(xy, k=2)
        apart = (xy - xy[other[:, 1]]) / np.maximum(distance[:, 1:], 1e-9)
        xy = xy + 0.3 * apart * np.maximum(0.0, 0.6 - distance[:, 1:])
    links = triangles(xy)
    return Ground(xy * 3000.0, links, village_windows(xy * 3000.0, links))


def county(
    villages: int, run: int, rng: np.random.Generator, *, mean: float, alike_sizes: bool = False
) -> County:
    """Return one of ten grounds with households: lognormal (cv .5), neighbours alike or not."""
    place = ground(villages, run % 10)
    size = rng.normal(size=villages)
    if alike_sizes:
        reach = 3000.0 * np.sqrt(villages) / 4
        covariance = np.exp(-spatial.distance_matrix(place.xy, place.xy) / reach)
        size = np.linalg.cholesky(covariance + 1e-9 * np.eye(villages)) @ size
    households = np.maximum(5, np.round(mean * np.exp(0.47 * size - 0.47**2 / 2)))
    return County(place.xy, place.links, place.windows, households)


def triangles(xy: np.ndarray) -> sparse.csr_array:
    """Return the neighbours of Delaunay's triangles."""
    corners = spatial.Delaunay(xy).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    return binary(pairs[:, 0], pairs[:, 1], len(xy))


def planted(rng: np.random.Generator, place: County, size: int, *, round_: bool) -> np.ndarray:
    """Return neighbouring villages: those nearest to one, or grown at random over the links."""
    centre = int(rng.integers(len(place.households)))
    if round_:
        return np.argsort(place.distances[centre])[:size]
    members = [centre]
    while len(members) < size:
        ring = np.setdiff1d(place.links[members].indices, members)
        members.append(int(rng.choice(ring)))
    return np.array(members)


def counts(
    rng: np.random.Generator,
    place: County,
    rate: float,
    *,
    cv: float = 0.0,
    stays: float = 0.0,
    months: int = 6,
    risk: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return events and base (n, months).

    `cv`: how much villages differ (lognormal, for good). `stays`: correlation of a household from
    month to month. `risk` multiplies the rate of each village.
    """
    n = len(place.households)
    size = np.sqrt(np.log1p(cv**2))
    share = rate * np.exp(size * rng.normal(size=n) - size**2 / 2)
    share = np.clip(share if risk is None else share * risk, 0.0, 0.97)
    trials = place.households.astype(np.int64)
    drawn = [rng.binomial(trials, share)]
    for _ in range(1, months):
        kept = rng.binomial(drawn[-1], stays + (1 - stays) * share)
        drawn.append(kept + rng.binomial(trials - drawn[-1], (1 - stays) * share))
    return np.stack(drawn, axis=1).astype(float), np.repeat(place.households[:, None], months, 1)


def smooth_truth(
    rng: np.random.Generator, place: County, rate: float, *, spread: float, shared: float
) -> np.ndarray:
    """Return rates whose log odds vary by `spread`; of its square `shared` is between neighbours."""
    reach = 3000.0 * np.sqrt(len(place.households)) / 4
    between = np.linalg.cholesky(np.exp(-place.distances / reach) + 1e-9 * np.eye(len(place.xy)))
    common, own = between @ rng.normal(size=len(place.xy)), rng.normal(size=len(place.xy))
    effect = spread * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own)
    return np.asarray(special.expit(special.logit(rate) + effect))
