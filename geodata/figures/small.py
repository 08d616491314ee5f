"""Figures of so few people that they could point at somebody, and those that would give them away."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.figures.cube import Cube
from geodata.figures.families import Families, complements_of, families_of
from geodata.figures.indicator import Indicator
from geodata.figures.totals import PARTS
from geodata.periods import kind_of, shift_month
from geodata.suppression import Marks, MonthCounts, NumberedTree, Numbers, RelatedCounts, hide_small


@dataclass(frozen=True)
class _Month:
    """The counts behind the figures of a period by place, those that are equal everywhere once.

    `most` is what a count is known not to exceed; `figures` names the counts that an indicator
    shows, `coverage` those of who was judged for it.
    """

    counts: dict[bytes, Numbers]
    most: dict[bytes, Numbers]
    figures: dict[str, tuple[bytes, ...]]
    coverage: dict[str, tuple[bytes, ...]]

    def shown_by(self) -> Counter[bytes]:
        """Return how many indicators show each count."""
        return Counter(digest for shown in self.figures.values() for digest in set(shown))

    @cached_property
    def bases(self) -> frozenset[bytes]:
        """Return the counts that are shown only beside another."""
        return frozenset(digest for shown in self.figures.values() for digest in shown[1:])

    def count(self, name: str) -> bytes | None:
        """Return a count of `Families.keys`; None where it is not about people."""
        key, _, part = name.partition(".")
        of = self.coverage[key] if part in ("judged", "subjects") else self.figures[key]
        at = 1 if part in ("base", "judged") else 0
        return of[at] if at < len(of) else None


@dataclass(eq=False)
class SmallFigures:
    """Which figures of a cube one reader may not see because they are of too few.

    `known` are the places whose people the reader may list, `seen` those whose figures are shown, by
    key. Counts of people above zero and below `smallest` are hidden elsewhere, with `everything`
    counts of anything: those counted, those not counted and all of them, or everybody behind a
    mean. Hidden with them is what would give them away: sums of places, equal counts of other
    indicators, parts of a whole, a stock with its flows (`Indicator.sum_of`, `equations`, `flow`),
    what a year adds up and what belongs to those who are hidden (`cumulates`, `belongs_to`).
    """

    cube: Cube
    known: pd.Series
    seen: pd.Series
    smallest: int
    everything: bool = False
    _months: dict[str, _Month] = field(default_factory=dict, init=False, repr=False)
    _alone: dict[tuple[str, bytes], Marks] = field(default_factory=dict, init=False, repr=False)
    _chains: dict[Families, _Chain] = field(default_factory=dict, init=False, repr=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def figures(self, indicator: str, period: str) -> pd.Series:
        """Return which figures of a period may not be shown, by key of all places."""
        return self._hidden(indicator, period, coverage=False)

    def coverage(self, indicator: str, period: str) -> pd.Series:
        """Return for which places it may not be told how many were judged, by key of all."""
        return self._hidden(indicator, period, coverage=True)

    def _hidden(self, indicator: str, period: str, *, coverage: bool) -> pd.Series:
        keys = self.cube.places.index
        marks = np.zeros(len(keys), dtype=bool)
        foreign = self._shown & ~self._own
        if self.smallest > 1 and foreign.any() and period in self.cube.periods:
            with self._turn:
                month = self._month(period)
                shown = month.figures[indicator]
                for digest in (*shown, *(month.coverage[indicator] if coverage else ())):
                    marks |= self._count(period, digest)
        return pd.Series(marks & foreign, index=keys)

    @cached_property
    def _own(self) -> Marks:
        own = self.known.reindex(self.cube.places.index).to_numpy(dtype=bool, copy=True)
        # Whoever has all places of one has their sum.
        for places in reversed(self._tree.levels[1:]):
            above = self._tree.parent[places]
            number, mine = (np.bincount(above, one, len(own)) for one in (None, own[places]))
            own |= (number > 0) & (mine == number)
        return own

    @cached_property
    def _shown(self) -> Marks:
        return self.seen.reindex(self.cube.places.index).to_numpy(dtype=bool)

    @cached_property
    def _tree(self) -> NumberedTree:
        return tree_of(self.cube)

    def _count(self, period: str, digest: bytes) -> Marks:
        """Return where one count of a period is hidden."""
        asked = (period, digest)
        if asked in self._alone:
            return self._alone[asked]
        month = self._month(period)
        counts, marks = month.counts[digest], self._gone(period, digest)
        marks = marks | self._told_by_year(period, digest)
        rest = [month.most[digest] - counts] if digest in month.most else []
        for one in (counts, *rest):
            marks = hide_small(one, self._tree, self.smallest, known=self._own, hidden=marks)
        for families in self._families:
            for number, key in enumerate(families.keys):
                if month.count(key) == digest:
                    marks = marks | self._chain(families).until(period)[number]
        self._alone[asked] = marks
        return marks

    def _told_by_year(self, period: str, digest: bytes) -> Marks:
        """Return where a count that a year adds up would tell one that is hidden in that year.

        It is shown only where all that it adds up is: then it tells nothing that is not shown.
        """
        marks = np.zeros(len(self.cube.places), dtype=bool)
        at = self.cube.periods.index(period)
        for key, of in self._cumulated.items():
            if self._month(period).count(key) == digest:
                added = [(period, of)]
                if at and self.cube.periods[at - 1][:4] == period[:4]:
                    added.append((self.cube.periods[at - 1], key))
                for month, name in added:
                    part = self._month(month).count(name)
                    # In January both are one count.
                    if part is not None and (month, part) != (period, digest):
                        marks |= self._count(month, part)
        return marks

    @cached_property
    def _cumulated(self) -> Mapping[str, str]:
        known = self.cube.indicators
        return {key: one.cumulates for key, one in known.items() if one.cumulates in known}

    def _gone(self, period: str, digest: bytes) -> Marks:
        """Return where nothing shows a count, because of the other counts of the same figures."""
        month = self._month(period)
        unpublished = ~self._shown & ~self._own
        if not self._decided_last(month, digest):
            return unpublished
        hidden = []
        for shown in month.figures.values():
            if digest in shown:
                before = [one for one in shown if not self._decided_last(month, one)]
                marks = [self._count(period, one) for one in before]
                hidden.append(np.logical_or.reduce([unpublished, *marks]))
        return np.logical_and.reduce(hidden) if hidden else unpublished

    def _decided_last(self, month: _Month, digest: bytes) -> bool:
        """Return whether a count is neither related to others nor the base of any."""
        return digest not in month.bases and digest not in map(month.count, self._related)

    @cached_property
    def _related(self) -> tuple[str, ...]:
        return tuple(name for families in self._families for name in families.keys)

    @cached_property
    def _families(self) -> tuple[Families, ...]:
        return families_of(self.cube.indicators)

    def _chain(self, families: Families) -> _Chain:
        if families not in self._chains:
            self._chains[families] = _Chain(self, families)
        return self._chains[families]

    def month_counts(self, families: Families, period: str) -> MonthCounts:
        """Return the counts of related indicators in a period."""
        month, weight = self._month(period), self._month(period).shown_by()
        shown = [month.count(key) for key in families.keys]
        nothing = np.full(len(self.cube.places), np.nan)
        without = np.full(len(nothing), np.inf)
        return MonthCounts(
            np.array([nothing if one is None else month.counts[one] for one in shown]),
            np.array([without if one is None else month.most.get(one, without) for one in shown]),
            np.zeros((len(shown), len(nothing)), dtype=bool),
            [1 if one is None else max(weight[one], 1) for one in shown],
        )

    def related(self, families: Families) -> RelatedCounts:
        """Return the hiding of related counts, before any period."""
        unpublished = ~self._shown & ~self._own
        return RelatedCounts(self._tree, families.relations, self.smallest, self._own, unpublished)

    def _month(self, period: str) -> _Month:
        if period not in self._months:
            self._months[period] = _read_month(self.cube, period, self._tree, self.everything)
        return self._months[period]


class _Chain:
    """What is hidden of related indicators, period after period; a gap begins anew."""

    def __init__(self, small: SmallFigures, families: Families) -> None:
        self._small, self._families = small, families
        self._hidden: dict[str, Marks] = {}
        self._hiding = small.related(families)

    def until(self, period: str) -> Marks:
        """Return what is hidden in a period, by family and place."""
        periods = self._small.cube.periods
        for at in range(len(self._hidden), periods.index(period) + 1):
            if at and not _follows(periods[at - 1], periods[at]):
                self._hiding = self._small.related(self._families)
            counts = self._small.month_counts(self._families, periods[at])
            self._hidden[periods[at]] = self._hiding.add(counts)
        return self._hidden[period]


def _follows(before: str, period: str) -> bool:
    kinds = {kind_of(before), kind_of(period)}
    return kinds != {"month"} or shift_month(before, 1) == period


def tree_of(cube: Cube) -> NumberedTree:
    """Return the tree of the places of a cube in their order."""
    return NumberedTree.of(cube.places.index.get_indexer(pd.Index(cube.places["parent"])))


def _read_month(cube: Cube, period: str, tree: NumberedTree, everything: bool) -> _Month:
    """Return the counts behind all figures of a period."""
    counts: dict[bytes, Numbers] = {}
    most: dict[bytes, Numbers] = {}
    figures: dict[str, tuple[bytes, ...]] = {}
    coverage: dict[str, tuple[bytes, ...]] = {}
    unknown: dict[str, bytes] = {}

    def digest(one: Numbers) -> bytes:
        # Where nobody is in question there may be no row, for another indicator a count of zero.
        key = _same(one)
        counts[key] = np.fmax(counts.get(key, one), one)
        return key

    for key, indicator in cube.indicators.items():
        parts = cube.parts(key, period)
        placed = {name: _summed(tree, parts[name]) for name in PARTS}
        shown = counted(placed, indicator, everything=everything)
        figures[key] = tuple(digest(one) for one in shown)
        if len(shown) == 2 and indicator.counts_things:
            part, whole = figures[key][0], shown[1]
            most[part] = np.fmin(most.get(part, whole), whole)
        people = figures[key] and indicator.subject == "household"
        judged = (placed["subjects"], placed["subjects"] - placed["missing"])
        coverage[key] = tuple(digest(one) for one in judged) if people else ()
        if people and np.nansum(placed["missing"]):
            unknown[key] = _same(placed["missing"])
    month = _Month(counts, most, figures, coverage)
    _hide_together(cube, month, unknown)
    return month


def _hide_together(cube: Cube, month: _Month, unknown: Mapping[str, bytes]) -> None:
    """Show the counts of a month only where those are shown that they tell."""
    # Persons and money of a household tell of it.
    for key, indicator in cube.indicators.items():
        owners = [*_owners(cube, indicator)]
        month.figures[key] += tuple(one for owner in owners for one in month.figures[owner][:1])
    # How many could not be judged is told beside every figure: it is not about anybody ...
    for judged in month.coverage.values():
        for one in judged:
            month.most.pop(one, None)
    # ... unless they are whom another figure counts, such as those whom nobody surveyed.
    counts = {one for shown in month.figures.values() for one in shown}
    for key, one in unknown.items():
        if one in counts:
            month.coverage[key] += (one,)
    for names in complements_of(cube.indicators):
        _hide_alike(month, names)


def _hide_alike(month: _Month, names: Sequence[str]) -> None:
    """Show the second part of all subjects only where the first is shown: each tells the other."""
    of_all, first, second = (month.count(name) for name in names)
    if of_all is None or first is None or second is None or first == second:
        return
    most = month.most.get(first, month.counts[of_all])
    month.most[first] = np.fmin(most, month.counts[of_all])
    for shown in (month.figures, month.coverage):
        for key, digests in shown.items():
            if second in digests and first not in digests:
                shown[key] = (*digests, first)


def _owners(cube: Cube, indicator: Indicator) -> Iterator[str]:
    """Yield the counts of those whose persons or money an indicator sums, from one to the next."""
    seen = {indicator.key}
    while (key := indicator.belongs_to) in cube.indicators.keys() - seen:
        yield key
        seen.add(key)
        indicator = cube.indicators[key]


def counted(
    parts: Mapping[str, Numbers], indicator: Indicator, *, everything: bool = False
) -> tuple[Numbers, ...]:
    """Return the counts that a figure shows and that must not be small: of people, or of anything.

    Of a share those who are counted and all of them, of a mean everybody behind it.
    """
    part, whole = parts["numerator"], parts["denominator"]
    thing = indicator.counts if indicator.counts_things else indicator.base or indicator.counts
    of_people = thing is not None and thing.people
    if indicator.quantity == "count":
        return (part,) if everything or of_people else ()
    if indicator.counts_things:
        return (part, whole) if everything or of_people else ()
    if indicator.adds_up != "ratio" or indicator.subject != "household":
        return ()
    behind = parts["subjects"] - parts["missing"]
    return (np.where(np.isnan(behind), whole, behind), whole) if of_people else (behind,)


def _same(counts: Numbers) -> bytes:
    """Return what equal counts have in common."""
    return np.round(np.nan_to_num(counts), 6).tobytes()


def _summed(tree: NumberedTree, values: Numbers) -> Numbers:
    """Return values of the lowest places with their sums above; nothing known stays missing."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0)
    number = known.astype(np.int64)
    for places in reversed(tree.levels[1:]):
        np.add.at(total, tree.parent[places], total[places])
        np.add.at(number, tree.parent[places], number[places])
    return np.where(number > 0, total, np.nan)
