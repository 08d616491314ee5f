"""An atlas as one actor may see it: figures of other places are not reported."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property

import pandas as pd

from geodata.access import Scope
from geodata.atlas.atlas import Atlas
from geodata.figures import SmallFigures
from geodata.figures.totals import PARTS

_FIGURES = ("value", *PARTS)
_COVERAGE = ("missing", "subjects")


@dataclass(frozen=True)
class ScopedAtlas(Atlas):
    """The atlas within a scope; `whole` keeps the figures that totals above are made of.

    Names and outlines are public and stay; figures stay where the role's right to figures reaches.
    Outside the places whose households the actor sees, figures of fewer people than `smallest` are
    hidden, and those that would give them away (`SmallFigures`).
    """

    whole: Atlas = field(kw_only=True, repr=False)
    scope: Scope = field(kw_only=True)
    smallest: int = field(default=0, kw_only=True)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods of the whole atlas, so that every page has the same months."""
        return self.whole.periods

    def periods_of(self, indicator: str) -> tuple[str, ...]:
        """Return the periods in which an indicator has a figure of a place within reach."""

        def find() -> tuple[str, ...]:
            rows = self.whole._rows(indicator)
            rows = rows[rows["numerator"].notna() & self.seen(pd.Index(rows["place"])).to_numpy()]
            return tuple(sorted(rows["period"].unique()))

        return self.once(("periods", indicator), find)

    @cached_property
    def small(self) -> SmallFigures:
        """Return which figures of the whole are of too few to be seen within the scope."""
        keys = self.places.index
        return SmallFigures(self.whole, self.own(keys), self.seen(keys), self.smallest)

    def prepare(self, period: str) -> None:
        """Work out beforehand which figures of a period are hidden, for whoever looks first."""
        for indicator in self.indicators:
            self.small.coverage(indicator, period)

    def reported(self, indicator: str, level: str) -> pd.DataFrame:
        """Return which places within reach sent what an indicator is made of, by period."""
        reported = self.whole.reported(indicator, level)
        return reported[self.seen(reported.index)].reindex(reported.index, fill_value=False)

    def _frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        """Return every place of a level; those out of reach have no figure and no coverage."""
        frame = self.whole.frame(indicator, period, level)
        untold = self.small.coverage(indicator, period)[frame.index]
        hidden = ~self.seen(frame.index) | self.hidden(indicator, period, level)
        return _without(frame, hidden, untold)

    def _there(self, level: str, period: str) -> pd.Series:
        """Return whether there was each place, as the whole atlas knows it."""
        return self.whole._there(level, period)

    def hidden(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return which places within reach have a figure that is hidden as a small count.

        Also one of nobody, where that nobody is in question would tell a hidden count of zero.
        """
        return self.small.figures(indicator, period)[self.places_in(None, level)]

    def not_applicable(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return in which places within reach nobody is in the scope of an indicator, by key."""
        marks = self.whole.not_applicable(indicator, period, level)
        return marks & self.seen(marks.index) & ~self.hidden(indicator, period, level)

    def _series(self, indicator: str, place: str | None) -> pd.DataFrame:
        """Return the figures of one place in each period; none when it is out of reach."""
        frame = self.whole.series(indicator, place)
        tops = self.places_in(None, self.levels[0]) if place is None else pd.Index([place])
        unseen, periods = not self.seen(tops).all(), list(frame.index)
        few = [unseen or self.small.figures(indicator, one)[tops].any() for one in periods]
        untold = [unseen or self.small.coverage(indicator, one)[tops].any() for one in periods]
        hidden, uncovered = (pd.Series(one, index=frame.index) for one in (few, untold))
        return _without(frame, hidden, uncovered)

    def _totals(self, indicator: str) -> pd.DataFrame:
        """Return the columns of `frame` of all levels and periods; index place and period."""
        frames = {
            period: pd.concat([self.frame(indicator, period, level) for level in self.levels])
            for period in self.periods
        }
        return pd.concat(frames, names=["period", "place"]).swaplevel()

    def own(self, keys: pd.Index) -> pd.Series:
        """Return whether the households of each place lie within the scope, by key."""
        return self.scope.filter(pd.Series(keys, index=keys, dtype="str"), "rows")

    def seen(self, keys: pd.Index) -> pd.Series:
        """Return whether the figures of each place lie within the scope, by key."""
        return self.scope.filter(pd.Series(keys, index=keys, dtype="str"), "figure")


def within_scope(atlas: Atlas, scope: Scope, *, smallest: int = 0) -> ScopedAtlas:
    """Return the atlas as a scope lets it be seen; nothing is shared that could carry figures.

    `smallest` is the smallest count of households shown of other people's places; 0 shows all.
    """
    known = {part.name: getattr(atlas, part.name) for part in fields(Atlas) if part.init}
    seen = scope.filter(atlas.values["place"], "figure")
    # Of other people's places no raw count is here: it comes through `frame`, or not at all.
    near = seen & scope.filter(atlas.values["place"], "rows")
    own = {"values": atlas.values[near], "tables": {}}
    return ScopedAtlas(**(known | own), whole=atlas, scope=scope, smallest=smallest)


def _without(frame: pd.DataFrame, hidden: pd.Series, untold: pd.Series) -> pd.DataFrame:
    """Return a frame without the figures of hidden rows, as if nothing had been reported.

    Of `untold` rows it is not told how many were judged.
    """
    gone = {part: hidden | untold if part in _COVERAGE else hidden for part in _FIGURES}
    changes: dict[str, pd.Series] = {part: frame[part].mask(gone[part]) for part in _FIGURES}
    changes["places_with_data"] = frame["places_with_data"].where(~hidden, 0)
    return frame.assign(**changes)
