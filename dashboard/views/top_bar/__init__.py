"""The beginning of the top line: whose page it is, and the tabs to what can be looked at."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import VIEWS
from dashboard.web.component import Component, Viewer, together
from geodata.escaping import plain_text

_LONGEST = 24


class TopBar(Component):
    """Brand and tabs; those without room stand in a menu. It answers with the key of a tab."""

    brand = param.String(constant=True)
    area = param.String(constant=True)
    tabs = param.List(default=[], constant=True, doc="key, label and whole title of each tab")
    at = param.String(doc="key of the tab of what is looked at")
    texts = param.Dict(default={}, constant=True)


class TopBarView(Viewer):
    """The tabs of a state: its first page where it has one, and its themes."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.bar = TopBar(
            brand=text("top_bar.brand", state.lang),
            area=plain_text(state.atlas.title, _LONGEST),
            tabs=self._tabs(),
            at=self._at(),
            texts={name: text(f"top_bar.{name}", state.lang) for name in ("tabs", "more")},
            sizing_mode="stretch_width",
            margin=0,
        )
        self.bar.on_message(self._answer)
        state.param.watch(self._follow, ["view", "theme"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.bar

    def _tabs(self) -> list[list[str]]:
        state, lang = self.state, self.state.lang
        home = text("matters.home", lang)
        first = [[VIEWS[0], home, home]] if len(state.source.views) > 1 else []
        return first + [
            [key, plain_text(theme.short[lang], _LONGEST), plain_text(theme.title[lang], 60)]
            for key, theme in state.themes.items()
        ]

    def _at(self) -> str:
        state = self.state
        return str(VIEWS[0] if state.view == VIEWS[0] else state.theme)

    def _follow(self, *events: object) -> None:
        self.bar.at = self._at()

    def _answer(self, message: dict[str, object]) -> None:
        key, state = message.get("key"), self.state
        with together():
            if key == VIEWS[0] and key in state.source.views:
                state.view = key
            elif isinstance(key, str) and key in state.themes:
                state.enter(key, state.place)
