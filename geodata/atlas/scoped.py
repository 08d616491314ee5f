"""An atlas as one actor may see it: figures of other places are not reported."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pandas as pd

from geodata.access import Scope
from geodata.atlas.atlas import Atlas
from geodata.figures import Indicator, small_figures
from geodata.figures.totals import PARTS

_FIGURES = ("value", *PARTS)


@dataclass(frozen=True)
class ScopedAtlas(Atlas):
    """The atlas within a scope; `whole` keeps the figures that totals above are made of.

    Names and outlines are public and stay; figures stay where the role's right to figures reaches.
    Outside the places whose households the actor sees, figures of fewer people than `smallest` are
    hidden, and those that would give them away (`small_figures`).
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
        small = self._small(frame, self.whole.indicator(indicator))
        return _without(frame, ~self.seen(frame.index) | small)

    def hidden(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return which places within reach have a figure that is hidden as a small count."""

        def find() -> pd.Series:
            frame = self.whole.frame(indicator, period, level)
            return self._small(frame, self.whole.indicator(indicator))

        found: pd.Series = self.once(("hidden", indicator, period, level), find)
        return found

    def not_applicable(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return in which places within reach nobody is in the scope of an indicator, by key."""
        found = self.whole.not_applicable(indicator, period, level)
        return found & self.seen(found.index) & ~self.hidden(indicator, period, level)

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

    def _small(self, frame: pd.DataFrame, indicator: Indicator) -> pd.Series:
        """Return which foreign places have a figure of so few that it could point at one."""
        if not self._foreign.any():
            return pd.Series(False, index=frame.index)
        return small_figures(
            frame, indicator, self.places["parent"], smallest=self.smallest, checked=self._foreign
        )

    @property
    def _foreign(self) -> pd.Series:
        """Return of which places, by key, figures are seen but no households."""

        def find() -> pd.Series:
            keys = self.places.index
            return ~self.own(keys) & self.seen(keys)

        found: pd.Series = self.once("foreign", find)
        return found

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
