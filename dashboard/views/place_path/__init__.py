"""The place path: county, township, village, and back by a click."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer
from geodata.escaping import plain_text


class PlacePath(Component):
    """Names from the top down; a click answers with the position of the step."""

    steps = param.List(default=[])


class PlacePathView(Viewer):
    """The path to the place looked at."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.home = [text("overview.home", state.lang)] if len(state.source.views) > 1 else []
        self.trail = PlacePath(steps=self._steps(), sizing_mode="stretch_width")
        self.trail.on_message(self._answer)
        state.param.watch(self._update, ["place"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.trail

    def _keys(self) -> list[str | None]:
        path = list(self.state.atlas.path(self.state.place))
        return [*path] if self.state.root is not None else [None, *path]

    def _steps(self) -> list[str]:
        names = [plain_text(self.state.atlas.name(key), 30) for key in self._keys()]
        return self.home + names

    def _update(self, *events: object) -> None:
        self.trail.steps = self._steps()

    def _answer(self, message: dict[str, object]) -> None:
        keys, index = self._keys(), message.get("index")
        if self.home and index == 0:
            self.state.view = "overview"
            return
        index = index - len(self.home) if type(index) is int else index
        if type(index) is int and 0 <= index < len(keys):
            self.state.go(keys[index])
