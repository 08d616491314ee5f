"""The button that makes a briefing of what is looked at: progress, then a link, or why not."""

from __future__ import annotations

from pathlib import Path

import panel as pn
import panel_material_ui as pmui
from panel.io import PeriodicCallback

from dashboard.briefing.queue import BriefingQueue
from dashboard.session.people import People
from dashboard.texts import text
from dashboard.web.component import Viewer
from dashboard.web.markup import element, filled
from dashboard.web.page_sentence import page_sentence
from geodata.access import refuse_beyond_quota
from geodata.errors import AccessError
from geodata.escaping import plain_text

ROUTE = "briefing"
_FORM = ".pptx"
_EVERY = 700  # milliseconds between two looks at the progress
_CSS = "p { margin: 4px 0; font-size: 15px; } a { font-size: 17px; font-weight: 700; color: inherit; overflow-wrap: anywhere; }"


class BriefingButton(Viewer):
    """Orders a briefing of the shown place, month and theme; one at a time for each page."""

    def __init__(self, people: People, queue: BriefingQueue | None = None) -> None:
        super().__init__()
        self.people = people
        self.queue = queue or BriefingQueue(people.county.setup.config.folder)
        lang = people.state.lang
        self.button = pmui.Button(
            label=text("briefing_button.make", lang),
            icon="slideshow",
            variant="outlined",
            color="default",
            sizing_mode="stretch_width",
        )
        self.bar = pmui.LinearProgress(value=0, visible=False, sizing_mode="stretch_width")
        self.note = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.button.on_click(self._order)
        self.token = ""
        self._watch: PeriodicCallback | None = None

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.button, self.bar, self.note, sizing_mode="stretch_width", margin=0)

    def _order(self, *events: object) -> None:
        people, state = self.people, self.people.state
        verdict = people.actor.allows(people.place, "export")
        if not verdict:
            self.note.object = element("p", verdict.reason(state.lang))
            return
        try:
            refuse_beyond_quota(people.actor, people.guard.trail, people.guard.limits)
        except AccessError as error:
            self.note.object = element("p", page_sentence(error, state.lang))
            return
        most = people.guard.limits.briefings_at_once
        if self.queue.is_busy(people.actor.name, most=most):
            self.note.object = element("p", text("briefing_button.busy", state.lang))
            return
        asked = {
            "month": state.period,
            "place": people.place,
            "themes": [state.theme],
            "each": self._each(),
            "lang": state.lang,
        }
        area = plain_text(state.atlas.name(state.place), 30)
        name = text("briefing_button.file", state.lang, place=area, month=state.period)
        self.token = self.queue.order(people.actor, asked, name=name + _FORM)
        self.button.disabled = self.bar.visible = True
        self.note.object = element("p", text("briefing_button.wait", state.lang))
        self._watch = pn.state.add_periodic_callback(self.look, period=_EVERY)

    def _each(self) -> str:
        """Return the level right below the place, which has a page for each of its places."""
        state = self.people.state
        below = [level for level in state.levels_below(state.place) if level != state.atlas.lowest]
        return below[0] if below and state.atlas.level_of(state.place) != state.atlas.lowest else ""

    def look(self) -> None:
        """Show how far the order is; when it has ended, the link or the reason."""
        lang = self.people.state.lang
        job = self.queue.job(self.token, self.people.actor.name)
        if job is not None and job.state == "running":
            self.bar.value = round(100 * job.done / job.total) if job.total else 0
            return
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        self.button.disabled = self.bar.visible = False
        if job is None or job.state == "failed":
            why = (job.sentence if job else "") or text("briefing_button.failed", lang)
            self.note.object = element("p", why)
            return
        self.note.object = filled(
            Path(__file__).with_name("briefing.html"),
            address=f"{ROUTE}/{self.token}",
            link=text("briefing_button.ready", lang, name=plain_text(job.name, 80)),
            kept=text("briefing_button.kept", lang),
        )
