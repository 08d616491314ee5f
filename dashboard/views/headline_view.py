"""The finding in a sentence, and under it the figure of the shown place itself."""

from __future__ import annotations

import panel as pn

from dashboard.answers.taken_in import taken_in_sentence
from dashboard.answers.titles import headline_of
from dashboard.session.state import OF_LAYER, State
from dashboard.web.component import Viewer
from dashboard.web.markup import element

_CSS = """
:host { width: 100%; }
h1 { margin: 0; font-size: calc(clamp(19px, 1.5vw, 32px) * var(--big, 1)); line-height: 1.25; font-weight: 700; word-break: keep-all;
  overflow-wrap: anywhere; text-wrap: balance; }
p { margin: 4px 0 0; font-size: calc(clamp(16px, 1.1vw, 22px) * var(--big, 1)); opacity: 0.85; }
"""


class HeadlineView(Viewer):
    """The title of the page; all of it is text from data and escaped."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.pane = pn.pane.HTML(
            self._content(), stylesheets=[_CSS], sizing_mode="stretch_width", margin=(4, 8)
        )
        state.param.watch(self._update, OF_LAYER)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.pane

    def _content(self) -> str:
        state = self.state
        headline = headline_of(state.source, state.shown, state.layer)
        content = element("h1", headline.title, 400)
        # The heading of a lowest place begins with its figure; it is not said twice.
        if not headline.title.startswith(headline.sentence):
            content += element("p", headline.sentence, 400)
        if taken_in := taken_in_sentence(state.source, state.shown):
            content += element("p", taken_in, 200)
        return content

    def _update(self, *events: object) -> None:
        self.pane.object = self._content()
