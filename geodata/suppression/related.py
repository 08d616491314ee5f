"""Related counts hidden together: parts of a whole, and a stock with what flows into and out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from geodata.suppression.moves import NEVER, Columns, Moves, Prices, frozen
from geodata.suppression.paths import Graph, Need, Paths, Relation, Way
from geodata.suppression.tree import (
    Marks,
    NumberedTree,
    Numbers,
    Places,
    hide_small,
    small,
    still_told,
)

# Rows of moves that are held in memory at a time, and for how many choices of them.
_AT_ONCE = 256
_KEPT = 8
_LARGE = 250
_WORTH_OF_THE_WHOLE = 4


@dataclass(frozen=True)
class MonthCounts:
    """Counts of one month by family and place.

    `most` is what a reader knows a count cannot exceed; `hidden` are those not shown for another
    reason; `weight` says how many figures are lost with a count of a family.
    """

    counts: Numbers
    most: Numbers
    hidden: Marks
    weight: Sequence[int]

    def both(self, family: int) -> tuple[Numbers, ...]:
        """Return the counts of a family, and what they leave of a known whole."""
        most = self.most[family]
        return (
            self.counts[family],
            *([most - self.counts[family]] if np.isfinite(most).any() else []),
        )


@dataclass
class RelatedCounts:
    """The hidden counts of related families, month after month.

    What is hidden in a month follows from it and the months before, so that no later month takes
    it back. Each small count keeps a move: it and counts of the same place that are related to it
    change, another place changes the other way, and all that is shown stays as it is. `known` are
    the places whose counts the reader has anyway, `unpublished` those of which nothing is shown.
    """

    tree: NumberedTree
    relations: tuple[Relation, ...]
    limit: int
    known: Marks
    unpublished: Marks
    hidden: list[Marks] = field(default_factory=list, init=False)
    # The small counts of earlier months whose moves a later month could still tell.
    _pending: list[Need] = field(default_factory=list, init=False, repr=False)
    # Which counts of the month before can be changed without what was shown then.
    _past: dict[Way, Marks] = field(default_factory=dict, init=False, repr=False)
    _columns: dict[bytes, Columns] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.moves = Moves(self.tree, self.limit)
        self._lagged = sorted({term[0] for one in self.relations for term in one if term[1]})

    def add(self, month: MonthCounts) -> Marks:
        """Return which counts of the next month must not be shown, by family and place."""
        first = not self.hidden
        graph = Graph([one for one in self.relations if not (first and any(t[1] for t in one))])
        left = month.most - month.counts
        few = small(month.counts, self.limit) | (small(left, self.limit) & (month.counts > 0))
        few &= ~self.known
        fixed = month.hidden | self.unpublished | few
        needs = [*self._pending, *self._needs(month, few)]
        work = _MonthHiding(self, graph, month, fixed.copy(), needs)
        work.hide_sums()
        work.cover()
        work.hide_sums()
        work.spare(fixed)
        if work.large:
            # There it was looked at near by only.
            work.cover()
            work.hide_sums()
        # What is shown stays shown in all later months.
        work.prices = [frozen(one) for one in work.prices]
        self._end(work)
        gone = work.gone & ~self.known
        self.hidden.append(gone)
        return gone

    def _needs(self, month: MonthCounts, few: Marks) -> list[Need]:
        needs = []
        for family, place in np.argwhere(few).tolist():
            count = month.counts[family, place]
            left = month.most[family, place] - count
            # As far down as to none, or as far up as to the limit; the other way round for the rest.
            kind = int(count if count < self.limit else self.limit - left)
            needs.append(Need(family, place, self.moves.rows(place, kind)))
        return needs

    def _end(self, work: _MonthHiding) -> None:
        """Keep the needs whose moves a later month could still tell, and what it may rest on."""
        ways = [(family, way) for family in self._lagged for way in (1, -1)]
        pending: dict[bytes, Need] = {}
        for paths, some in work.paths() if ways else ():
            closed = paths.ending(self._lagged, None)
            left = [some[number] for number in np.flatnonzero(closed.costs(some) > 0)]
            ends = {one: paths.ending(self._lagged, one).free(left) for one in ways}
            for number, need in enumerate(left):
                reached = {one: marks[number] for one, marks in ends.items()}
                same = b"".join(one.tobytes() for one in (need.rows, *reached.values()))
                pending[same] = Need(need.family, need.place, need.rows, reached)
        self._pending = list(pending.values())
        past = defaultdict(list)
        for start in range(0, self.moves.size if ways else 0, _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, self.moves.size))
            paths = self.paths(work.graph, work.prices, rows)
            for family, way in ways:
                past[family, way].append(paths.change((family, 0), way, None) == 0)
        self._past = {one: np.concatenate(parts) for one, parts in past.items()}

    def paths(self, graph: Graph, prices: Sequence[Prices], rows: Places) -> Paths:
        """Return the paths of some rows of moves in the next month."""
        key = rows.tobytes()
        if key not in self._columns:
            if len(self._columns) >= _KEPT:
                self._columns.clear()
            self._columns[key] = self.moves.columns(rows)
        return Paths(graph, prices, self.moves, rows, self._past, self._columns[key])


class _MonthHiding:
    """What is hidden of one month while it is decided."""

    def __init__(
        self,
        all_months: RelatedCounts,
        graph: Graph,
        month: MonthCounts,
        gone: Marks,
        needs: Sequence[Need],
    ) -> None:
        self._all, self.graph, self._month, self.gone = all_months, graph, month, gone
        self.needs = needs
        self._blocks: list[tuple[set[int], Places, list[Need]]] = []
        self.prices: list[Prices] = []
        self._sums: list[set[int]] = [set() for _ in gone]
        stuck = np.broadcast_to(all_months.known, month.counts.shape)
        worth = np.ones(len(all_months.tree.parent), dtype=np.int64)
        # The figure of the whole area stands on every page: others are hidden before it.
        worth[all_months.tree.levels[0]] = _WORTH_OF_THE_WHOLE
        price = np.array(month.weight)[:, None] * worth
        self._price = np.where(stuck, NEVER, price)
        self._free = np.where(stuck, NEVER, 0)
        self._counts = month.counts
        self._room = month.most - month.counts
        self.prices = [self._prices_of(family) for family in range(len(gone))]

    def _prices_of(self, family: int) -> Prices:
        price = np.where(self.gone[family], self._free[family], self._price[family])
        return self._all.moves.prices(price, self._counts[family], self._room[family])

    def reprice(self, families: Iterable[int]) -> None:
        """Set what it costs to change the counts of some families."""
        for family in families:
            self.prices[family] = self._prices_of(family)

    @property
    def large(self) -> bool:
        """Return whether there are so many places that what is spared is looked at near by only."""
        return len(self._all.tree.parent) > _LARGE

    def paths(self, needs: Sequence[Need] | None = None) -> Iterator[tuple[Paths, list[Need]]]:
        """Yield the paths of some needs at a time, so that their costs stay in memory."""
        for rows, some in _blocks(self.needs if needs is None else needs):
            yield self._all.paths(self.graph, self.prices, rows), some

    def _near(self, groups: set[int]) -> Iterator[tuple[Paths, list[Need]]]:
        """Yield the paths of the needs that what changes in some groups of places bears on."""
        moves = self._all.moves
        if not self._blocks:
            needs = [one for one in self.needs if not self.large or moves.is_lowest(one.place)]
            self._blocks = [(moves.groups(rows), rows, some) for rows, some in _blocks(needs)]
        for near, rows, some in self._blocks:
            if not self.large or near & groups:
                yield self._all.paths(self.graph, self.prices, rows), some

    def hide_sums(self) -> None:
        """Hide what the sums of places would tell."""
        every = self._all
        for family in range(len(self.gone)):
            for counts in self._month.both(family):
                self.gone[family] = hide_small(
                    counts, every.tree, every.limit, known=every.known, hidden=self.gone[family]
                )
        self.reprice(range(len(self.gone)))

    def cover(self) -> None:
        """Hide what is wanting for each need, the dearest first, until each has a move."""
        needs, parent = self.needs, self._all.tree.parent
        while needs:
            wanting, touched, changed = [], set[int](), set[int]()
            for paths, some in self.paths(needs):
                costs = paths.costs(some)
                for number in np.argsort(-costs, kind="stable"):
                    if not 0 < costs[number] < NEVER:
                        continue
                    wanting.append(some[number])
                    if self._all.moves.groups(some[number].rows) & touched:
                        continue
                    families, places = paths.cheapest(some[number])
                    groups = {int(parent[place]) for place in places}
                    if not groups & touched:
                        self.gone[np.ix_(families, places)] = True
                        touched |= groups
                        changed.update(families)
            needs = wanting
            self.reprice(changed)

    def spare(self, fixed: Marks) -> None:
        """Show again what no need and no sum wants hidden, of each group the dearest first."""
        queues: dict[int, list[tuple[int, int]]] = defaultdict(list)
        known = self._all.known
        free = self.gone & ~fixed & ~known
        if self.large:
            free &= ~np.isin(np.arange(len(known)), self._all.tree.parent)
        spare = np.argwhere(free)
        worth = (-np.nan_to_num(self._counts[tuple(spare.T)]), -self._price[tuple(spare.T)])
        for at in np.lexsort(worth):
            family, place = spare[at].tolist()
            queues[int(self._all.tree.parent[place])].append((family, place))
        before = self._told(range(len(self.gone)), set(queues)) if queues else set()
        while queues:
            tried = {group: queue.pop(0) for group, queue in queues.items()}
            queues = defaultdict(list, {group: queue for group, queue in queues.items() if queue})
            for family, place in tried.values():
                self.gone[family, place] = False
            changed = {family for family, _ in tried.values()}
            while tried and (told := self._told(changed, set(tried)) - before):
                again = [tried.pop(group) for group in (told & tried.keys()) or set(tried)]
                for family, place in again:
                    self.gone[family, place] = True
                changed = {family for family, _ in again}
            self.reprice(changed)

    def _told(self, changed: Iterable[int], groups: set[int]) -> set[int]:
        """Return the groups in which something can be worked out, looking at least at some."""
        every = self._all
        for family in changed:
            self.prices[family] = self._prices_of(family)
            marks = [
                still_told(
                    one, every.tree, every.limit, known=every.known, hidden=self.gone[family]
                )
                for one in self._month.both(family)
            ]
            self._sums[family] = set(np.flatnonzero(np.logical_or.reduce(marks)).tolist())
        told = set[int]().union(*self._sums)
        for paths, some in self._near(groups):
            costs = paths.costs(some)
            for number in np.flatnonzero((costs > 0) & (costs < NEVER)):
                told |= every.moves.groups(some[number].rows)
        return told


def _blocks(needs: Sequence[Need]) -> Iterator[tuple[Places, list[Need]]]:
    """Yield some needs at a time with all their rows."""
    by_first = sorted(needs, key=lambda need: int(need.rows[0]))
    at = 0
    while at < len(by_first):
        rows: set[int] = set()
        some: list[Need] = []
        while at < len(by_first) and (not some or len(rows) < _AT_ONCE):
            rows |= set(by_first[at].rows.tolist())
            some.append(by_first[at])
            at += 1
        yield np.array(sorted(rows)), some
