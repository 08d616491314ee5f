"""Sites, workshops and works on the map, as one viewer may see them: through the reader of access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.session.state import State
from geodata.access import Actor, Guard, Request
from geodata.kept import Kept
from geodata.rules import Rule
from geodata.themes import Points
from geodata.workspace import Workspace
from geodata.workspace.points import (
    FeatureValue,
    broken_rules,
    scorecard,
    side_by_side,
    theme_points,
    zones_of,
)


@dataclass(frozen=True)
class Chosen:
    """The point looked at: its row, kind, features, the rules it breaks and what it serves."""

    row: pd.Series
    kind: Points
    features: Mapping[str, FeatureValue]
    rules: tuple[Rule, ...]
    zones: pd.DataFrame


class PointsSeen:
    """The points of the shown theme and month; read once for each."""

    def __init__(self, state: State, county: Workspace, actor: Actor, guard: Guard) -> None:
        self.state, self.county = state, county
        self._actor, self._guard = actor, guard
        self._points, self._columns = Kept(1), Kept(8)

    @property
    def kinds(self) -> tuple[Points, ...]:
        """Return the kinds of points of the shown theme."""
        state = self.state
        return state.themes[state.theme].points if state.theme in state.themes else ()

    @property
    def rows(self) -> pd.DataFrame:
        """Return every point of the theme in the month; columns of `theme_points`."""
        state = self.state
        theme, rules = state.themes[state.theme], self.county.setup.rules
        return self._points.once(
            (state.theme, state.period),
            lambda: theme_points(theme, self._read, state.atlas, rules, state.period),
        )

    def columns(self, kind: Points) -> pd.DataFrame:
        """Return what stands side by side of the points of a kind, by key; read once for a month."""
        state = self.state
        return self._columns.once(
            (kind.table, state.period),
            lambda: side_by_side(state.themes[state.theme], kind, self._read),
        )

    @property
    def inside(self) -> pd.DataFrame:
        """Return the points within the area that the map shows."""
        atlas, rows = self.state.atlas, self.rows
        return rows[rows["place"].isin(atlas.places_in(self.state.area, atlas.lowest))]

    @property
    def chosen(self) -> Chosen | None:
        """Return the point looked at, or None when there is none or it is out of reach."""
        table, _, key = self.state.point.partition(":")
        rows = self.rows
        points = rows[(rows["kind"] == table) & (rows["key"] == key)]
        if points.empty:
            return None
        kind = next(one for one in self.kinds if one.table == table)
        theme, rules = self.state.themes[self.state.theme], self.county.setup.rules
        broken = broken_rules(kind, key, self._read)
        return Chosen(
            points.iloc[0],
            kind,
            scorecard(theme, kind, key, self._read),
            tuple(rules[one] for one in broken if one in rules),
            zones_of(kind, key, self._read),
        )

    def _read(self, request: Request) -> pd.DataFrame:
        door = self.county.places(self.state.period, actor=self._actor, guard=self._guard)
        return door.rows(request).frame
