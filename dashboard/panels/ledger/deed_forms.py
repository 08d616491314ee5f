"""Below the wall: what may be written about the problems of a village, and where a delivery says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import panel as pn

from dashboard.answers.ledger import LedgerWall
from dashboard.session.entries import Entries
from dashboard.session.people import People
from dashboard.texts import text
from dashboard.views.entry_form import EntryForm
from dashboard.views.folded import folded
from dashboard.web.component import Viewer
from dashboard.web.markup import filled
from geodata import i18n
from geodata.escaping import plain_text
from geodata.workspace.deed_conflicts import month_conflicts

# Of the ledger, in the order in which they follow.
KINDS = ("assignment", "work_step", "acceptance", "closing", "reopening")
_CSS = "td,th{padding:3px 10px 3px 0;text-align:left;vertical-align:top}th{color:var(--soft)}"


class DeedForms(Viewer):
    """The forms of the village looked at; `wall` gives the wall, `saved` is called after each entry."""

    def __init__(
        self, people: People, wall: Callable[[], LedgerWall | None], saved: Callable[[], None]
    ) -> None:
        super().__init__()
        self.people, self._wall, self._saved = people, wall, saved
        self.lang = people.state.lang
        self.column = pn.Column(sizing_mode="stretch_width", margin=0, visible=False)
        people.state.param.watch(self.follow, ["place", "theme", "presenting", "side"])
        self.follow()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.column

    def follow(self, *events: object) -> None:
        """Offer what may be written where one village is looked at; on a projector nothing."""
        state, place = self.people.state, self.people.place
        atlas = state.atlas
        shown = state.side == "ledger" and not state.presenting
        village = shown and bool(place) and atlas.level_of(place) == atlas.lowest
        entries = Entries(self.people, place=place)
        allowed = [kind for kind in KINDS if village and entries.may_write(kind)]
        parts: dict[str, Callable[[], pn.viewable.Viewable]] = {
            i18n.text(f"access.act_{kind}", self.lang): partial(self._form, entries, kind)
            for kind in allowed
        }
        if allowed:
            parts[text("ledger.otherwise", self.lang)] = self._otherwise
        self.column.objects = [folded(parts)] if parts else []
        self.column.visible = bool(parts)

    def _form(self, entries: Entries, kind: str) -> pn.viewable.Viewable:
        wall = self._wall()
        codes = {
            f"{plain_text(one.title, 40)} {one.code}": one.code
            for one in (wall.entries if wall is not None else ())
            if one.place == self.people.place
        }
        # What is closed already is named by its number.
        choices = {"problem_code": codes} if codes and kind != "reopening" else {}
        form = EntryForm(entries, kind, lang=self.lang, saved=self._saved, choices=choices)
        return form.__panel__()

    def _otherwise(self) -> pn.viewable.Viewable:
        """Return beside each other what was written here and what was delivered of the same deed."""
        state, setup = self.people.state, self.people.county.setup
        wall = self._wall()
        codes = {one.code for one in (wall.entries if wall else ()) if one.place == state.place}
        lines = [
            (
                " ".join(plain_text(part, 40) for part in one.match if part),
                setup.tables[one.table].columns[one.column].title[self.lang],
                plain_text(one.entered, 200),
                plain_text(one.delivered, 200),
            )
            for one in month_conflicts(setup, state.period)
            if one.match[0] in codes
        ]
        heads = [text(f"ledger.{name}", self.lang) for name in ("deed", "field", "here", "sent")]
        none = "" if lines else text("ledger.nothing_otherwise", self.lang)
        file = Path(__file__).with_name("otherwise.html")
        told = filled(file, heads=heads, lines=lines, none=none)
        return pn.pane.HTML(told, stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
