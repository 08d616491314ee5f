"""Small counts of a tree of places hidden, and those from which a hidden one could be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]
Places = NDArray[np.integer[Any]]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class NumberedTree:
    """Places by number: `parent` of each, -1 for the top; `levels` the places of each, top first."""

    parent: Places
    levels: tuple[Places, ...]

    @cached_property
    def above(self) -> tuple[Places, ...]:
        """Return for each place those it lies in, nearest first."""
        paths = []
        for place in range(len(self.parent)):
            path, at = [], self.parent[place]
            while at >= 0:
                path.append(at)
                at = self.parent[at]
            paths.append(np.array(path, dtype=np.intp))
        return tuple(paths)

    @classmethod
    def of(cls, parent: Sequence[int] | Places) -> NumberedTree:
        """Return the tree of the number of the place above each place, -1 for none."""
        above = np.asarray(parent, dtype=np.intp)
        depth = np.zeros(len(above), dtype=np.intp)
        at = above.copy()
        while (at >= 0).any():
            depth += at >= 0
            at = np.where(at >= 0, above[at], -1)
        levels = tuple(np.flatnonzero(depth == one) for one in range(depth.max(initial=0) + 1))
        return cls(above, levels)


def small(counts: Numbers, limit: int) -> Marks:
    """Return which counts are above zero and below the limit; a missing one is not."""
    return (counts > 0) & (counts < limit)


def hide_small(
    counts: Numbers, tree: NumberedTree, limit: int, *, known: Marks, hidden: Marks | None = None
) -> Marks:
    """Return which counts of a tree must not be shown, by place.

    `known` are those that the reader has anyway; they are never hidden and cover nothing. `hidden`
    are those that are not shown for another reason. Of the places under a shown one at least two
    are hidden or none, which together have `limit` or more and are not all of the least or the
    most that small ones can be; under a hidden place at least one is hidden. A missing count
    covers nothing.
    """
    few = small(counts, limit) & ~known
    gone = few.copy() if hidden is None else few | hidden
    hiding = _Hiding(counts, tree, limit, known, few, gone)
    while few.any() or gone.any():
        before = int(gone.sum())
        for places in tree.levels[1:]:
            hiding.beside(places)
        for places in reversed(tree.levels[1:]):
            hiding.above(places)
        if int(gone.sum()) == before:
            break
    return gone


def still_told(
    counts: Numbers, tree: NumberedTree, limit: int, *, known: Marks, hidden: Marks
) -> Marks:
    """Return under which places what is shown would give a hidden count away, by place."""
    told = np.zeros(len(counts), dtype=bool)
    hiding = _Hiding(counts, tree, limit, known, small(counts, limit) & ~known, hidden)
    for places in tree.levels[1:]:
        told |= hiding.told(places)
    return told


@dataclass(frozen=True)
class _Hiding:
    """Counts of a tree while more and more of them are `gone`; `places` are those of one level."""

    counts: Numbers
    tree: NumberedTree
    limit: int
    known: Marks
    few: Marks
    gone: Marks

    def beside(self, places: Places) -> None:
        """Hide one more place, the smallest above zero, else a zero, in each group that tells too much."""
        counts, parent = self.counts, self.tree.parent
        # Each turn takes one place of a group; two make any group quiet that has them.
        for _ in range(3):
            wanted = places[self._free(places) & self.told(places)[parent[places]]]
            if not len(wanted):
                return
            size = np.where(counts[wanted] > 0, counts[wanted], np.inf)
            order = wanted[np.lexsort((wanted, size, parent[wanted]))]
            _, first = np.unique(parent[order], return_index=True)
            self.gone[order[first]] = True

    def above(self, places: Places) -> None:
        """Hide the sum of each group that still tells too much with nothing left to hide in it."""
        told = self.told(places) & ~self.gone
        told[self.tree.parent[places[self._free(places)]]] = False
        self.gone[told & ~self.known] = True

    def told(self, places: Places) -> Marks:
        """Return under which places what is shown gives a hidden count away, by place."""
        size, above, gone = len(self.counts), self.tree.parent[places], self.gone
        moves = gone[places] & ~np.isnan(self.counts[places])
        value = np.where(moves, self.counts[places], 0.0)
        number = np.bincount(above, moves, size)
        total = np.bincount(above, value, size)
        of_few = np.bincount(above, moves & self.few[places], size)
        # Where only small ones are hidden, their least or greatest sum tells each of them.
        extreme = (of_few == number) & ((total == number) | (total == number * (self.limit - 1)))
        beside = (of_few > 0) & ((number < 2) | (total < self.limit) | extreme)
        told: Marks = np.where(gone, number == 0, beside)
        has = np.zeros(size, dtype=bool)
        has[above] = True
        return told & has

    def _free(self, places: Places) -> Marks:
        """Return which of some places could still be hidden."""
        return ~self.gone[places] & ~self.known[places] & ~np.isnan(self.counts[places])
