"""An atlas as one actor may see it: figures of other places are not reported."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pandas as pd

from geodata.access import Scope
from geodata.atlas.atlas import Atlas

_FIGURES = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class ScopedAtlas(Atlas):
    """The atlas within a scope; `whole` keeps the figures that totals above are made of.

    Names and outlines are public and stay; figures stay where the role's right to figures reaches.
    """

    whole: Atlas = field(kw_only=True, repr=False)
    scope: Scope = field(kw_only=True)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods of the whole atlas, so that every page has the same months."""
        return self.whole.periods

    def frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        """Return every place of a level; those out of reach have no figure and no coverage."""
        frame = self.whole.frame(indicator, period, level)
        hidden = ~self.seen(frame.index)
        return _without(frame, hidden)

    def series(self, indicator: str, place: str | None) -> pd.DataFrame:
        """Return the figures of one place in each period; none when it is out of reach."""
        frame = self.whole.series(indicator, place)
        top = self.places.index[self.places["level"] == self.levels[0]]
        seen = self.seen(top if place is None else pd.Index([place])).all()
        return _without(frame, pd.Series(not seen, index=frame.index))

    def seen(self, keys: pd.Index) -> pd.Series:
        """Return whether the figures of each place lie within the scope, by key."""
        return self.scope.filter(pd.Series(keys, index=keys, dtype="str"), "figure")


def within_scope(atlas: Atlas, scope: Scope) -> Atlas:
    """Return the atlas as a scope lets it be seen; nothing is shared that could carry figures."""
    known = {part.name: getattr(atlas, part.name) for part in fields(Atlas)}
    seen = scope.filter(atlas.values["place"], "figure")
    own = {"values": atlas.values[seen], "_known": {}}
    return ScopedAtlas(**(known | own), whole=atlas, scope=scope)


def _without(frame: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Return a frame without the figures of hidden rows, as if nothing had been reported."""
    changes: dict[str, pd.Series] = {
        name: frame[name].mask(hidden) for name in _FIGURES if name in frame
    }
    if "places_with_data" in frame:
        changes["places_with_data"] = frame["places_with_data"].where(~hidden, 0)
    return frame.assign(**changes)
