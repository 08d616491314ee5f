"""Classes of a map: where the cuts lie, which value stands apart, who falls where."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

METHODS = ("natural", "quantiles")
NO_DATA = 255
_LADDER = (1, 2, 3, 5)  # times powers of ten: what people read without thinking
_MOST = 4  # decimals of a cut
_NOISE = 9  # decimals behind which a quotient is noise
_STEPS = 40  # at most so many numbers are tried where the ladder has too few
# Where the ladder fits less well by this much, evenly spaced round numbers are taken.
_LESS = 0.1
# Of fewer readable cuts than these, others are taken: a map of two classes says little.
_FEW = 2
# One class does not hold more of the values than this where other cuts leave it less.
_CROWDED = 2 / 3
_NUMBER = 100  # larger than this a number of things is told by its class


@dataclass(frozen=True)
class Breaks:
    """The inner cuts of a map, ascending; a cut belongs to the class above it.

    `method` is policy, natural, quantiles, distinct (each class one value) or empty (no value at
    all). The value `apart`, at the low end or (`at_top`) the high one, is a class of its own. `decimals` is what the cuts
    need to be written out, `whole` tells that values and cuts are small whole numbers.
    """

    cuts: tuple[float, ...]
    method: str
    decimals: int = 0
    distinct: tuple[float, ...] = ()
    apart: float | None = None
    at_top: bool = False
    whole: bool = False

    @property
    def count(self) -> int:
        """Return the number of classes; 0 when there was no value to cut."""
        if self.method == "empty":
            return 0
        return len(self.distinct) or len(self.cuts) + 1 + (self.apart is not None)

    @property
    def apart_class(self) -> int:
        """Return the class that holds the value apart alone; -1 where no value stands apart."""
        if self.apart is None:
            return -1
        return self.count - 1 if self.at_top else 0

    @property
    def ends(self) -> tuple[tuple[float | None, float | None], ...]:
        """Return the ends of each class from the lowest up; None where it is open."""
        if self.distinct:
            return tuple((value, value) for value in self.distinct)
        if self.method == "empty":
            return ()
        between = list(zip((None, *self.cuts), (*self.cuts, None), strict=True))
        if self.apart is None:
            return tuple(between)
        own = (self.apart, self.apart)
        return (*between, own) if self.at_top else (own, *between)

    def assign(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the class of each value from 0 up as uint8, NO_DATA where it is not finite."""
        numbers = _exact(values)
        if self.distinct:
            classes = np.searchsorted(np.asarray(self.distinct[1:]), numbers, side="right")
        else:
            classes = np.searchsorted(np.asarray(self.cuts), numbers, side="right")
            if self.apart is not None and self.at_top:
                classes = np.where(numbers >= self.apart, self.count - 1, classes)
            elif self.apart is not None:
                classes = np.where(numbers <= self.apart, 0, classes + 1)
        classes = classes.astype("uint8")
        classes[~np.isfinite(numbers)] = NO_DATA
        return np.asarray(classes)


def find_breaks(
    values: Sequence[float] | np.ndarray,
    method: str = "natural",
    *,
    count: int = 5,
    limits: Sequence[float] = (),
    apart: float | None = None,
) -> Breaks:
    """Return the cuts for the finite values by policy `limits`, else natural classes or quantiles.

    A value `apart` that some have, none goes beyond and not all have is a class of its own. Cuts
    are numbers of the ladder 1, 2, 3, 5 times powers of ten (counted down from `apart` where that
    is the high end), else evenly spaced ones of one digit, or of two that end in 5, and any others
    only where these give no three classes: those with the best goodness of variance fit (Jenks), or
    the most even classes, without one that nearly all are in. Of all values no class is empty. With `count` or fewer
    distinct whole numbers, none large, every one is its own class.
    """
    numbers = _exact(values)
    numbers = np.sort(numbers[np.isfinite(numbers)])
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(METHODS)}")
    if not len(numbers):
        return Breaks((), "empty")
    if apart not in (numbers[0], numbers[-1]):
        apart = None
    breaks = Breaks((), method, apart=apart, at_top=apart is not None and apart > numbers[0])
    if limits:
        cuts = tuple(sorted(float(limit) for limit in set(limits) - {apart}))
        return _cut(replace(breaks, method="policy"), cuts, numbers)
    distinct = np.unique(numbers)
    if len(distinct) == 1 or (len(distinct) <= count and _small(distinct)):
        kept = tuple(distinct.tolist())
        return replace(breaks, method="distinct", decimals=_readable(kept), distinct=kept)
    others = numbers if apart is None else numbers[numbers != apart]
    room = count - 1 - (apart is not None)
    return _cut(breaks, _cuts(others, method, room, top=apart if breaks.at_top else None), numbers)


def _cut(breaks: Breaks, cuts: tuple[float, ...], numbers: np.ndarray) -> Breaks:
    whole = bool((numbers == np.round(numbers)).all()) and _small(cuts)
    return replace(breaks, cuts=cuts, decimals=decimals_of_cuts(cuts), whole=whole)


def _small(numbers: Sequence[float] | np.ndarray) -> bool:
    """Return whether all are whole numbers that are not large."""
    some = np.asarray(numbers, dtype="float64")
    return bool((some == np.round(some)).all() and (np.abs(some) <= _NUMBER).all())


