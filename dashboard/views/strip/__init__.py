"""The figures of the theme over the map: a click chooses the indicator, the last cell opens all."""

from __future__ import annotations

from typing import ClassVar

import panel as pn
import param

from dashboard.answers.strip import StripFigure, strip_keys, strip_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import LISTING, VIEWS
from dashboard.views.due_callout import answered_due, due_callout
from dashboard.views.later import later
from dashboard.web.component import Component, Viewer, styles_of, together
from geodata.escaping import plain_text

_LONGEST = 60
_ARROWS = {"up": "▲ ", "down": "▼ ", "slight": "≈ ", "same": "＝ ", "": ""}


class Strip(Component):
    """Cells side by side, one of them chosen, and all indicators by topic; it answers with a key."""

    cells = param.List(default=[])
    at = param.String(doc="key of the indicator that is shown")
    topics = param.List(
        default=[], doc="title, and of each indicator key, title and whether it has a list"
    )
    due = param.Dict(default={}, doc="what is due as of the day; empty until it is known")
    texts = param.Dict(default={}, constant=True)

    _stylesheets: ClassVar[list[str]] = styles_of(__file__, "spark.css", "due.css")


class StripView(Viewer):
    """The strip of a state."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.strip = Strip(
            cells=self._cells(),
            topics=self._topics(),
            texts={name: text(f"strip.{name}", state.lang) for name in ("all", "close", "list")},
            at=state.indicator,
            sizing_mode="stretch_width",
            margin=0,
        )
        self.strip.on_message(self._answer)
        self._due_of: tuple[object, ...] = ()
        later(self._tell_due)
        state.param.watch(self._follow, ["theme", "place", "period"])
        state.param.watch(self._tell_due, ["theme", "place", "period", "on", "view"])
        state.param.watch(self._choose, ["indicator"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.strip

    def _cells(self) -> list[dict[str, object]]:
        return [_cell(figure) for figure in strip_of(self.state.source, self.state.shown)]

    def _topics(self) -> list[list[object]]:
        state = self.state
        topics = state.topics_of(state.theme) or {"": state.indicators_of(state.theme)}
        return [
            [
                plain_text(title, _LONGEST),
                [[key, self._title(key), self._lists(key)] for key in keys],
            ]
            for title, keys in topics.items()
        ]

    def _lists(self, key: str) -> bool:
        return LISTING in self.state.panels and self.state.atlas.indicator(key).lists != ""

    def _title(self, key: str) -> str:
        return plain_text(self.state.atlas.indicator(key).title_in(self.state.lang), _LONGEST)

    def _follow(self, *events: object) -> None:
        at = self.state.indicator
        self.strip.param.update(cells=self._cells(), topics=self._topics(), at=at)

    def _choose(self, *events: object) -> None:
        keys = strip_keys(self.state.source, self.state.shown)
        if keys != tuple(cell["key"] for cell in self.strip.cells):
            self.strip.param.update(cells=self._cells(), at=self.state.indicator)
        else:
            self.strip.at = self.state.indicator

    def _tell_due(self, *events: object) -> None:
        state = self.state
        asked = (state.theme, state.place, state.period, state.on)
        if state.view == VIEWS[1] and asked != self._due_of:
            self._due_of = asked
            self.strip.due = due_callout(state)

    def _answer(self, message: dict[str, object]) -> None:
        if answered_due(self.state, self.strip.due, message):
            return
        key = message.get("key")
        if isinstance(key, str) and key in self.state.indicators_of(self.state.theme):
            with together():
                self.state.choose_indicator(key)
                if message.get("list") is True and self._lists(key):
                    self.state.list_counted()


def _cell(figure: StripFigure) -> dict[str, object]:
    """Return what the browser draws of one figure."""
    return {
        "key": figure.indicator,
        "title": plain_text(figure.title, _LONGEST),
        "number": figure.number,
        "unit": figure.unit,
        "note": figure.note,
        "moved": _ARROWS[figure.way] + figure.moved,
        "course": figure.course,
        "values": list(figure.values),
        "now": figure.now,
        "limit": figure.limit,
        "limit_text": figure.limit_text,
    }
