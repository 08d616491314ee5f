"""The sets of villages of one map as a scan looks at them: how clearly each lies above the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse, special

from geodata.hotspots.chance import Chance

# A set that lies so few standard errors above the county is no candidate: its ratio is not computed.
_CANDIDATE = 1.5
# Sets that lie so far above as this share of the farthest one are looked at first.
_NEARLY = 0.9


@dataclass(frozen=True, eq=False)
class ClearestSets:
    """Of each map the largest ratio and its set: positions of set and span, each (R,)."""

    ratio: np.ndarray
    row: np.ndarray
    span: np.ndarray


@dataclass(frozen=True, eq=False)
class ScanSets:
    """Sets (S, n) of villages with `base` (n, T) households that count as fewer by `chance`.

    `spans` are the numbers of last periods whose sums are looked at. Sets with fewer than
    `min_events` events have the ratio 0.
    """

    members: sparse.csr_array
    base: np.ndarray
    chance: Chance
    spans: tuple[int, ...]
    min_events: int

    @classmethod
    def within(
        cls,
        windows: sparse.csr_array,
        base: np.ndarray,
        chance: Chance,
        spans: tuple[int, ...],
        limits: tuple[float, int],
    ) -> ScanSets:
        """Return the windows of two villages at least; `limits` are largest share, least events."""
        share, min_events = limits
        held = windows @ base[:, -1]
        right = np.flatnonzero((held <= share * base[:, -1].sum()) & (np.diff(windows.indptr) >= 2))
        # by size: those in which few events are likely come first
        right = right[np.argsort(held[right], kind="stable")]
        return cls(
            sparse.csr_array(windows[right].astype(np.float32)), base, chance, spans, min_events
        )

    def villages(self, row: int) -> np.ndarray:
        """Return the positions of the villages of a set, in order."""
        inside = self.members.indices[self.members.indptr[row] : self.members.indptr[row + 1]]
        return np.sort(inside)

    def ratios(self, events: np.ndarray) -> np.ndarray:
        """Return Kulldorff's log likelihood ratio of (n, T) events, (S, spans)."""
        found = np.zeros((self.members.shape[0], len(self.spans)))
        for at, span in enumerate(self._spans):
            above, facts = span.above(self.members, events[:, :, None], self.min_events)
            row, column = np.nonzero(above >= _CANDIDATE)
            found[row, at] = span.ratio(above, row, column, facts)
        return found

    def clearest(self, events: np.ndarray) -> ClearestSets:
        """Return the largest ratio of each map of (n, T, R) events, and of what set it is."""
        maps = np.arange(events.shape[2])
        best = ClearestSets(np.zeros(len(maps)), np.zeros_like(maps), np.zeros_like(maps))
        for at, span in enumerate(self._spans):
            above, facts = span.above(self.members, events, self.min_events)
            farthest = above.max(axis=0)
            first = _best_of(span, above, np.maximum(_NEARLY * farthest, _CANDIDATE), facts)
            # No set of a larger ratio lies less far above than this.
            floor = np.sqrt(2 * first[0] / _steepest(facts[0] / facts[1]))
            rest = np.where(floor < _NEARLY * farthest, np.maximum(floor, _CANDIDATE), np.inf)
            second = _best_of(span, above, rest, facts)
            for ratio, row in (first, second):
                better = ratio > best.ratio
                best.ratio[better], best.row[better] = ratio[better], row[better]
                best.span[better] = at
        return best

    @cached_property
    def _spans(self) -> tuple[_Span, ...]:
        return tuple(_Span.of(self.members, self.base, self.chance, span) for span in self.spans)


@dataclass(frozen=True, eq=False)
class _Span:
    """The last `periods` of a map: households that villages (n,) and sets (S,) count as."""

    periods: int
    weight: np.ndarray
    counts_as: np.ndarray
    size: np.ndarray
    error: np.ndarray
    scaled: sparse.csr_array

    @classmethod
    def of(cls, members: sparse.csr_array, base: np.ndarray, chance: Chance, periods: int) -> _Span:
        weight = 1 / chance.effect(base[:, -1], periods)
        counts_as = base[:, base.shape[1] - periods :].sum(axis=1) * weight
        size = members @ counts_as
        error = np.sqrt(np.maximum(size * (1 - size / counts_as.sum()), 1e-12))
        scaled = members.copy()
        scaled.data = (members.data / np.repeat(error, np.diff(members.indptr))).astype(np.float32)
        return cls(periods, weight, counts_as, size, error, scaled)

    def above(
        self, members: sparse.csr_array, events: np.ndarray, min_events: int
    ) -> tuple[np.ndarray, tuple[np.ndarray, float]]:
        """Return by how many standard errors each set of each map lies above, and the whole counts."""
        summed = events[:, events.shape[1] - self.periods :].sum(axis=1)
        effective = summed * self.weight[:, None]
        whole, total = effective.sum(axis=0), float(self.counts_as.sum())
        rate = whole / total
        free = np.sqrt(np.maximum(rate * (1 - rate), 1e-12))
        above = self.scaled @ ((effective - self.counts_as[:, None] * rate) / free).astype(
            np.float32
        )
        # Where even the county's rate gives enough events, a set that lies above has them.
        sparse_sets = np.flatnonzero(self.size * rate.min() / self.weight.max() < min_events)
        few = int(sparse_sets[-1]) + 1 if len(sparse_sets) else 0
        if few:
            above[:few][members[:few] @ summed.astype(np.float32) < min_events - 0.5] = 0
        return above, (whole, total)

    def ratio(
        self,
        above: np.ndarray,
        row: np.ndarray,
        column: np.ndarray,
        facts: tuple[np.ndarray, float],
    ) -> np.ndarray:
        """Return the log likelihood ratio of some sets (row) of some maps (column)."""
        whole, total = facts
        rate = (whole / total)[column]
        size = self.size[row]
        free = np.sqrt(np.maximum(rate * (1 - rate), 1e-12))
        inside = above[row, column] * self.error[row] * free + size * rate
        return log_ratio(np.minimum(inside, size), size, whole[column], total)


def _best_of(
    span: _Span, above: np.ndarray, floor: np.ndarray, facts: tuple[np.ndarray, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each map the largest ratio of the sets that lie above its floor, and which it is."""
    row, column = np.nonzero(above >= floor)
    ratio = span.ratio(above, row, column, facts)
    order = np.lexsort((-row, ratio))
    best, at = np.zeros(above.shape[1]), np.zeros(above.shape[1], dtype=np.int64)
    best[column[order]], at[column[order]] = ratio[order], row[order]
    return best, at


def _steepest(rate: np.ndarray) -> np.ndarray:
    """Return by how much a ratio can exceed half the square of the standard errors above."""
    rate = np.clip(rate, 1e-9, 1 - 1e-9)
    return np.asarray(np.maximum(1.0, -2 * rate * np.log(rate) / (1 - rate)))


def log_ratio(inside: np.ndarray, tried: np.ndarray, whole: np.ndarray, total: float) -> np.ndarray:
    """Return Kulldorff's binomial log likelihood ratio of `inside` of `tried` against the rest."""
    return np.asarray(
        trials(inside, tried)
        + trials(np.maximum(whole - inside, 0.0), total - tried)
        - trials(whole, np.full_like(whole, total))
    )


def trials(happened: np.ndarray, tried: np.ndarray) -> np.ndarray:
    """Return x ln(x/n) + (n-x) ln((n-x)/n)."""
    rest = np.maximum(tried - happened, 0.0)
    return np.asarray(special.xlogy(happened, happened / tried) + special.xlogy(rest, rest / tried))
