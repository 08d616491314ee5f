"""The map: shows the layer of the state, turns clicks and selections into state."""

from __future__ import annotations

import panel as pn

from dashboard.maps.picture import picture
from dashboard.maps.screen import CONTROLS, ScreenMap
from dashboard.state import State
from dashboard.texts import text


class MapView(pn.viewable.Viewer):
    """The map on the screen, bound to one state."""

    def __init__(self, state: State, sources: list[dict[str, str]], script: str) -> None:
        super().__init__()
        self.state = state
        self.screen = ScreenMap(
            script=script,
            sources=sources,
            dark=state.dark,
            texts={name: text(f"map.{name}", state.lang) for name in CONTROLS},
            picture=self._picture(),
            marked=self._marked(),
            sizing_mode="stretch_both",
        )
        self.screen.on_message(self._answer)
        state.param.watch(self._repaint, ["place", "indicator", "period", "level", "classes"])
        state.param.watch(self._select, ["selected"])
        state.param.watch(self._darken, ["dark"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.screen

    def _picture(self) -> dict[str, object]:
        return picture(self.state.atlas, self.state.layer, lang=self.state.lang)

    def _marked(self) -> list[int]:
        """Return the positions of the selected places, or of the village looked at."""
        state = self.state
        keys = list(state.selected)
        if not keys and state.atlas.level_of(state.place) == state.level:
            keys = [state.place]
        return state.atlas.places_in(None, state.level).get_indexer(keys).tolist()

    def _chosen(self) -> str:
        count = len(self.state.selected)
        level = text(f"atlas.{self.state.level}", self.state.lang)
        return text("map.chosen", self.state.lang, count=count, level=level) if count else ""

    def _repaint(self, *events) -> None:
        self.screen.param.update(
            picture=self._picture(), marked=self._marked(), chosen=self._chosen()
        )

    def _select(self, *events) -> None:
        self.screen.param.update(marked=self._marked(), chosen=self._chosen())

    def _darken(self, *events) -> None:
        self.screen.dark = self.state.dark

    def _answer(self, message: dict[str, object]) -> None:
        keys = self.state.atlas.places_in(None, self.state.level)
        kind = message.get("type")
        if kind == "up":
            self.state.up()
        elif kind == "click" and _known(message.get("id"), keys):
            self.state.drill(keys[message["id"]])
        elif kind == "select" and isinstance(message.get("ids"), list):
            self.state.selected = [keys[id_] for id_ in message["ids"] if _known(id_, keys)]


def _known(position: object, keys) -> bool:
    """Return whether what the browser sent is a position of the level."""
    return type(position) is int and 0 <= position < len(keys)
