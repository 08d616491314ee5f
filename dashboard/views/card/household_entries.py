"""Below the card: reading it in full for a reason, and what people wrote about the household."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import panel as pn
import panel_material_ui as pmui

from dashboard.session.entries import ON_CARD, Entries, written_by
from dashboard.session.people import People
from dashboard.texts import text
from dashboard.views.entry_form import EntryForm
from dashboard.views.folded import folded
from dashboard.web.component import Viewer
from dashboard.web.markup import element, filled
from dashboard.web.page_sentence import page_sentence
from geodata import i18n
from geodata.access import GROUNDS, Written
from geodata.access.writes import PROPOSED
from geodata.errors import GuatuError

_CSS = (
    ".glass{padding:10px 14px;border-radius:6px;background:#b3261e;color:#fff;font-size:18px;"
    "font-weight:600} .fault{padding:8px 12px;background:#fdecea;color:#8c1d18}"
    "h2{margin:14px 0 4px} li{margin:4px 0;font-size:16px} small{opacity:.75}"
)


class CardEntries(Viewer):
    """The banner and the entries of the open household; `reload` draws the card again."""

    def __init__(self, people: People, reload: Callable[[], None]) -> None:
        super().__init__()
        household, place = people.opened
        self.entries = Entries(people, household=household, place=place)
        self.lang, self._reload, self._people = people.state.lang, reload, people
        self.limits = people.guard.limits
        self.banner = _html("")
        self.list = _html("")
        self.reason = pmui.TextInput(
            label=self._text("reason", least=self.limits.reason_length),
            max_length=200,
            sizing_mode="stretch_width",
        )
        grounds = {i18n.text(f"access.ground_{name}", self.lang): name for name in GROUNDS}
        self.ground = pmui.Select(
            label=self._text("ground"), options={"": "", **grounds}, value="", width=220
        )
        self.open = pmui.Button(label=self._text("unmask"), icon="visibility")
        self.fault = _html("")
        self.open.on_click(lambda event: self._unmask())
        self.forms = {
            kind: partial(self._form, kind) for kind in ON_CARD if self.entries.may_write(kind)
        }
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        glass = pn.Row(self.ground, self.reason, self.open, sizing_mode="stretch_width")
        glass.visible = self.entries.may_unmask() and not self.banner.object
        titles = {i18n.text(f"access.act_{kind}", self.lang): m for kind, m in self.forms.items()}
        parts = [glass, self.fault, self.list, *([folded(titles)] if titles else [])]
        return pn.Column(*parts, sizing_mode="stretch_width", margin=(0, 16, 24, 16))

    def _form(self, kind: str) -> pn.viewable.Viewable:
        choices = self._choices(self._people, kind)
        form = EntryForm(self.entries, kind, lang=self.lang, saved=self._update, choices=choices)
        return form.__panel__()

    def _choices(self, people: People, kind: str) -> dict[str, dict[str, str]]:
        rules = people.county.setup.rules
        titles = {r.title[self.lang]: key for key, r in rules.items() if r.subject == "household"}
        return {"rule": titles} if kind == "exemption" else {}

    def _update(self) -> None:
        grant = self.entries.grant()
        until = "" if grant is None else grant.until.astimezone().strftime("%H:%M")
        said = self._text("glass", until=until)
        self.banner.object = element("div", said, kind="glass", role="alert") if grant else ""
        parts = [self._part(kind) for kind in ON_CARD]
        self.list.object = "".join(parts)

    def _part(self, kind: str) -> str:
        try:
            entries = self.entries.listed(kind)
        except GuatuError as error:
            return element("p", page_sentence(error, self.lang))
        if not entries:
            return ""
        lines = [(self._said(one), written_by(one, self.lang)) for one in entries]
        title = self._text(f"title_{kind}")
        return filled(Path(__file__).with_name("entries.html"), title=title, lines=lines)

    def _said(self, one: Written) -> str:
        waits = self._text("proposed") if one.state == PROPOSED else ""
        return waits + "；".join(one.fields.values())

    def _unmask(self) -> None:
        try:
            self.entries.unmask(self.ground.value or "", self.reason.value or "")
        except GuatuError as error:
            said = page_sentence(error, self.lang)
            self.fault.object = element("div", said, kind="fault", role="alert")
            return
        self._reload()

    def _text(self, name: str, **values: object) -> str:
        return text(f"entries.{name}", self.lang, **values)


def _html(content: str) -> pn.pane.HTML:
    return pn.pane.HTML(content, stylesheets=[_CSS], sizing_mode="stretch_width", margin=(4, 0))
