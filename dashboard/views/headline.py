"""The finding in a sentence, and under it the figure of the shown place itself."""

from __future__ import annotations

import panel as pn

from dashboard.answers.finding import finding_of
from dashboard.state import State
from dashboard.web.component import Viewer
from geodata.escaping import html_text

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
        watched = ["place", "indicator", "period", "level", "classes", "compare", "compared"]
        watched += ["sample", "seed"]
        state.param.watch(self._update, watched)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.pane

    def _content(self) -> str:
        state = self.state
        found = finding_of(state.source, state.shown, state.layer)
        # The heading of a lowest place begins with its figure; it is not said twice.
        said = found.title.startswith(found.sentence)
        second = "" if said else f"<p>{html_text(found.sentence, 400)}</p>"
        return f"<h1>{html_text(found.title, 400)}</h1>{second}"

    def _update(self, *events: object) -> None:
        self.pane.object = self._content()
