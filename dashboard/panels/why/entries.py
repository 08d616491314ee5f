"""Below the reasons of a place: its pinned sentences, and decisions about names that did not join."""

from __future__ import annotations

from functools import partial

import panel as pn

from dashboard.entries import ON_PLACE, Entries
from dashboard.people import People
from dashboard.texts import text
from dashboard.views.entry_form import EntryForm
from dashboard.views.folded import folded
from dashboard.web.component import Viewer
from geodata import i18n
from geodata.cartography.coverage import coverage
from geodata.errors import GuatuError
from geodata.escaping import html_text

_CSS = (
    "p{margin:4px 0;padding:8px 12px;border-left:4px solid #0b57d0;font-size:17px}"
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
        else:
            found = coverage(state.atlas, state.indicator, state.period, state.area)
            if found.unmatched_rows:
                choices = {"table_name": {str(row): str(row) for row in found.unmatched_rows}}
        form = EntryForm(self.entries, kind, lang=self.lang, saved=self._show, choices=choices)
        return form.__panel__()

    def _show(self) -> None:
        try:
            found = self.entries.listed("pin") if self.people.place else []
        except GuatuError:
            found = []
        state = self.people.state
        shown = [one for one in found if one.fields.get("period") == state.period]
        self.pinned.object = "".join(
            f"<p>{html_text(one.fields['text'], 500)} "
            f"<small>{html_text(self._by(one), 120)}</small></p>"
            for one in shown
            if one.fields.get("indicator", state.indicator) == state.indicator
        )

    def _by(self, one) -> str:  # type: ignore[no-untyped-def]
        return text("entries.by", self.lang, by=one.by, day=one.at[:10], version=one.version)