def _exact(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return numbers without the noise of their division: 29 of 100 are 29 %, not 28.999999999999996."""
    return np.round(np.asarray(values, dtype="float64"), _NOISE)


def _cuts(numbers: np.ndarray, method: str, room: int, *, top: float | None) -> tuple[float, ...]:
    """Return at most `room` readable cuts of sorted numbers, as many as leave no class empty."""
    whole = bool((numbers == np.round(numbers)).all())
    goodness = _variance_fit(numbers) if method == METHODS[0] else _evenness
    spaced = _spaced(numbers)
    ways = [_down_from(top, numbers)] if top is not None else []
    natural = method == METHODS[0]
    ways += [_ladder(numbers), [one for one in spaced if _plain(one) or not natural]]

    def best(way: Sequence[float]) -> tuple[float, tuple[float, ...]]:
        candidates = sorted({one for one in way if not whole or one == round(one)})
        return _best(numbers, goodness, room, candidates)

    tried = [best(way) for way in ways]
    if max(len(cuts) for _, cuts in tried) < min(_FEW, room):
        tried.append(best(spaced))
    # Ways are in the order of how well they are read.
    enough = max(len(cuts) for _, cuts in tried)
    most = max(score for score, cuts in tried if len(cuts) == enough)
    return next(cuts for score, cuts in tried if len(cuts) == enough and score >= most - _LESS)


def _best(
    numbers: np.ndarray,
    goodness: Callable[[np.ndarray], np.ndarray],
    room: int,
    candidates: Sequence[float],
) -> tuple[float, tuple[float, ...]]:
    """Return the goodness of the best cuts out of the candidates, and these; none for no class."""
    places = np.searchsorted(numbers, candidates, side="left")
    # Of several candidates between the same two values the one read first stays.
    kept: dict[int, float] = {}
    for place, cut in zip(places.tolist(), candidates, strict=True):
        if 0 < place < len(numbers) and _plainer(cut, kept.get(place)):
            kept[place] = cut
    for size in range(min(room, len(kept)), 0, -1):
        chosen = np.array(list(combinations(sorted(kept), size)))
        edges = np.pad(chosen, ((0, 0), (1, 1)), constant_values=((0, 0), (0, len(numbers))))
        crowd = np.diff(edges, axis=1).max(axis=1)
        spread = crowd <= max(_CROWDED * len(numbers), crowd.min())
        chosen, edges = chosen[spread], edges[spread]
        scores = goodness(edges)
        at = int(scores.argmax())
        return float(scores[at]), tuple(kept[place] for place in chosen[at].tolist())
    return 0.0, ()


def _plainer(cut: float, other: float | None) -> bool:
    """Return whether a cut is read more easily than another."""
    return other is None or _digits(cut) < _digits(other)


def _plain(cut: float) -> bool:
    """Return whether a cut is of one digit, or of two that end in 5, such as 8, 15 or 350."""
    digits, _ = _digits(cut)
    return digits < 2 or (digits == 2 and f"{cut:.6f}".replace(".", "").strip("0").endswith("5"))


def _digits(cut: float) -> tuple[int, bool]:
    """Return how many digits of a number are read, and whether it ends in another one than 5."""
    digits = f"{cut:.6f}".replace(".", "").replace("-", "").strip("0")
    return len(digits), not digits.endswith("5")


def _variance_fit(numbers: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gives the goodness of variance fit of classes between edges (n, classes + 1)."""
    middle = numbers - numbers.mean()
    sums = np.concatenate([[0.0], np.cumsum(middle)])
    whole = float((middle**2).sum())

    def fit(edges: np.ndarray) -> np.ndarray:
        within = np.diff(sums[edges], axis=1) ** 2 / np.diff(edges, axis=1)
        return np.asarray(within.sum(axis=1) / whole)

    return fit


def _evenness(edges: np.ndarray) -> np.ndarray:
    """Return 1 for classes of one size, the less the more they differ."""
    shares = np.diff(edges, axis=1) / edges[:, -1:]
    return np.asarray(1 - (shares**2).sum(axis=1) + 1 / shares.shape[1])


def _ladder(numbers: np.ndarray) -> list[float]:
    """Return the numbers of the ladder between the least and the largest positive number."""
    positive = numbers[numbers > 0]
    if numbers[0] < 0 or not len(positive):
        return []
    low, high = (math.floor(math.log10(end)) for end in (positive[0], positive[-1]))
    powers = range(max(low, -_MOST), high + 1)
    return [round(digit * 10.0**power, _MOST) for power in powers for digit in _LADDER]


def _down_from(top: float, numbers: np.ndarray) -> list[float]:
    """Return the ladder counted down from the high end, e.g. 99, 98, 97, 95, 90 below 100."""
    return [round(top - one, _MOST) for one in _ladder(np.sort(top - numbers))]


def _spaced(numbers: np.ndarray) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten, at most `_STEPS` of them."""
    spread = float(numbers[-1] - numbers[0])
    if spread <= 0:
        return []
    power = math.floor(math.log10(spread / _STEPS))
    steps = (digit * 10.0**one for one in range(max(power, -_MOST), 400) for digit in (1, 2, 5))
    step = next(one for one in steps if spread / one <= _STEPS)
    first, last = math.ceil(numbers[0] / step), math.floor(numbers[-1] / step)
    return [round(at * step, _MOST) for at in range(first, last + 1)]


def decimals_of_cuts(numbers: Sequence[float]) -> int:
    """Return the decimals, at most 6, with which all the numbers can be told apart."""
    written = [f"{number:.6f}".rstrip("0").partition(".")[2] for number in numbers]
    return max((len(digits) for digits in written), default=0)


def _readable(numbers: Sequence[float]) -> int:
    """Return the fewest decimals that keep different numbers apart; one where they have any."""
    exact = decimals_of_cuts(numbers)
    apart = (d for d in range(exact) if len({round(n, d) for n in numbers}) == len(numbers))
    return max(next(apart, exact), min(exact, 1))
