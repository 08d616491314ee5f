"""The finding in a sentence, and under it the figure of the shown place itself."""

from __future__ import annotations

import dataclasses

import panel as pn

from dashboard.state import State
from dashboard.texts import text
from geodata.cartography import CategoryLayer
from geodata.cartography.headline import headline, whole_figure
from geodata.cartography.words import period_text
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
        whole = whole_figure(state.atlas, state.layer, state.lang)
        if isinstance(layer, CategoryLayer):
            finding, whole = self._clusters(whole)
        else:
            finding = headline(state.atlas, layer, state.lang)
        second = f"<p>{html_text(whole, 400)}</p>" if whole != finding else ""
        return f"<h1>{html_text(finding, 400)}</h1>{second}"

    def _clusters(self, whole: str) -> tuple[str, str]:
        """Return what the hot spots say of the shown place, and why when it is one of them."""
        state, layer = self.state, self.state.layer
        counted = state.hotspots.finding(layer.inside, state.lang)
        title = layer.indicator.title_in(state.lang)
        finding = text(
            "map.hotspot_headline",
            state.lang,
            place=state.atlas.name(state.area),
            period=period_text(layer.period, state.lang),
            indicator=title,
            finding=counted,
        )
        if state.place not in layer.keys:
            return finding, whole
        why = state.hotspots.why(state.place, state.lang)
        named = {"place": state.atlas.name(state.place), "why": why}
        return finding, text("map.hotspot_why", state.lang, **named)

    def _update(self, *events) -> None:
        self.pane.object = self._content()
