"""Why a place stands out: one sentence, and the rules behind it with counts, worst first."""

from __future__ import annotations

import pandas as pd
import panel as pn

from dashboard.people import People
from dashboard.texts import text
from dashboard.views.place_entries import PlaceEntries
from dashboard.views.sheet import Sheet, row_of
from geodata.errors import GuatuError
from geodata.escaping import html_text, plain_text

_CSS = "p { margin: 0 0 10px; font-size: clamp(17px, 1.15vw, 24px); line-height: 1.5; }"
_WATCHED = ["place", "indicator", "period", "side", "presenting"]


class WhyView(pn.viewable.Viewer):
    """The sentence and the rules; a click on a rule lists the households that break it."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people, self.rules = people, []
        self.sentence = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.sheet = Sheet(dark=people.state.dark, sizing_mode="stretch_both", margin=0)
        self.sheet.on_message(self._answer)
        self.written = PlaceEntries(people)
        people.state.param.watch(self._update, _WATCHED)
        people.state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        parts = [self.sentence, self.sheet, self.written]
        return pn.Column(*parts, sizing_mode="stretch_both", margin=0, scroll=True)

    def _update(self, *events) -> None:
        state = self.people.state
        if state.side != "why":
            return
        try:
            why = self.people.why
        except GuatuError as error:
            self._show(error.sentence(state.lang), None)
            return
        if why is None:
            self._show(text("why.choose", state.lang), None)
        else:
            self._show(why.sentence, why.rules)

    def _show(self, sentence: str, rules: pd.DataFrame | None) -> None:
        lang = self.people.state.lang
        self.sentence.object = f"<p>{html_text(sentence, 1000)}</p>"
        self.rules = [] if rules is None else list(rules["rule"])
        names = ("rule", "yes", "change", "unknown")
        columns = [
            {"label": text(f"why.{name}", lang), "kind": "text" if name == "rule" else "number"}
            for name in names
        ]
        rows = [] if rules is None else [_row(row) for row in rules.itertuples(index=False)]
        note = text("why.click" if rows else "why.none", lang)
        title = text("why.rules", lang)
        self.sheet.table = {"title": title, "note": note, "columns": columns, "rows": rows}

    def _answer(self, message: dict[str, object]) -> None:
        index = row_of(message, len(self.rules))
        if index is not None:
            self.people.state.filter_rule(self.rules[index])


def _row(row) -> dict[str, object]:
    change = "" if pd.isna(row.change) else f"{row.change:+,.0f}".replace("+0", "0")
    cells = [plain_text(row.title, 80), f"{row.yes:,.0f}", change, f"{row.unknown:,.0f}"]
    return {"cells": cells, "mark": row.severity}
