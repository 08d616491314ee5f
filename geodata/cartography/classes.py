"""Classes of a map: where the cuts lie, which side a cut belongs to, who falls where."""

from __future__ import annotations

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
# A cut may be rounded as long as it moves at most this share of the places into another class.
_MOVED = 0.02


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
    many values. With `count` or fewer distinct values every value is its own class.
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
    if len(distinct) <= count:
        kept = tuple(distinct.tolist())
        return Breaks(kept[:-1], "distinct", decimals=_readable(kept), distinct=kept)
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
    """Return the cuts with the fewest decimals that leave nearly every place in its class."""
    before = np.searchsorted(cuts, numbers, side="left")
    for decimals in range(-9, 9):
        short = np.round(cuts, decimals)
        after = np.searchsorted(short, numbers, side="left")
        whole = len(np.unique(after)) == len(cuts) + 1 and len(np.unique(short)) == len(cuts)
        if whole and np.mean(before != after) <= _MOVED:
            return Breaks(tuple(short.tolist()), method, decimals=max(decimals, 0))
    return Breaks(tuple(cuts.tolist()), method, decimals=_decimals_of(cuts.tolist()))


def _decimals_of(numbers: Sequence[float]) -> int:
    """Return the decimals, at most 6, with which all the numbers can be told apart."""
    written = [f"{number:.6f}".rstrip("0").partition(".")[2] for number in numbers]
    return max((len(digits) for digits in written), default=0)


def _readable(numbers: Sequence[float]) -> int:
    """Return the fewest decimals that keep different numbers apart; two where they have two."""
    exact = _decimals_of(numbers)
    apart = (d for d in range(exact) if len({round(n, d) for n in numbers}) == len(numbers))
    return max(next(apart, exact), min(exact, 2))
