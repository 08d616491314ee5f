"""The finding in a sentence, and under it the figure of the shown place itself."""

from __future__ import annotations

import dataclasses

import panel as pn

from dashboard.state import State
from geodata.cartography.headline import headline, whole_figure
from geodata.escaping import html_text

_CSS = """
:host { width: 100%; }
h1 { margin: 0; font-size: clamp(20px, 1.7vw, 36px); line-height: 1.25; font-weight: 700; word-break: keep-all; overflow-wrap: anywhere; }
p { margin: 4px 0 0; font-size: clamp(16px, 1.1vw, 22px); opacity: 0.85; }
"""


class HeadlineView(pn.viewable.Viewer):
    """The title of the page; all of it is text from data and escaped."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.pane = pn.pane.HTML(
            self._content(), stylesheets=[_CSS], sizing_mode="stretch_width", margin=(4, 8)
        )
        watched = ["place", "indicator", "period", "level", "classes"]
        state.param.watch(self._update, watched)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.pane

    def _content(self) -> str:
        state = self.state
        layer = dataclasses.replace(state.layer, place=state.place)
        finding = headline(state.atlas, layer, state.lang)
        whole = whole_figure(state.atlas, state.layer, state.lang)
        second = f"<p>{html_text(whole, 400)}</p>" if whole != finding else ""
        return f"<h1>{html_text(finding, 400)}</h1>{second}"

    def _update(self, *events) -> None:
        self.pane.object = self._content()
