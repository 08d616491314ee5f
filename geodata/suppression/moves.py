"""Moves between two places that leave every sum above them as it is, and what each would cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.suppression.tree import Marks, NumberedTree, Numbers, Places

# What no move may cost; the sum of a few stays within 16 bits.
NEVER = 4000
# Of a place that reported nothing: it is in no sum, so that only another such place goes with it.
_HOLE = -2000
# Row x (down, up) x column.
Costs = NDArray[np.int16]
# By how much a place may change: none, chain and top, way and amount, place; then nothing, never.
Prices = NDArray[np.int16]
# Up to so many places every other one is a partner; beyond, those of the same group and some more.
_PARTNERS = 48


class Moves:
    """The moves that are tried: a place changes by some, another one the other way.

    A row is a lowest place with an amount down (1 to the limit less 1) and one up (the limit less
    that); a column another lowest place, the last nobody: then all sums above change with it.
    """

    def __init__(self, tree: NumberedTree, limit: int) -> None:
        self._tree, self._kinds = tree, limit - 1
        self._lowest = np.setdiff1d(np.arange(len(tree.parent)), tree.parent)
        self._number = {int(place): number for number, place in enumerate(self._lowest)}
        self._place = np.repeat(self._lowest, self._kinds)
        down = np.tile(np.arange(1, limit), len(self._lowest))
        self._amount = np.stack([down, limit - down], axis=1)
        self._others = self._partners()
        self._within: dict[int, Places] = {}
        self._crossing: dict[tuple[int, int], Marks] = {}
        depth = max((len(one) for one in tree.above), default=0)
        # The places above a lowest one, the top left out; the number of no place where there is none.
        self._nowhere = len(tree.parent)
        self._chain = np.full((self._nowhere, max(depth - 1, 0)), self._nowhere, dtype=np.intp)
        self._top = np.full(self._nowhere, self._nowhere, dtype=np.intp)
        for place, path in enumerate(tree.above):
            if len(path):
                self._chain[place, : len(path) - 1] = path[:-1]
                self._top[place] = path[-1]

    def _partners(self) -> Places:
        """Return the other places tried for each row; -1 where there are fewer."""
        order = self._lowest[np.argsort(self._tree.parent[self._lowest], kind="stable")]
        if len(order) <= _PARTNERS:
            return np.tile(order, (len(self._place), 1))
        spread = order[np.linspace(0, len(order) - 1, _PARTNERS // 4).astype(np.intp)].tolist()
        groups: dict[int, list[int]] = defaultdict(list)
        for place in self._lowest.tolist():
            groups[int(self._tree.parent[place])].append(place)
        width = max(len(one) for one in groups.values()) + len(spread)
        rows = {}
        for group, places in groups.items():
            others = places + [one for one in spread if one not in places]
            rows[group] = others + [-1] * (width - len(others))
        return np.array([rows[int(one)] for one in self._tree.parent[self._place]], dtype=np.intp)

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self._place)

    def is_lowest(self, place: int) -> bool:
        """Return whether a place has none below it."""
        return place in self._number

    def rows(self, place: int, kind: int) -> Places:
        """Return the rows of a place, or of the lowest places in it, with a way down of `kind`."""
        inside = [self._number[place]] if place in self._number else self._inside(place)
        return np.asarray(inside, dtype=np.intp) * self._kinds + kind - 1

    def groups(self, rows: Places) -> set[int]:
        """Return the places right above those of some rows."""
        return set(self._tree.parent[self._place[rows]].tolist())

    def _inside(self, place: int) -> Places:
        if place not in self._within:
            inside = [place in self._tree.above[one] for one in self._lowest]
            self._within[place] = np.flatnonzero(inside)
        return self._within[place]

    def crosses(self, place: int, rows: Places) -> Marks:
        """Return which columns of the rows of a place change its sum."""
        if (place, int(rows[0])) not in self._crossing:
            within = np.zeros(self._nowhere + 1, dtype=bool)
            within[self._lowest[self._inside(place)]] = True
            nobody = np.ones((len(rows), 1), dtype=bool)
            outside = np.concatenate([~within[self._others[rows]], nobody], axis=1)
            self._crossing[place, int(rows[0])] = outside[:, None, :]
        return self._crossing[place, int(rows[0])]

    def prices(self, price: Numbers, counts: Numbers, room: Numbers) -> Prices:
        """Return what a change costs by place: `price`, or never where counts or room are too few.

        A missing count costs nothing, and goes with another missing one alone.
        """
        missing = np.append(np.isnan(counts), False)
        counts, room = np.nan_to_num(counts), np.nan_to_num(room)
        amounts = np.arange(1, self._kinds + 1)[:, None]
        able = np.stack([counts[None] >= amounts, room[None] >= amounts])
        alone = np.where(able, price, NEVER)
        alone = np.concatenate([alone, np.zeros((*alone.shape[:2], 1))], axis=2)
        chain = alone[:, :, :-1] + alone[:, :, self._chain].sum(axis=3)
        whole = chain + alone[:, :, self._top]
        alone = np.where(missing, _HOLE, alone)
        prices = np.stack(
            [alone[:, :, :-1], *(np.where(missing[:-1], NEVER, one) for one in (chain, whole))]
        )
        prices = prices.ravel()
        return np.append(np.minimum(prices, NEVER), [0, NEVER]).astype(np.int16)

    def columns(self, rows: Places) -> Columns:
        """Return how the costs of some rows are made of prices."""
        size = self._nowhere
        block = 2 * self._kinds * size
        place, amount, others = self._place[rows], self._amount[rows], self._others[rows]
        parent = self._tree.parent
        cross = parent[others] != parent[place][:, None]
        valid = (others >= 0) & (others != place[:, None])
        valid &= self._top[others] == self._top[place][:, None]
        mine, its = [], []
        for option in (0, 1):
            step = (amount[:, option] - 1)[:, None] * size
            its_way = (1 - option) * self._kinds * size
            at = option * self._kinds * size + step + place[:, None]
            mine.append(np.concatenate([at + cross * block, at + 2 * block], axis=1))
            there = np.where(valid, its_way + step + others + cross * block, 3 * block + 1)
            its.append(np.concatenate([there, np.full_like(at, 3 * block)], axis=1))
        # The other way round: a count that goes up where the wanted one goes down.
        turn = self._kinds * size
        first, second = np.stack(mine, axis=1), np.stack(its, axis=1)
        return Columns(first, second, _turned(first, turn, block), _turned(second, turn, block))

    def places(self, row: int, column: int) -> list[int]:
        """Return every place that a move changes."""
        place = int(self._place[row])
        above = [int(one) for one in self._chain[place] if one < self._nowhere]
        if column == self._others.shape[1]:
            top = int(self._top[place])
            return [place, *above, *([top] if top < self._nowhere else [])]
        other = int(self._others[row, column])
        if self._tree.parent[place] == self._tree.parent[other]:
            return [place, other]
        return [
            place,
            other,
            *above,
            *(int(one) for one in self._chain[other] if one < self._nowhere),
        ]


@dataclass(frozen=True)
class Columns:
    """Where in the prices the two sides of each move stand, for both ways of a count."""

    mine: Places
    its: Places
    mine_turned: Places
    its_turned: Places

    def costs(self, prices: Prices, way: int) -> Costs:
        """Return the cost of each move of a count that goes the wanted way (1) or the other (-1)."""
        first, second = (self.mine, self.its) if way > 0 else (self.mine_turned, self.its_turned)
        both = prices[first] + prices[second]
        total: Costs = np.where(both < 0, np.where(both == 2 * _HOLE, 0, NEVER), both)
        return np.minimum(total, NEVER).astype(np.int16)


def _turned(at: Places, turn: int, block: int) -> Places:
    inside = at % block
    other = at - inside + (inside + turn) % block
    return np.where(at >= 3 * block, at, other)


def frozen(prices: Prices) -> Prices:
    """Return prices of a month that is past: what is shown cannot be hidden any more."""
    return np.where(prices > 0, NEVER, prices).astype(np.int16)


def unable(prices: Prices) -> Prices:
    """Return prices of counts that cannot change."""
    return np.append(np.full(len(prices) - 2, NEVER), [0, NEVER]).astype(np.int16)
