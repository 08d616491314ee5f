"""The household card: a page over the page, printable on A4."""

from __future__ import annotations

from pathlib import Path

import panel as pn

from dashboard.content.blocks import CardContent
from dashboard.session.people import People
from dashboard.views.card.card_html import card_html, life_html
from dashboard.views.card.household_entries import CardEntries
from dashboard.views.sheet_drawer import SheetDrawer
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError
from geodata.escaping import html_text

# No part is cut to the height of the window, over which the next would lie: the card is scrolled.
_WHOLE = (
    ":host{flex:0 0 auto !important;height:auto !important;max-height:none !important} "
    ":host>*{flex:0 0 auto !important;max-height:none !important}"
)
_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")


class CardView(SheetDrawer):
    """The card of the open household; nothing is drawn before one is opened."""

    content: pn.Column

    def __init__(self, people: People) -> None:
        content = pn.Column(stylesheets=[_WHOLE], sizing_mode="stretch_width", margin=0)
        super().__init__(content, style=_STYLE, name="card", state=people.state, whole=True)
        self.people = people
        self._shown: CardContent | None = None
        self._sheet = _html("")
        people.param.watch(self._update, ["household"])
        people.state.param.watch(self._dress, ["dark"])

    def leave(self) -> None:
        """Close the card."""
        self.people.household = ""

    def _update(self, *events: object) -> None:
        people = self.people
        if not people.household:
            # Nothing of a person stays behind a closed card.
            self._shown, self.content.objects = None, []
            self.prints("")
            self.close()
            return
        parts: list[pn.viewable.Viewable]
        try:
            parts = self._parts()
        except GuatuError as error:
            parts = [_html(html_text(page_sentence(error, people.state.lang), 500))]
        self.open()
        self.content.objects = parts

    def _parts(self) -> list[pn.viewable.Viewable]:
        """Return what stands on the card, and give the print button the same."""
        self._shown = self.people.content()
        head, body = card_html(self._shown)
        self.prints(f"<div class='household'>{head}{life_html(self._shown)}{body}</div>")
        entries = CardEntries(self.people, self._update)
        self._sheet = _html("")
        self._dress()
        return [entries.banner, self._sheet, entries.__panel__()]

    def _dress(self, *events: object) -> None:
        """Draw the card in the colours of the page; nothing is read again."""
        if self._shown is None:
            return
        dark = self.people.state.dark
        head, body = card_html(self._shown)
        look = "household dark" if dark else "household"
        self._sheet.object = (
            f"<div class='{look}'>{head}{life_html(self._shown, dark=dark)}{body}</div>"
        )


def _html(content: str) -> pn.pane.HTML:
    return pn.pane.HTML(content, stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(0, 16))
