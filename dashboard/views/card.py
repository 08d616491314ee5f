"""The household card: a drawer over the page, printable on one sheet of A4."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from dashboard.charts import stacked
from dashboard.content.blocks import Chart
from dashboard.content.card import part_titles
from dashboard.people import People
from dashboard.texts import text
from dashboard.views.card_entries import CardEntries
from dashboard.views.card_text import card_html
from dashboard.views.later import later
from dashboard.views.print_button import PrintButton
from dashboard.views.sheet_drawer import sheet_drawer
from dashboard.web.component import Viewer
from geodata.errors import GuatuError
from geodata.escaping import html_text

# No part is cut to the height of the window, over which the next would lie: the card is scrolled.
_WHOLE = (
    ":host{flex:0 0 auto !important;height:auto !important;max-height:none !important} "
    ":host>*{flex:0 0 auto !important;max-height:none !important}"
)
_STYLE = Path(__file__).with_name("card.css").read_text(encoding="utf-8")


class CardView(Viewer):
    """The card of the open household; nothing is drawn before one is opened."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people
        self.content = pn.Column(stylesheets=[_WHOLE], sizing_mode="stretch_width", margin=0)
        self.print: PrintButton | None = None
        self.drawer: pmui.Drawer | None = None
        self.space = pn.Column(margin=0)
        people.param.watch(self._update, ["household"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.space

    def _make(self) -> None:
        """Make the drawer, which most pages never open."""
        people, lang = self.people, self.people.state.lang
        self.print = PrintButton(
            label=text("card.print", lang), style=_STYLE, width=120, margin=(8, 16)
        )
        self.drawer = sheet_drawer(
            self.print,
            self.content,
            close=text("card.close", lang),
            leave=lambda: people.param.update(household=""),
        )
        self.space.objects = [self.drawer]

    def _update(self, *events: object) -> None:
        people, lang = self.people, self.people.state.lang
        if self.drawer is None and people.household:
            self._make()
        if not people.household:
            if self.drawer is not None:
                self.drawer.open = False
            return
        try:
            shown = self._parts()
        except GuatuError as error:
            shown = [_html(html_text(error.sentence(lang), 500))]
        # The parts are new each time: a chart that is changed while hidden loses its layout.
        self.drawer.open = True
        self.content.objects = shown

    def _parts(self) -> list[pn.viewable.Viewable]:
        """Return what stands on the card, and give the print button the same.

        The words go first; the chart, which takes longer, follows in their middle.
        """
        content = self.people.content()
        head, body = card_html(content)
        self.print.content = f"{head}<div id='chart'></div>{body}"
        amounts = next(one.amounts for one in content.blocks if isinstance(one, Chart))
        entries = CardEntries(self.people, self._update)
        if amounts.empty:
            return [entries.banner, _html(head), _html(body), entries]
        space = pn.Column(height=230, sizing_mode="stretch_width", margin=(0, 16))
        later(lambda: self._draw(space, amounts, self.people.household))
        return [entries.banner, _html(head), space, _html(body), entries]

    def _draw(self, space: pn.Column, amounts: pd.DataFrame, household: str) -> None:
        people = self.people
        if people.household != household:
            return
        order = list(part_titles(people.state.lang).values())
        chart = stacked.draw(amounts, order=order, dark=people.state.dark)
        shown = {"height": 230, "css_classes": ["card-chart"], "sizing_mode": "stretch_width"}
        space.objects = [pn.pane.HoloViews(chart, margin=0, **shown)]


def _html(content: str) -> pn.pane.HTML:
    return pn.pane.HTML(content, stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(0, 16))
