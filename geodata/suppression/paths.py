"""The cheapest ways to change a count so that every relation it stands in still holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.suppression.moves import NEVER, Columns, Costs, Moves, Prices, unable
from geodata.suppression.tree import Marks, Places

# A term of a relation: family, 1 for the month before else 0, +1 or -1. They add up to nothing.
Term = tuple[int, int, int]
Relation = tuple[Term, ...]
_NEVER = np.int16(NEVER)
# A family, and whether it is the month before.
_Cell = tuple[int, int]
# A family of the month before and which way it changes.
Way = tuple[int, int]


@dataclass(frozen=True)
class Need:
    """A small count that must have another value which fits all that is shown.

    One of an earlier month has in `ends` the moves of it that are open at the end of the month
    before: by the family that is changed there and its way, row x option x column.
    """

    family: int
    place: int
    rows: Places
    ends: Mapping[Way, Marks] | None = None


class Graph:
    """Which relations of a month each count stands in, and the counts of each; without circles."""

    def __init__(self, relations: Sequence[Relation]) -> None:
        self.relations = relations
        self.at: dict[_Cell, list[tuple[int, int]]] = defaultdict(list)
        for number, relation in enumerate(relations):
            for family, lag, sign in relation:
                self.at[family, lag].append((number, sign))


class Paths:
    """The cheapest ways to change a count and keep every relation, for many moves at once."""

    def __init__(
        self,
        graph: Graph,
        prices: Sequence[Prices],
        moves: Moves,
        rows: Places,
        past: Mapping[Way, Marks],
        columns: Columns,
    ) -> None:
        self._graph, self._prices, self._moves, self._rows = graph, prices, moves, rows
        self._past = past
        self._columns = columns
        self._never: set[Way] = set()
        self._kept: dict[tuple[_Cell, int, int | None], Costs] = {}

    def ending(self, families: Sequence[int], only: Way | None) -> Paths:
        """Return paths on which of some families none changes in this month, or `only` one, one way."""
        paths = Paths.__new__(Paths)
        paths.__dict__.update(self.__dict__)
        paths._never = {(one, way) for one in families for way in (1, -1)} - {only}
        paths._kept = {}
        return paths

    def costs(self, needs: Sequence[Need]) -> NDArray[np.int16]:
        """Return what the cheapest move of each need costs."""
        cheapest = np.full(len(needs), NEVER, dtype=np.int16)
        plain: dict[int, list[int]] = defaultdict(list)
        ended = []
        for number, need in enumerate(needs):
            if not self._moves.is_lowest(need.place):
                cheapest[number] = min(int(costs.min()) for _, costs in self._moves_of(need))
            elif need.ends is None:
                plain[need.family].append(number)
            else:
                ended.append(number)
        for family, numbers in plain.items():
            best = self.change((family, 0), 1, None).min(axis=(1, 2))
            cheapest[numbers] = best[self._at([needs[number] for number in numbers])]
        if ended:
            at = self._at([needs[number] for number in ended])
            for family, way in needs[ended[0]].ends or ():
                ends = np.concatenate([(needs[one].ends or {})[family, way] for one in ended])
                costs = np.where(ends, self._continued((family, 1), way)[at], NEVER)
                cheapest[ended] = np.minimum(cheapest[ended], costs.min(axis=(1, 2)))
        return cheapest

    def _at(self, needs: Sequence[Need]) -> Places:
        return np.searchsorted(self._rows, np.concatenate([need.rows for need in needs]))

    def free(self, needs: Sequence[Need]) -> list[Marks]:
        """Return which moves of each need cost nothing."""
        plain = defaultdict(list)
        for number, need in enumerate(needs):
            if need.ends is None and self._moves.is_lowest(need.place):
                plain[need.family].append(number)
        marks_of: dict[int, Marks] = {}
        for family, numbers in plain.items():
            costs = self.change((family, 0), 1, None)
            at = self._at([needs[number] for number in numbers])
            marks_of |= zip(numbers, (costs[at] == 0)[:, None], strict=True)
        for number, need in enumerate(needs):
            if number not in marks_of:
                marks = [costs == 0 for _, costs in self._moves_of(need)]
                marks_of[number] = np.logical_or.reduce(marks)
        return [marks_of[number] for number in range(len(needs))]

    def cheapest(self, need: Need) -> tuple[list[int], list[int]]:
        """Return families and places that the cheapest move of a need changes in this month."""
        ways = list(self._moves_of(need))
        (cell, way), costs = min(ways, key=lambda one: int(one[1].min()))
        row, option, column = np.unravel_index(int(costs.argmin()), costs.shape)
        at = (int(np.searchsorted(self._rows, need.rows[row])), int(option), int(column))
        families = [family for family, lag in self._cells(cell, way, at) if not lag]
        return families, self._moves.places(int(need.rows[row]), int(column))

    def _moves_of(self, need: Need) -> Iterator[tuple[tuple[_Cell, int], Costs]]:
        """Yield the costs of the moves of a need by where they set in, one that ended before there."""
        at = np.searchsorted(self._rows, need.rows)
        if need.ends is None:
            costs = self.change((need.family, 0), 1, None)[at]
            if not self._moves.is_lowest(need.place):
                crosses = self._moves.crosses(need.place, need.rows)
                costs = np.where(crosses, costs, _NEVER)
            yield ((need.family, 0), 1), costs
            return
        for (family, way), ends in need.ends.items():
            costs = self._continued((family, 1), way)[at]
            yield ((family, 1), way), np.where(ends, costs, _NEVER)

    def _continued(self, cell: _Cell, way: int) -> Costs:
        """Return the cost of making good in this month what was changed at the end of the last."""
        asked = (cell, way, -1)
        if asked not in self._kept:
            parts = [self._balance(row, cell, sign * way) for row, sign in self._graph.at[cell]]
            self._kept[asked] = np.minimum(np.sum(parts, axis=0), NEVER).astype(np.int16)
        return self._kept[asked]

    def change(self, cell: _Cell, way: int, since: int | None) -> Costs:
        """Return the cost of changing a count, row x option x column.

        `way` 1 as the option says, -1 the other way; `since` is a relation that is made good already.
        """
        asked = (cell, way, since)
        if asked not in self._kept:
            total = self._alone(cell, way)
            for row, sign in self._graph.at[cell]:
                if row != since:
                    total = np.minimum(total + self._balance(row, cell, sign * way), NEVER)
            self._kept[asked] = total
        return self._kept[asked]

    def _alone(self, cell: _Cell, way: int) -> Costs:
        family, lag = cell
        if lag:
            free = self._past[family, way][self._rows]
            return np.where(free, 0, NEVER).astype(np.int16)
        prices = self._prices[family]
        return self._columns.costs(unable(prices) if (family, way) in self._never else prices, way)

    def _balance(self, row: int, since: _Cell, moved: int) -> Costs:
        """Return the cost of making good in a relation what one count of it moved."""
        ways = [
            self.change((family, lag), -moved * sign, row)
            for family, lag, sign in self._graph.relations[row]
            if (family, lag) != since
        ]
        least: Costs = np.minimum.reduce(ways)
        return least

    def _cells(self, cell: _Cell, way: int, at: tuple[int, int, int]) -> list[_Cell]:
        """Return the counts that change in one move."""
        cells: list[_Cell] = []
        todo: list[tuple[_Cell, int, int | None]] = [(cell, way, None)]
        while todo:
            here, its_way, since = todo.pop()
            cells.append(here)
            for row, sign in self._graph.at[here]:
                if row != since:
                    others = [
                        ((family, lag), -sign * its_way * mark)
                        for family, lag, mark in self._graph.relations[row]
                        if (family, lag) != here
                    ]
                    best = min(others, key=lambda one: int(self.change(one[0], one[1], row)[at]))
                    todo.append((*best, row))
        return cells
