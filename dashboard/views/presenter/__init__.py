"""Presenting: starts and leaves it, goes along the stops, keeps the list of them."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import param

from dashboard.answers.titles import headline_of
from dashboard.session.state import State
from dashboard.session.stops import Stops
from dashboard.texts import text
from dashboard.view import RANKING
from dashboard.web.component import Component, Viewer
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_WORDS = ("start", "add", "list", "leave", "previous", "next", "remove", "none")
_LONGEST = 120


class Presenter(Component):
    """A bar with the sentences of the stops; it answers start, leave, next, previous, add, go, remove."""

    stops = param.List(default=[])
    at = param.Integer(default=-1)
    presenting = param.Boolean(default=False)
    note = param.String()
    texts = param.Dict(default={}, constant=True)


class PresenterView(Viewer):
    """The bar, bound to one state and its stops; no stop names a person."""

    def __init__(self, state: State, stops: Stops) -> None:
        super().__init__()
        self.state, self.stops = state, stops
        self.bar = Presenter(
            presenting=state.presenting,
            stops=self._sentences(),
            texts={name: text(f"presenter.{name}", state.lang) for name in _WORDS},
            margin=(0, 4),
            align="center",
        )
        self.bar.on_message(self._answer)
        state.param.watch(lambda event: self.bar.param.update(presenting=event.new), "presenting")

    def __panel__(self) -> pn.viewable.Viewable:
        return self.bar

    def _answer(self, message: dict[str, object]) -> None:
        kind, index = message.get("type"), message.get("index")
        state, at = self.state, self.bar.at
        if kind == "start":
            self.bar.note = ""
            state.choose_side(RANKING)
            state.presenting = True
        elif kind == "leave":
            state.presenting = False
        elif kind in ("next", "previous"):
            self._go(at + 1 if kind == "next" else at - 1)
        elif kind == "go" and type(index) is int:
            self._go(index)
        elif kind == "add":
            self._change(lambda: self.stops.add(self._sentence()), "added")
        elif kind == "remove" and type(index) is int:
            self._change(lambda: self.stops.remove(index), "removed")

    def _go(self, index: int) -> None:
        """Show a stop; before the first and after the last nothing moves."""
        stops = self.stops.all
        if not 0 <= index < len(stops):
            return
        state = self.state
        kept = f"&lang={state.lang}&dark={int(state.dark)}&presenting={int(state.presenting)}"
        state.read(stops[index].address + kept)
        self.bar.param.update(at=index, stops=self._sentences())

    def _change(self, change: Callable[[], None], said: str) -> None:
        try:
            change()
            note = text(f"presenter.{said}", self.state.lang)
        except GuatuError as error:
            note = error.sentence(self.state.lang)
        self.bar.param.update(stops=self._sentences(), note=plain_text(note, 300), at=-1)

    def _sentences(self) -> list[str]:
        return [plain_text(stop.sentence, _LONGEST) for stop in self.stops.all]

    def _sentence(self) -> str:
        """Return the finding of this moment, as the headline says it."""
        state = self.state
        if state.view == "overview":
            return text(
                "matters.presented", state.lang, area=state.atlas.title, period=state.period
            )
        return headline_of(state.source, state.shown, state.layer).title
