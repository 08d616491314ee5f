"""Clusters of villages: where neighbours together lie above what chance would put there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse, special

from geodata.hotspots.chance import (
    Chance,
    draw_maps,
    estimate_chance,
    studentised,
    village_levels,
)
from geodata.hotspots.result import MIN_EVENTS, check_options

# A set that lies so few standard errors above the county is no candidate: its ratio is not computed.
_CANDIDATE = 1.5
# Equal sums of counts differ by rounding.
_EQUAL = 1e-4
_BATCH = 111


@dataclass(frozen=True)
class ClusterOptions:
    """Settings of `find_clusters`.

    max_share: largest share of the base in a cluster. replicates: maps simulated without cluster;
    after `enough` of them with a larger maximum no more are made, the answer is clear. spans: of so
    many periods up to the last the sums are looked at. min_events: in a cluster, over its span.
    reference: villages in the cluster of doubled risk whose chance to be seen is told.
    """

    max_share: float = 0.10
    replicates: int = 999
    enough: int = 20
    spans: tuple[int, ...] = (1, 2, 3, 6)
    alpha: float = 0.05
    min_events: int = MIN_EVENTS
    reference: int = 5

    def __post_init__(self) -> None:
        check_options(
            self,
            ("max_share", 0 < self.max_share <= 0.5, "0 < max_share <= 0.5"),
            ("replicates", self.replicates >= 19, ">= 19"),
            ("enough", self.enough >= 1, ">= 1"),
            ("spans", bool(self.spans) and min(self.spans) >= 1, ">= 1"),
            ("alpha", 0 < self.alpha < 1, "0 < alpha < 1"),
        )


@dataclass(frozen=True, eq=False)
class Cluster:
    """Villages (positions) that lie high together over the last `span` periods.

    `observed` events of `base` in that span where the county's rates let `expected` be thought.
    `p` is the share of maps without any cluster on which one this clear is found somewhere.
    """

    members: np.ndarray
    span: int
    observed: float
    base: float
    expected: float
    ratio: float
    p: float


@dataclass(frozen=True, eq=False)
class ClusterScan:
    """Clusters, clearest first and apart from each other, and what the map could see.

    `p` is that of the clearest set, told or not. `doubled` is how often a cluster of `reference`
    villages would be seen where the risk is `factor` times that of the county: NaN where nothing
    was scanned.
    """

    clusters: tuple[Cluster, ...]
    p: float = np.nan
    chance: Chance | None = None
    line: float = np.nan
    replicates: int = 0
    factor: float = np.nan
    doubled: float = np.nan


@dataclass(frozen=True, eq=False)
class _ScanSets:
    """The sets of villages of one map: members, and per span the households they count as."""

    members: sparse.csr_array
    base: np.ndarray
    spans: tuple[int, ...]
    weights: tuple[np.ndarray, ...]
    min_events: int
    sizes: tuple[np.ndarray, ...] = field(default=())

    def ratios(self, events: np.ndarray) -> list[np.ndarray]:
        """Return per span the log likelihood ratio of every set and map; `events` (n, T, R)."""
        last = events.shape[1]
        return [
            self._ratios(events[:, last - span :].sum(axis=1), at)
            for at, span in enumerate(self.spans)
        ]

    def _ratios(self, summed: np.ndarray, at: int) -> np.ndarray:
        weight, size = self.weights[at], self.sizes[at][:, None]
        effective = (summed * weight[:, None]).astype(np.float32)
        counted = self.members @ effective
        whole, total = effective.sum(axis=0, dtype=np.float64), self._total(at)
        rate = whole / total
        error = np.sqrt(np.maximum(size * (rate * (1 - rate))[None] * (1 - size / total), 1e-12))
        clear = counted - size * rate[None] > _CANDIDATE * error
        # Where even the county's rate gives enough events, a candidate has them.
        if (size * rate[None] / weight.max()).min() < self.min_events:
            clear &= self.members @ summed.astype(np.float32) >= self.min_events - 0.5
        found = np.zeros(counted.shape, dtype=np.float32)
        row, column = np.nonzero(clear)
        inside, tried = counted[row, column].astype(np.float64), size[row, 0]
        inside = np.minimum(inside, tried)
        found[row, column] = log_ratio(inside, tried, whole[column], total)
        return found

    def _total(self, at: int) -> float:
        span = self.base[:, self.base.shape[1] - self.spans[at] :].sum(axis=1)
        return float((span * self.weights[at]).sum())


def find_clusters(
    events: np.ndarray,
    base: np.ndarray,
    windows: sparse.csr_array,
    *,
    seed: int,
    options: ClusterOptions | None = None,
) -> ClusterScan:
    """Return the clusters of the last period of (n, T) counts, the periods before it as its past.

    Villages without a count or base in the last period take no part; in an earlier one they add
    nothing. `windows` are the sets looked at (`village_windows`). The same counts and seed give the
    same clusters.

    Notes
    -----
    Kulldorff's binomial scan (1997, Communications in Statistics 26(6), 1481-1496) of the last 1 to
    6 periods at once. A village counts as B / d households, d its design effect (`Chance.effect`):
    villages that differ anyhow, and households that stay as they are, count as fewer. Maps without a
    cluster shuffle the levels of the villages over the map (`draw_maps`) and are judged by their own
    variation (`studentised`). Sequential Monte Carlo p of Besag and Clifford (1991), Biometrika 78,
    301-304.
    """
    settings = options or ClusterOptions()
    known = np.isfinite(events[:, -1]) & (np.nan_to_num(base[:, -1]) > 0)
    there = np.isfinite(events) & (np.nan_to_num(base) > 0)
    e, b = (np.where(there, part, 0.0)[known] for part in (events, base))
    if known.sum() < 2 or not 0 < e[:, -1].sum() < b[:, -1].sum():
        return ClusterScan(())
    chance = estimate_chance(e, b)
    spans = tuple(span for span in settings.spans if span <= b.shape[1])
    sets = _sets(windows, known, b, chance, spans, settings)
    if not sets.members.shape[0]:
        return ClusterScan(())
    seen = np.stack([ratio[:, 0] for ratio in sets.ratios(e[:, :, None])], axis=1)
    largest = _without_clusters(sets, e, chance, float(seen.max()), (seed, settings))
    line = float(np.quantile(largest, 1 - settings.alpha))
    found = _apart(sets, seen, largest, settings.alpha)
    positions = np.flatnonzero(known)
    clusters = tuple(_described(sets, (e, b), chance, one, positions) for one in found)
    factor, doubled = power_of(sets.members, b[:, -1], chance, line, settings)
    return ClusterScan(
        clusters, _p(largest, float(seen.max())), chance, line, len(largest), factor, doubled
    )


def _sets(
    windows: sparse.csr_array,
    known: np.ndarray,
    base: np.ndarray,
    chance: Chance,
    spans: tuple[int, ...],
    settings: ClusterOptions,
) -> _ScanSets:
    """Return the sets that hold two known villages at least and no more than the largest share."""
    members = windows if known.all() else sparse.csr_array(windows[:, known])
    small = members @ base[:, -1] <= settings.max_share * base[:, -1].sum()
    several = np.diff(members.indptr) >= 2
    members = sparse.csr_array(members[small & several].astype(np.float32))
    weights = tuple(1 / chance.effect(base[:, -1], span) for span in spans)
    sizes = tuple(
        members @ (base[:, base.shape[1] - span :].sum(axis=1) * weight)
        for span, weight in zip(spans, weights, strict=True)
    )
    return _ScanSets(members, base, spans, weights, settings.min_events, sizes)


def _without_clusters(
    sets: _ScanSets,
    events: np.ndarray,
    chance: Chance,
    seen: float,
    drawn: tuple[int, ClusterOptions],
) -> np.ndarray:
    """Return the largest ratio on each simulated map, until it is clear that `seen` is not rare."""
    seed, settings = drawn
    rng = np.random.default_rng(seed)
    levels = village_levels(events, sets.base, chance)
    largest = np.zeros(0)
    while len(largest) < settings.replicates:
        count = min(_BATCH, settings.replicates - len(largest))
        maps = draw_maps(rng, count, sets.base, chance, levels)
        ratios = sets.ratios(np.ascontiguousarray(maps.transpose(1, 2, 0)))
        maxima = np.max([ratio.max(axis=0) for ratio in ratios], axis=0)
        largest = np.r_[largest, studentised(maxima, maps, sets.base, chance, sets.spans)]
        if (largest >= seen - _EQUAL).sum() >= settings.enough:
            break
    return largest


def _p(largest: np.ndarray, ratio: float) -> float:
    return float((1 + (largest >= ratio - _EQUAL).sum()) / (len(largest) + 1))


def _apart(
    sets: _ScanSets, seen: np.ndarray, largest: np.ndarray, alpha: float
) -> list[tuple[int, int, float, float]]:
    """Return (set, span, ratio, p) of the clearest sets that share no village, clearest first."""
    members = sets.members
    taken = np.zeros(members.shape[1], dtype=bool)
    found = []
    for flat in np.argsort(-seen, axis=None, kind="stable"):
        row, at = divmod(int(flat), seen.shape[1])
        ratio = float(seen[row, at])
        p = _p(largest, ratio)
        if ratio <= 0 or p > alpha:
            break
        inside = members.indices[members.indptr[row] : members.indptr[row + 1]]
        if not taken[inside].any():
            taken[inside] = True
            found.append((row, sets.spans[at], ratio, p))
    return found


def _described(
    sets: _ScanSets,
    counts: tuple[np.ndarray, np.ndarray],
    chance: Chance,
    found: tuple[int, int, float, float],
    positions: np.ndarray,
) -> Cluster:
    row, span, ratio, p = found
    members = sets.members
    inside = np.sort(members.indices[members.indptr[row] : members.indptr[row + 1]])
    events, base = (part[inside, part.shape[1] - span :] for part in counts)
    expected = float((base * chance.rate[-span:]).sum())
    return Cluster(
        positions[inside], span, float(events.sum()), float(base.sum()), expected, ratio, p
    )


def log_ratio(inside: np.ndarray, tried: np.ndarray, whole: np.ndarray, total: float) -> np.ndarray:
    """Return Kulldorff's binomial log likelihood ratio of `inside` of `tried` against the rest."""
    return np.asarray(
        _trials(inside, tried)
        + _trials(np.maximum(whole - inside, 0.0), total - tried)
        - _trials(whole, np.full_like(whole, total))
    )


