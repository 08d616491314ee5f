"""Below the reasons of a place: its pinned sentences, and decisions about names that did not join."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import panel as pn

from dashboard.session.entries import ON_PLACE, Entries, written_by
from dashboard.session.people import People
from dashboard.views.entry_form import EntryForm
from dashboard.views.folded import folded
from dashboard.web.component import Viewer
from dashboard.web.markup import filled
from geodata import i18n
from geodata.cartography.coverage import coverage
from geodata.errors import GuatuError

_CSS = (
    "p{margin:4px 0;padding:8px 12px;border-left:4px solid var(--accent);font-size:var(--text)}"
    "small{opacity:.75}"
)


class PlaceEntries(Viewer):
    """Pinned sentences of the place, and the forms its viewer may write."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people, self.entries, self.lang = people, Entries(people), people.state.lang
        self.pinned = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.forms = pn.Column(sizing_mode="stretch_width", margin=0)
        people.state.param.watch(self._follow, ["place", "period", "indicator", "side"])
        self._follow()

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self.pinned, self.forms, sizing_mode="stretch_width", margin=(8, 0))

    def _follow(self, *events: object) -> None:
        if self.people.state.side != "why":
            return
        self._show()
        allowed = [kind for kind in ON_PLACE if self.entries.may_write(kind)]
        parts = {
            i18n.text(f"access.act_{kind}", self.lang): partial(self._form, kind)
            for kind in allowed
        }
        self.forms.objects = [folded(parts)] if parts else []

    def _form(self, kind: str) -> pn.viewable.Viewable:
        state = self.people.state
        choices: dict[str, dict[str, str]] = {}
        if kind == "pin":
            choices = {"period": {state.period: state.period}}
            titles = state.indicators_of(state.theme)
            choices["indicator"] = {
                state.atlas.indicator(key).title_in(self.lang): key for key in titles
            }
        elif kind == "join_decision":
            complete = coverage(state.atlas, state.indicator, state.period, state.area)
            if complete.unmatched_rows:
                choices = {"table_name": {str(row): str(row) for row in complete.unmatched_rows}}
        form = EntryForm(self.entries, kind, lang=self.lang, saved=self._show, choices=choices)
        return form.__panel__()

    def _show(self) -> None:
        try:
            pins = self.entries.listed("pin") if self.people.place else []
        except GuatuError:
            pins = []
        state = self.people.state
        shown = [
            (pin.fields["text"], written_by(pin, self.lang))
            for pin in pins
            if pin.fields.get("period") == state.period
            and pin.fields.get("indicator", state.indicator) == state.indicator
        ]
        self.pinned.object = filled(Path(__file__).with_name("pins.html"), pins=shown)
