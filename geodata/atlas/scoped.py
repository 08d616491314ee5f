"""An atlas as one actor may see it: figures of other places are not reported."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from geodata.access import Scope, small_counts
from geodata.atlas.atlas import Atlas
from geodata.atlas.indicator import Indicator

_FIGURES = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class ScopedAtlas(Atlas):
    """The atlas within a scope; `whole` keeps the figures that totals above are made of.

    Names and outlines are public and stay; figures stay where the role's right to figures reaches.
    Outside the places whose households the actor sees, a count of households above zero and below
    `smallest` is hidden, also that of the households not counted, and where one place of a parent
    would be hidden alone a second one is. Of a hidden place at least one part is hidden as well.
    """

    whole: Atlas = field(kw_only=True, repr=False)
    scope: Scope = field(kw_only=True)
    smallest: int = field(default=0, kw_only=True)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods of the whole atlas, so that every page has the same months."""
        return self.whole.periods

    def _frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        """Return every place of a level; those out of reach have no figure and no coverage."""
        frame = self.whole.frame(indicator, period, level)
        small = self._small(frame, self.whole.indicator(indicator), level)
        return _without(frame, ~self.seen(frame.index) | small)

    def hidden(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return which places within reach have a figure that is hidden as a small count."""

        def find() -> pd.Series:
            frame = self.whole.frame(indicator, period, level)
            return self._small(frame, self.whole.indicator(indicator), level)

        found: pd.Series = self.once(("hidden", indicator, period, level), find)
        return found

    def _series(self, indicator: str, place: str | None) -> pd.DataFrame:
        """Return the figures of one place in each period; none when it is out of reach."""
        frame = self.whole.series(indicator, place)
        top = self.places.index[self.places["level"] == self.levels[0]]
        seen = self.seen(top if place is None else pd.Index([place])).all()
        hidden = pd.Series(not seen, index=frame.index)
        if place is not None and seen and not self.own(pd.Index([place])).all():
            level = str(self.whole.level_of(place))
            shown = [self.frame(indicator, period, level).loc[place] for period in frame.index]
            hidden |= pd.Series([pd.isna(row["numerator"]) for row in shown], index=frame.index)
        return _without(frame, hidden)

    def own(self, keys: pd.Index) -> pd.Series:
        """Return whether the households of each place lie within the scope, by key."""
        return self.scope.filter(pd.Series(keys, index=keys, dtype="str"), "rows")

    def _small(self, frame: pd.DataFrame, indicator: Indicator, level: str) -> pd.Series:
        """Return which foreign places have a count of households that could point at one."""
        hidden = pd.Series(False, index=frame.index)
        if not self.smallest or indicator.adds_up == "none" or not indicator.counted:
            return hidden
        counted, whole = frame["numerator"], frame["denominator"]
        checked = [counted] if indicator.adds_up == "sum" else [counted, whole - counted]
        for counts in checked:
            hidden |= self._small_of(counts, level)
        return hidden

    def _small_of(self, counts: pd.Series, level: str) -> pd.Series:
        """Return which counts of a level are hidden, for themselves or for the place above them."""
        foreign = ~self.own(counts.index) & self.seen(counts.index)
        mine, parents = counts.where(foreign), self.places["parent"].reindex(counts.index)
        hidden = small_counts(mine, self.smallest, parents)
        depth = self.levels.index(level)
        if not depth:
            return hidden
        totals = counts.groupby(parents).sum(min_count=1)
        above = self._small_of(totals, self.levels[depth - 1])
        # The parts of a hidden place, all shown, would add up to it.
        told = parents.map(above).eq(True) & ~hidden.groupby(parents).transform("any")
        rank = mine.where(told).mask(mine.eq(0), np.inf).groupby(parents).rank(method="first")
        return hidden | (rank.eq(1) & told)

    def seen(self, keys: pd.Index) -> pd.Series:
        """Return whether the figures of each place lie within the scope, by key."""
        return self.scope.filter(pd.Series(keys, index=keys, dtype="str"), "figure")


def within_scope(atlas: Atlas, scope: Scope, *, smallest: int = 0) -> Atlas:
    """Return the atlas as a scope lets it be seen; nothing is shared that could carry figures.

    `smallest` is the smallest count of households shown of other people's places; 0 shows all.
    """
    known = {part.name: getattr(atlas, part.name) for part in fields(Atlas) if part.init}
    seen = scope.filter(atlas.values["place"], "figure")
    own = {"values": atlas.values[seen]}
    return ScopedAtlas(**(known | own), whole=atlas, scope=scope, smallest=smallest)


def _without(frame: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Return a frame without the figures of hidden rows, as if nothing had been reported."""
    changes: dict[str, pd.Series] = {
        name: frame[name].mask(hidden) for name in _FIGURES if name in frame
    }
    if "places_with_data" in frame:
        changes["places_with_data"] = frame["places_with_data"].where(~hidden, 0)
    return frame.assign(**changes)