def _trials(happened: np.ndarray, tried: np.ndarray) -> np.ndarray:
    """Return x ln(x/n) + (n-x) ln((n-x)/n)."""
    rest = np.maximum(tried - happened, 0.0)
    return np.asarray(special.xlogy(happened, happened / tried) + special.xlogy(rest, rest / tried))


def power_of(
    members: sparse.csr_array,
    base: np.ndarray,
    chance: Chance,
    line: float,
    settings: ClusterOptions,
) -> tuple[float, float]:
    """Return a factor of risk, and how often a cluster of that risk passes the line in one period.

    The factor is 2, or 1.5 where twice the county's rate would be nearly all; NaN beyond. Mean over
    the sets of `reference` villages, normal approximation of the counts.
    """
    rate = float(chance.rate[-1])
    factor = next((one for one in (2.0, 1.5) if one * rate <= 0.9), np.nan)
    few = sparse.csr_array(members[np.diff(members.indptr) == settings.reference])
    if np.isnan(factor) or not few.shape[0]:
        return np.nan, np.nan
    weight = 1 / chance.effect(base, 1)
    size, trials = few @ (base * weight), few @ base
    low, high = size * rate, size.copy()
    for _ in range(40):
        middle = (low + high) / 2
        passed = _trials(middle, size) - special.xlogy(middle, rate) > line * np.ones(len(size)) + (
            special.xlogy(size - middle, 1 - rate)
        )
        low, high = np.where(passed, low, middle), np.where(passed, middle, high)
    raised = factor * rate
    need = np.maximum(high * trials / size, settings.min_events)
    spread = np.sqrt(trials * raised * (1 - raised) * trials / size)
    return factor, float(special.ndtr((trials * raised - need + 0.5) / spread).mean())
