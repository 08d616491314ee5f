"""What stands in a corner of the map: the way back to the places above, the finding in few words, and its figure."""

from __future__ import annotations

import panel as pn
import param

from dashboard.answers.taken_in import taken_in_sentence
from dashboard.answers.titles import headline_of
from dashboard.session.state import OF_LAYER, State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer
from geodata.escaping import plain_text

_LONGEST = 400


class HeadlineBox(Component):
    """A path of places, a heading and a line under it; a click answers with the position of a place."""

    steps = param.List(default=[], doc="names from the top down; the last is the place looked at")
    title = param.String()
    sentence = param.String()
    note = param.String()
    texts = param.Dict(default={}, constant=True)


class HeadlineView(Viewer):
    """The headline of a state."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.headline = HeadlineBox(
            texts={"path": text("headline.path", state.lang)}, margin=0, **self._content()
        )
        self.headline.on_message(self._answer)
        state.param.watch(self._update, OF_LAYER)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.headline

    def _content(self) -> dict[str, object]:
        state = self.state
        headline = headline_of(state.source, state.shown, state.layer)
        return {
            "steps": [plain_text(state.atlas.name(key), 30) for key in self._keys()],
            "title": plain_text(headline.short, _LONGEST),
            "sentence": plain_text(headline.line, _LONGEST),
            "note": plain_text(taken_in_sentence(state.source, state.shown), _LONGEST),
        }

    def _keys(self) -> list[str | None]:
        path = list(self.state.atlas.path(self.state.place))
        return [*path] if self.state.root is not None else [None, *path]

    def _update(self, *events: object) -> None:
        self.headline.param.update(**self._content())

    def _answer(self, message: dict[str, object]) -> None:
        keys, index = self._keys(), message.get("index")
        if type(index) is int and 0 <= index < len(keys):
            self.state.go(keys[index])
