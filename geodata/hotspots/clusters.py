"""Clusters of villages: where neighbours together lie above what chance would put there."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from geodata.hotspots.scan_sets import ScanSets, trials

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
    spans: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
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
class _Counts:
    """Events and base (n, T) of the villages that take part, 0 where unknown; their positions."""

    events: np.ndarray
    base: np.ndarray
    positions: np.ndarray

    def without(self, left: np.ndarray) -> _Counts:
        """Return those of the villages that are not left out, (n,) bool."""
        return _Counts(self.events[~left], self.base[~left], self.positions[~left])


@dataclass(frozen=True, eq=False)
class _ScanStep:
    """One look at a map: what chance does to it, ratios (S, spans), those of simulated maps."""

    sets: ScanSets
    seen: np.ndarray
    largest: np.ndarray

    def p(self, ratio: float) -> float:
        """Return the share of maps without a cluster whose largest ratio is no smaller."""
        above = (self.largest >= ratio - _EQUAL).sum()
        return float((1 + above) / (len(self.largest) + 1))

    def clear(self, alpha: float) -> list[tuple[np.ndarray, int, float, float]]:
        """Return (villages, span, ratio, p) of clear sets that share no village, clearest first."""
        taken = np.zeros(self.sets.members.shape[1], dtype=bool)
        clear = []
        for flat in np.argsort(-self.seen, axis=None, kind="stable"):
            row, at = divmod(int(flat), self.seen.shape[1])
            ratio = float(self.seen[row, at])
            p = self.p(ratio)
            if ratio <= 0 or p > alpha:
                break
            inside = self.sets.villages(row)
            if not taken[inside].any():
                taken[inside] = True
                clear.append((inside, self.sets.spans[at], ratio, p))
        return clear


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
    variation (`studentised`), estimated without the clearest set, which would hide itself. Where
    clusters are found, the map without them is looked at again, until none is left (Zhang, Assuncao
    and Kulldorff 2010, J. Probability and Statistics 642379): any false one needs the first look to
    be wrong, or a later one. Sequential Monte Carlo p of Besag and Clifford (1991), Biometrika 78,
    301-304.
    """
    settings = options or ClusterOptions()
    known = np.isfinite(events[:, -1]) & (np.nan_to_num(base[:, -1]) > 0)
    there = np.isfinite(events) & (np.nan_to_num(base) > 0)
    e, b = (np.where(there, part, 0.0)[known] for part in (events, base))
    whole = _Counts(e, b, np.flatnonzero(known))
    first = _look(whole, windows, (seed, settings))
    if first is None:
        return ClusterScan(())
    rates = estimate_chance(e, b).rate
    clusters: list[Cluster] = []
    left, counts = np.zeros(len(events), dtype=bool), whole
    step: _ScanStep | None = first
    while step is not None and (clear := step.clear(settings.alpha)):
        clusters += [_described(counts, rates, one) for one in clear]
        left[np.concatenate([one.members for one in clusters])] = True
        counts = whole.without(left[whole.positions])
        apart = sparse.csr_array(windows[windows @ left.astype(np.float32) == 0])
        step = _look(counts, apart, (seed + len(clusters), settings))
    chance = replace(first.sets.chance, rate=rates)
    line = float(np.quantile(first.largest, 1 - settings.alpha))
    factor, doubled = power_of(first.sets.members, b[:, -1], chance, line, settings)
    p = first.p(float(first.seen.max()))
    return ClusterScan(tuple(clusters), p, chance, line, len(first.largest), factor, doubled)


def _look(
    counts: _Counts, windows: sparse.csr_array, drawn: tuple[int, ClusterOptions]
) -> _ScanStep | None:
    """Return the ratios of all sets and of simulated maps; None where there is nothing to scan."""
    settings = drawn[1]
    events, base = counts.events, counts.base
    if len(base) < 2 or not 0 < events[:, -1].sum() < base[:, -1].sum():
        return None
    members = sparse.csr_array(windows[:, counts.positions])
    spans = tuple(span for span in settings.spans if span <= base.shape[1])
    limits = (settings.max_share, settings.min_events)
    whole = estimate_chance(events, base)
    sets = ScanSets.within(members, base, whole, spans, limits)
    if not sets.members.shape[0]:
        return None
    alone = np.zeros(len(base), dtype=bool)
    alone[sets.villages(int(sets.ratios(events).max(axis=1).argmax()))] = True
    sets = replace(sets, chance=estimate_chance(events, base, alone))
    seen = sets.ratios(events)
    return _ScanStep(sets, seen, _without_clusters(sets, events, whole, float(seen.max()), drawn))


def _without_clusters(
    sets: ScanSets,
    events: np.ndarray,
    whole: Chance,
    seen: float,
    drawn: tuple[int, ClusterOptions],
) -> np.ndarray:
    """Return the largest ratio on each simulated map, until it is clear that `seen` is not rare.

    Drawn is what `whole`, the map with all its sets, lets be thought: with the clearest set left
    out villages would differ too little, and where they differ anyhow one map in ten would tell a
    false cluster.
    """
    seed, settings = drawn
    rng = np.random.default_rng(seed)
    levels = village_levels(events, sets.base, whole)
    largest = np.zeros(0)
    while len(largest) < settings.replicates:
        count = min(_BATCH, settings.replicates - len(largest))
        maps = draw_maps(rng, count, sets.base, whole, levels)
        best = sets.clearest(np.ascontiguousarray(maps.transpose(1, 2, 0)))
        without = sets.members[best.row].toarray() > 0
        judged = (sets.chance, sets.spans)
        largest = np.r_[largest, studentised(best.ratio, maps, without, sets.base, judged)]
        if (largest >= seen - _EQUAL).sum() >= settings.enough:
            break
    return largest


def _described(
    counts: _Counts, rates: np.ndarray, clear: tuple[np.ndarray, int, float, float]
) -> Cluster:
    """Return a clear set with its counts, and what the `rates` (T,) of the county let expect."""
    inside, span, ratio, p = clear
    last = slice(counts.base.shape[1] - span, None)
    events, base = counts.events[inside, last], counts.base[inside, last]
    expected = float((base * rates[last]).sum())
    members = counts.positions[inside]
    return Cluster(members, span, float(events.sum()), float(base.sum()), expected, ratio, p)


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
    size, held = few @ (base * weight), few @ base
    low, high = size * rate, size.copy()
    for _ in range(40):
        middle = (low + high) / 2
        passed = trials(middle, size) - special.xlogy(middle, rate) > line * np.ones(len(size)) + (
            special.xlogy(size - middle, 1 - rate)
        )
        low, high = np.where(passed, low, middle), np.where(passed, middle, high)
    raised = factor * rate
    need = np.maximum(high * held / size, settings.min_events)
    spread = np.sqrt(held * raised * (1 - raised) * held / size)
    return factor, float(special.ndtr((held * raised - need + 0.5) / spread).mean())
