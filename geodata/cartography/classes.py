"""Classes of a map: where the cuts lie, which side a cut belongs to, who falls where."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import mapclassify
import numpy as np

METHODS = ("natural", "quantiles")
NO_DATA = 255
# Fisher-Jenks compares all pairs; this many order statistics give the same cuts to the eye.
_SAMPLE = 256
# Rounding the cuts moves at most this share of the places into another class.
_MOVED = 0.02
_MOST = 4  # decimals of a cut
_NUMBER = 100  # larger than this a number of things is told by its class


@dataclass(frozen=True)
class Breaks:
    """The inner cuts of a map, ascending, so that n cuts make n + 1 classes.

    `method` is policy, natural, quantiles, distinct (each class one value) or empty (no value at
    all). A cut belongs to the class below it ("right") or, for policy limits, above it ("left").
    `decimals` is what the cuts need to be written out.
    """

    cuts: tuple[float, ...]
    method: str
    closed: str = "right"
    decimals: int = 0
    distinct: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of classes; 0 when there was no value to cut."""
        return 0 if self.method == "empty" else len(self.cuts) + 1

    def assign(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the class of each value from 0 up as uint8, NO_DATA where it is not finite."""
        numbers = np.asarray(values, dtype="float64")
        side: Literal["left", "right"] = "left" if self.closed == "right" else "right"
        classes = np.searchsorted(np.asarray(self.cuts), numbers, side=side).astype("uint8")
        classes[~np.isfinite(numbers)] = NO_DATA
        return np.asarray(classes)


def find_breaks(
    values: Sequence[float] | np.ndarray,
    method: str = "natural",
    *,
    count: int = 5,
    limits: Sequence[float] = (),
) -> Breaks:
    """Return the cuts for the finite values by policy `limits`, else natural breaks or quantiles.

    Natural breaks are Fisher-Jenks (Fisher 1958, Jenks 1977), on order statistics when there are
    many values. With `count` or fewer distinct whole numbers, none large, every one is its own class. Cuts are the
    roundest numbers near where they would lie, with no more decimals than the values need; no class is
    empty over all the values.
    """
    numbers = np.asarray(values, dtype="float64")
    numbers = np.sort(numbers[np.isfinite(numbers)])
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(METHODS)}")
    if limits and len(numbers):
        cuts = tuple(sorted(float(limit) for limit in set(limits)))
        return Breaks(cuts, "policy", "left", _decimals_of(cuts))
    if not len(numbers):
        return Breaks((), "empty")
    distinct = np.unique(numbers)
    whole = bool((distinct == np.round(distinct)).all() and np.abs(distinct).max() <= _NUMBER)
    if len(distinct) == 1 or (whole and len(distinct) <= count):
        kept = tuple(distinct.tolist())
        return Breaks(kept[:-1], "distinct", decimals=_readable(kept), distinct=kept)
    if len(distinct) <= count:
        return _rounded(distinct[:-1], numbers, method)
    raw = _quantiles(numbers, count) if method == "quantiles" else _natural(numbers, count)
    return _rounded(raw, numbers, method)


def _quantiles(numbers: np.ndarray, count: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # fewer quantiles than asked for: ties
        bins = mapclassify.Quantiles(numbers, k=count).bins
    return np.unique(bins[bins < numbers[-1]])


def _natural(numbers: np.ndarray, count: int) -> np.ndarray:
    if len(numbers) > _SAMPLE:
        numbers = np.quantile(numbers, np.linspace(0, 1, _SAMPLE), method="closest_observation")
    bins = np.array(_fisher_jenks(tuple(numbers.tolist()), min(count, len(np.unique(numbers)))))
    return np.unique(bins[bins < numbers[-1]])


@lru_cache(maxsize=256)
def _fisher_jenks(numbers: tuple[float, ...], count: int) -> tuple[float, ...]:
    """Return the upper bounds; kept, because every viewer and period asks for the same ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # says that an optional compiler is absent
        return tuple(mapclassify.FisherJenks(np.array(numbers), k=count).bins.tolist())


def _rounded(cuts: np.ndarray, numbers: np.ndarray, method: str) -> Breaks:
    """Return the cuts as round numbers; those that would leave a class empty are left out."""
    finest = _finest(numbers)
    room = int(len(numbers) * _MOVED / max(len(cuts), 1) / 2)
    places = np.searchsorted(numbers, cuts, side="right")
    round_: list[float] = []
    for at in places:
        low = numbers[max(at - 1 - room, 0)]
        high = numbers[min(at + room, len(numbers) - 1)]
        cut = _roundest(float(low), float(high), finest)
        before = np.searchsorted(numbers, round_[-1], side="right") if round_ else 0
        here = np.searchsorted(numbers, cut, side="right")
        if before < here < len(numbers):
            round_.append(cut)
    return Breaks(tuple(round_), method, decimals=_decimals_of(round_))


def _finest(numbers: np.ndarray) -> int:
    """Return the most decimals of a cut: none for whole numbers, else what tells the values apart."""
    if np.all(numbers == np.round(numbers)):
        return 0
    spread = float(numbers[-1] - numbers[0])
    return min(max(0, 2 - math.floor(math.log10(spread))), _MOST)


def _roundest(low: float, high: float, finest: int) -> float:
    """Return the roundest number from `low` on and below `high`, the one nearest to their middle.

    Nothing at all is a class of its own where it is the low end. Where no number of `finest`
    decimals lies between, the low end is rounded.
    """
    if low <= 0 < high:
        return 0.0
    middle = (low + high) / 2
    for power in range(math.floor(math.log10(max(abs(low), abs(high)))), -finest - 1, -1):
        for digit in (5, 2, 1):
            step = digit * 10.0**power
            first, last = math.ceil(low / step), math.ceil(high / step) - 1
            if first <= last:
                near = min(max(round(middle / step), first), last)
                return round(near * step, max(-power, 0))
    return round(low, finest)


def _decimals_of(numbers: Sequence[float]) -> int:
    """Return the decimals, at most 6, with which all the numbers can be told apart."""
    written = [f"{number:.6f}".rstrip("0").partition(".")[2] for number in numbers]
    return max((len(digits) for digits in written), default=0)


def _readable(numbers: Sequence[float]) -> int:
    """Return the fewest decimals that keep different numbers apart; two where they have two."""
    exact = _decimals_of(numbers)
    apart = (d for d in range(exact) if len({round(n, d) for n in numbers}) == len(numbers))
    return max(next(apart, exact), min(exact, 2))
