"""Places by months as the browser draws them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import panel as pn
import param

from dashboard.answers.month_grid import MonthGrid, grid_of
from dashboard.maps.picture import grounds
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import RANKING
from dashboard.web.component import Component, Viewer
from geodata.cartography.words import period_text, state_text
from geodata.figures import STATES

_FOLLOWED = ["theme", "place", "indicator", "period", "level", "classes", "side"]


class MonthsBoard(Component):
    """Rows of cells in blocks side by side; it answers with the code of a row and a period."""

    grid = param.Dict(default={})
    at = param.List(default=["", ""], doc="place and period looked at")
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, constant=True)


class GridView(Viewer):
    """The grid of a state; asked for when it stands in front."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.grid = MonthsBoard(
            dark=state.dark,
            texts={name: text(f"months.{name}", state.lang) for name in ("part", "hint", "whole")},
            sizing_mode="stretch_both",
            margin=0,
        )
        self._shown: tuple[object, ...] = ()
        self.grid.on_message(self._answer)
        state.param.watch(self._follow, _FOLLOWED)
        state.param.watch(lambda event: self.grid.param.update(dark=event.new), "dark")
        self._follow()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.grid

    def _follow(self, *events: object) -> None:
        state = self.state
        asked = tuple(getattr(state, name) for name in _FOLLOWED[:-1])
        if state.side != "months" or asked == self._shown:
            return
        self._shown = asked
        self.grid.param.update(
            grid=self._drawn(grid_of(state.source, state.shown)),
            at=[state.place or "", state.period],
        )

    def _drawn(self, grid: MonthGrid) -> dict[str, Any]:
        state, lang = self.state, self.state.lang
        indicator = state.atlas.indicator(state.indicator)
        several = len(grid.months) > 1
        said = {
            "title": indicator.title_in(lang),
            "area": state.atlas.name(state.area),
            "period": period_text(state.period, lang),
        }
        ranked = indicator.worse != "none"
        key = "title" if ranked and several else "title_plain" if several else "one"
        states = {cell.state for row in grid.rows for cell in row.cells if cell.state}
        return {
            "title": text(f"months.{key}", lang, **said),
            "months": [
                [
                    one.period,
                    one.title,
                    text("months.missing", lang, count=one.missing) if one.missing else one.figure,
                    one.missing,
                ]
                for one in grid.months
            ],
            "rows": [
                [row.code, row.name, row.above, [list(asdict(c).values()) for c in row.cells]]
                for row in (grid.rows if several else ())
            ],
            "classes": [list(one) for one in grid.classes],
            "states": [[one, state_text(one, lang)] for one in STATES[1:] if one in states],
            "grounds": grounds(),
            "part": any(not cell.whole for row in grid.rows for cell in row.cells),
        }

    def _answer(self, message: dict[str, object]) -> None:
        code, period, state = message.get("code"), message.get("period"), self.state
        known = {row[0] for row in self.grid.grid.get("rows", [])}
        if isinstance(code, str) and code in known and period in state.periods:
            state.go(code)
            state.param.update(period=period, side=RANKING)
