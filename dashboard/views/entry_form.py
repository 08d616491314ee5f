"""One kind of entry as a form: its fields, saving, and putting two versions together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import panel as pn
import panel_material_ui as pmui

from dashboard.session.entries import Entries
from dashboard.texts import CATALOGUE, text
from dashboard.web.component import Viewer
from dashboard.web.markup import element
from dashboard.web.page_sentence import page_sentence
from geodata import i18n
from geodata.access import Written
from geodata.access.entry_kinds import Field
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_NEW = 0
_CSS = (
    ".said{padding:8px 12px;border-radius:6px;background:#e7f0fe;color:#0b2a5b;font-size:16px}"
    ".fault{background:#fdecea;color:#8c1d18}"
)


FieldWidget = pmui.Select | pmui.TextInput | pmui.TextAreaInput


class EntryForm(Viewer):
    """The form of one kind; `saved` is called after every change that was kept.

    `choices` are the allowed values of fields that are picked from a list, by their titles.
    """

    def __init__(
        self,
        entries: Entries,
        kind: str,
        *,
        lang: str,
        saved: Callable[[], None],
        choices: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__()
        self.entries, self.kind, self.lang, self._saved = entries, kind, lang, saved
        self.seen: dict[int, Written] = {}
        fields = entries.kind(kind).fields
        self.fields = {one.name: self._widget(one, choices or {}) for one in fields}
        self.which = pmui.Select(label=self._text("which"), options={self._text("new"): _NEW})
        self.save = pmui.Button(label=self._text("save"), icon="save", variant="contained")
        self.withdraw = pmui.Button(label=self._text("withdraw"), icon="undo", visible=False)
        self.approve = pmui.Button(label=self._text("approve"), icon="how_to_reg", visible=False)
        self.said = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width")
        self.which.param.watch(lambda event: self._fill(), "value")
        self.save.on_click(lambda event: self._keep())
        self.withdraw.on_click(lambda event: self._keep(withdraw=True))
        self.approve.on_click(lambda event: self._approve())
        self.refresh()

    def __panel__(self) -> pn.viewable.Viewable:
        buttons = pn.Row(self.save, self.withdraw, self.approve)
        parts = [self.which, *self.fields.values(), buttons, self.said]
        return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

    def refresh(self) -> None:
        """List the entries anew, and begin a new one."""
        self.seen = {one.id: one for one in self.entries.listed(self.kind)}
        titles = {f"{one.by} {one.at[:10]} #{one.id}": one.id for one in self.seen.values()}
        self.which.param.update(options={self._text("new"): _NEW, **titles}, value=_NEW)
        self.which.visible = bool(titles)
        self._fill()

    def _fill(self) -> None:
        entry = self.seen.get(self.which.value)
        for name, widget in self.fields.items():
            widget.value = "" if entry is None else entry.fields.get(name, "")
        self.withdraw.visible = entry is not None
        self.approve.visible = entry is not None and self.entries.may_approve(entry)
        self.said.object = ""

    def _keep(self, *, withdraw: bool = False) -> None:
        values = {name: widget.value for name, widget in self.fields.items()}
        entry = self.seen.get(self.which.value)
        try:
            if entry is None:
                kept = self.entries.add(self.kind, values)
            else:
                before = dict(entry.fields) if withdraw else values
                kept = self.entries.change(entry, before, withdraw=withdraw)
        except GuatuError as error:
            self._say(page_sentence(error, self.lang), fault=True)
            self._take_latest(entry)
            return
        self.refresh()
        self._say(self._text("withdrawn" if withdraw else "saved", number=kept.id))
        self._saved()

    def _approve(self) -> None:
        entry = self.seen.get(self.which.value)
        if entry is None:
            return
        try:
            kept = self.entries.approve(entry)
        except GuatuError as error:
            self._say(page_sentence(error, self.lang), fault=True)
            return
        self.refresh()
        self._say(self._text("approved", number=kept.id))
        self._saved()

    def _take_latest(self, entry: Written | None) -> None:
        """Go on from the version that is kept now; what was typed stays in the fields."""
        latest = {one.id: one for one in self.entries.listed(self.kind)}
        if entry is not None and entry.id in latest:
            self.seen[entry.id] = latest[entry.id]

    def _say(self, sentence: str, *, fault: bool = False) -> None:
        kind = "said fault" if fault else "said"
        role = "alert" if fault else "status"
        self.said.object = element("div", sentence, 1200, kind=kind, role=role)

    def _widget(self, one: Field, choices: Mapping[str, Mapping[str, str]]) -> FieldWidget:
        title = i18n.text(f"access.field_{one.name}", self.lang) + (" *" if one.required else "")
        wide = {"label": title, "sizing_mode": "stretch_width"}
        picked = choices.get(one.name)
        if picked is None and one.choices:
            picked = {self._choice(value): value for value in one.choices}
        if picked is not None:
            options = {"": "", **{plain_text(label, 60): value for label, value in picked.items()}}
            return pmui.Select(options=options, value="", **wide)
        if one.type == "day":
            return pmui.TextInput(placeholder="2025-06-30", max_length=10, **wide)
        if one.longest > 100:
            return pmui.TextAreaInput(max_length=one.longest, rows=2, **wide)
        return pmui.TextInput(max_length=one.longest or 100, **wide)

    def _choice(self, value: str) -> str:
        key = f"entries.choice_{value}"
        return text(key, self.lang) if key in CATALOGUE else value

    def _text(self, name: str, **values: object) -> str:
        return text(f"entries.{name}", self.lang, **values)
