"""The address bar: mirrors the state, and gives it back when the reader goes back."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.view import ADDRESS
from dashboard.web.component import Component, Viewer


class Address(Component):
    """The query of the page; while playing it replaces the last step instead of adding one."""

    query = param.String()
    playing = param.Boolean()
    narrow = param.Boolean(doc="whether the window is as narrow as a phone")


class AddressView(Viewer):
    """Keeps address and state equal."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.address = Address(query=state.query, narrow=state.narrow, width=0, height=0, margin=0)
        self.address.on_message(self._answer)
        self.address.param.watch(lambda event: state.param.update(narrow=event.new), "narrow")
        state.param.watch(self._update, [*ADDRESS])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.address

    def _update(self, *events: object) -> None:
        self.address.param.update(playing=self.state.playing, query=self.state.query)

    def _answer(self, message: dict[str, object]) -> None:
        self.state.read(str(message.get("query", "")))
