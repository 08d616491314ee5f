"""The household card: a drawer over the page, printable on one sheet of A4."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import panel as pn

from dashboard.charts import stacked
from dashboard.content.blocks import Chart
from dashboard.content.card import part_titles
from dashboard.session.people import People
from dashboard.views.card.card_html import card_html
from dashboard.views.card.household_entries import CardEntries
from dashboard.views.later import later
from dashboard.views.sheet_drawer import SheetDrawer
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
        super().__init__(content, style=_STYLE, name="card", state=people.state)
        self.people = people
        people.param.watch(self._update, ["household"])

    def leave(self) -> None:
        """Close the card."""
        self.people.household = ""

    def _update(self, *events: object) -> None:
        people = self.people
        if not people.household:
            self.close()
            return
        parts: list[pn.viewable.Viewable]
        try:
            parts = self._parts()
        except GuatuError as error:
            parts = [_html(html_text(error.sentence(people.state.lang), 500))]
        # The parts are new each time: a chart that is changed while hidden loses its layout.
        self.open()
        self.content.objects = parts

    def _parts(self) -> list[pn.viewable.Viewable]:
        """Return what stands on the card, and give the print button the same.

        The words go first; the chart, which takes longer, follows in their middle.
        """
        content = self.people.content()
        head, body = card_html(content)
        self.prints(f"{head}<div id='chart'></div>{body}")
        amounts = next(one.amounts for one in content.blocks if isinstance(one, Chart))
        entries = CardEntries(self.people, self._update)
        if amounts.empty:
            return [entries.banner, _html(head), _html(body), entries.__panel__()]
        space = pn.Column(height=230, sizing_mode="stretch_width", margin=(0, 16))
        later(lambda: self._draw(space, amounts, self.people.household))
        return [entries.banner, _html(head), space, _html(body), entries.__panel__()]

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
