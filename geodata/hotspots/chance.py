"""What chance alone does to a map: villages that differ, households that stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chance:
    """How counts vary without any cluster.

    `rate` is the county's share in each period. `alike` is the correlation of two households of one
    village: above 0 villages differ more than by luck. `stays` is the correlation of one household
    between two periods: most of those counted are counted again.
    """

    rate: np.ndarray
    alike: float
    stays: float

    def effect(self, base: np.ndarray, periods: int) -> np.ndarray:
        """Return by how much the variance of sums over some periods exceeds that of free draws.

        Kish's design effect of (n,) villages of `base` households; so many households count as one.
        """
        again = sum((1 - k / periods) * self.stays**k for k in range(1, periods))
        return np.asarray((1 + 2 * again) * (1 - self.alike) + self.alike * base * periods)


def estimate_chance(
    events: np.ndarray, base: np.ndarray, without: np.ndarray | None = None
) -> Chance:
    """Return how (n, T) counts vary, by moments; the villages `without` (n,) bool take no part."""
    rest = slice(None) if without is None else ~without
    alike, stays = moments(events[rest][None], base[rest])
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.nan_to_num(events[rest].sum(axis=0) / base[rest].sum(axis=0))
    return Chance(rate, float(alike[0]), float(stays[0]))


def moments(
    events: np.ndarray, base: np.ndarray, without: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return `alike` and `stays` of (R, n, T) maps, each (R,).

    With e = E - B m and v = m(1-m) of each month: alike = sum(e^2 - B v) / sum(B (B-1) v), and of
    neighbouring months stays = sum(e e' - alike B B' s s') / sum(min(B, B') s s'), s = sqrt(v). If
    villages differ from month to month, and not for good, sums over months are thought to vary more
    than they do: the side of caution. The villages `without` (R, n) bool of each map take no part.
    """
    base = base[None]
    if without is not None:
        events = np.where(without[:, :, None], 0.0, events)
        base = np.where(without[:, :, None], 0.0, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.nan_to_num(events.sum(axis=1) / base.sum(axis=1))
    free = rate * (1 - rate)
    rest = events - base * rate[:, None]
    excess = np.einsum("rnt,rnt->r", rest, rest) - (free * base.sum(axis=1)).sum(axis=1)
    pairs = (free * (base * (base - 1)).sum(axis=1)).sum(axis=1)
    alike = np.clip(excess / np.where(pairs > 0, pairs, np.inf), 0.0, 0.95)
    if base.shape[2] < 2:
        return alike, np.zeros(len(alike))
    both = np.sqrt(free[:, :-1] * free[:, 1:])
    moved = np.einsum("rnt,rnt->r", rest[:, :, :-1], rest[:, :, 1:])
    again = (base[:, :, :-1] * base[:, :, 1:]).sum(axis=1)
    moved -= alike * (both * again).sum(axis=1)
    same = (both * np.minimum(base[:, :, :-1], base[:, :, 1:]).sum(axis=1)).sum(axis=1)
    return alike, np.clip(moved / np.where(same > 0, same, np.inf), 0.0, 0.99)


def village_levels(events: np.ndarray, base: np.ndarray, chance: Chance) -> np.ndarray:
    """Return by how much each village lies off the county's rate for good, (n,), mean 0.

    What was seen is drawn in so far that its variance is the one between villages that was found.
    """
    last = chance.rate[-1]
    between = chance.alike * last * (1 - last)
    seen = base.sum(axis=1)
    if between <= 0 or len(seen) < 2:
        return np.zeros(len(seen))
    expected = (base * chance.rate).sum(axis=1)
    off = (events.sum(axis=1) - expected) / np.where(seen > 0, seen, np.inf)
    luck = last * (1 - last) * (1 - chance.alike) / np.maximum(base[:, -1], 1.0)
    off = off * np.sqrt(between / (between + luck))
    off -= off.mean()
    spread = off.var()
    return np.asarray(off * np.sqrt(between / spread)) if spread > 0 else np.zeros(len(seen))


def draw_maps(
    rng: np.random.Generator, count: int, base: np.ndarray, chance: Chance, levels: np.ndarray
) -> np.ndarray:
    """Return (count, n, T) maps of events without clusters: the levels of the villages are shuffled.

    Shuffling keeps how much villages differ, with any outliers, and leaves to chance where they lie.
    From one month to the next a household stays as it is or is drawn anew.
    """
    n, periods = base.shape
    trials = np.rint(base).astype(np.int64)
    off = np.zeros((count, n))
    if levels.any():
        off = rng.permuted(np.broadcast_to(levels, (count, n)), axis=1)
    drawn = np.empty((count, n, periods), dtype=np.int32)
    for at in range(periods):
        share = np.clip(chance.rate[at] + off, 0.0, 1.0)
        if at == 0 or chance.stays <= 0:
            drawn[:, :, at] = rng.binomial(trials[:, at], share)
            continue
        before = np.minimum(drawn[:, :, at - 1], trials[:, at])
        kept = rng.binomial(before, chance.stays + (1 - chance.stays) * share)
        come = rng.binomial(trials[:, at] - before, (1 - chance.stays) * share)
        drawn[:, :, at] = kept + come
    return drawn


def studentised(
    largest: np.ndarray,
    maps: np.ndarray,
    without: np.ndarray,
    base: np.ndarray,
    judged: tuple[Chance, Sequence[int]],
) -> np.ndarray:
    """Return the largest ratio of each simulated map as its own variation would have judged it.

    How much villages differ is not known but estimated, in the map that is looked at as in those
    that it is compared with, from the villages outside the clearest set (`without`, (R, n) bool):
    the mean design effect of both stands in for a scan of its own. `judged` are the chance of the
    map that is looked at, and the spans.
    """
    chance, spans = judged
    alike, stays = moments(maps.astype(np.float64), base, without)
    size = base[:, -1].mean()
    own = sum(float(chance.effect(size, span)) for span in spans)
    theirs = sum(
        (1 + 2 * sum((1 - k / span) * stays**k for k in range(1, span))) * (1 - alike)
        + alike * size * span
        for span in spans
    )
    return np.asarray(largest * own / theirs)
