"""What is chosen in the top line: the month, the language, light or dark."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import VIEWS
from dashboard.web.component import Component, Viewer, together
from geodata.cartography.words import period_text


class BarTools(Component):
    """A list of months and two switches; it answers with a period, or that a switch was used."""

    months = param.List(default=[], doc="period and its name, the last one first")
    period = param.String()
    switches = param.Boolean(default=True, constant=True, doc="whether the language can be changed")
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, constant=True)


class BarToolsView(Viewer):
    """The tools of a state; `served` tells that there is an address, so that the language can change."""

    def __init__(self, state: State, *, served: bool) -> None:
        super().__init__()
        self.state = state
        words = {name: text(f"bar_tools.{name}", state.lang) for name in ("month", "dark", "light")}
        words["language"] = text("page.other_language", state.lang)
        self.tools = BarTools(
            months=self._months(),
            period=state.period,
            switches=served,
            dark=state.dark,
            texts=words,
            margin=0,
        )
        self.tools.on_message(self._answer)
        state.param.watch(self._follow, ["view", "indicator", "period", "dark"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.tools

    def _months(self) -> list[list[str]]:
        """Return the periods of the indicator; none on the first page, which has its own."""
        state = self.state
        if state.view == VIEWS[0] or len(state.periods) < 2:
            return []
        return [[period, period_text(period, state.lang)] for period in reversed(state.periods)]

    def _follow(self, *events: object) -> None:
        state = self.state
        self.tools.param.update(months=self._months(), period=state.period, dark=state.dark)

    def _answer(self, message: dict[str, object]) -> None:
        state, kind, period = self.state, message.get("type"), message.get("period")
        with together():
            if kind == "month" and period in state.periods:
                state.period = period
            elif kind == "dark":
                state.dark = not state.dark
            elif kind == "language" and self.tools.switches:
                # The page is loaded anew in it.
                state.lang = "en" if state.lang == "zh" else "zh"
