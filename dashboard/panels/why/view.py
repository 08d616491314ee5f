"""Why a place stands out: a few lines, and the rules behind it with counts, its own first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import panel as pn
from param.parameterized import Event

from dashboard.panels.why.composition_chart import composition_charts
from dashboard.panels.why.place_entries import PlaceEntries
from dashboard.session.people import People
from dashboard.texts import text
from dashboard.views.later import later
from dashboard.views.text_table import TextTable, row_of
from dashboard.web.component import Viewer, together
from dashboard.web.failed_part import failed_part
from dashboard.web.markup import element
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError, ScopeError
from geodata.escaping import plain_text
from geodata.workspace.why import Why

_CSS = """
p { margin: 0 0 4px; font-size: clamp(17px, 1.2vw, 26px); line-height: 1.4; }
p:first-child { font-size: clamp(19px, 1.4vw, 30px); font-weight: 700; }
p.small { font-size: clamp(15px, 0.95vw, 19px); font-weight: 400; opacity: 0.85; }
"""
_WATCHED = ["place", "theme", "indicator", "period", "side", "presenting"]
# With another of these the page is about something else, and is read from its beginning.
_ANEW = ("place", "theme", "indicator")


class WhyView(Viewer):
    """The sentence and the rules; a click on a rule lists the households that break it."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people = people
        self.rules: list[str] = []
        self.sentence = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.sheet = TextTable(
            dark=people.state.dark, sizing_mode="stretch_both", min_height=420, margin=0
        )
        self.details = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.charts = pn.Column(sizing_mode="stretch_width", margin=0)
        self.sheet.on_message(self._answer)
        self.written = PlaceEntries(people)
        people.state.param.watch(self._update, _WATCHED)
        people.state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        self.column = pn.Column(sizing_mode="stretch_both", margin=0, scroll=True)
        self._order(own=False)
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.column

    def _order(self, *, own: bool) -> None:
        """Put what the shown indicator itself is made of above the rules, anything else below."""
        middle = [self.sheet, self.details]
        below = [self.charts, *middle] if own else [*middle, self.charts]
        self.column.objects = [self.sentence, *below, self.written]

    def _update(self, *events: Event) -> None:
        state = self.people.state
        if state.side != "why":
            return
        self.charts.objects = []
        try:
            why = self.people.why
        except ScopeError:
            place = plain_text(state.atlas.name(state.place), 40)
            self._show((text("why.not_yours", state.lang, place=place),), None)
            return
        except GuatuError as error:
            self._show((page_sentence(error, state.lang),), None)
            return
        if any(event.name in _ANEW for event in events):
            self.column.scroll_position = 0
        if why is None:
            self._show((text("why.choose", state.lang),), None)
        else:
            self._show(why.lines, why)
        if why is not None:
            later(lambda: self._draw((state.place, state.theme, state.indicator, state.period)))

    def _draw(self, asked: tuple[str | None, str, str, str]) -> None:
        """Draw what the figures are made of, unless something else was chosen meanwhile."""
        people, state = self.people, self.people.state
        if asked != (state.place, state.theme, state.indicator, state.period):
            return
        made = people.compositions
        with together():
            for chart in composition_charts(made, state.lang, dark=state.dark):
                self._stand(chart)
        self._order(own=any(one.own for one in made))

    def _stand(self, chart: pn.viewable.Viewable) -> None:
        """Put a chart below those there are; one that cannot be drawn leaves a sentence."""
        try:
            self.charts.append(chart)
        except Exception as error:
            said = text("page.failed_chart", self.people.state.lang)
            self.charts.objects = [*self.charts.objects[:-1], failed_part("chart", said, error)]

    def _show(self, lines: Sequence[str], why: Why | None) -> None:
        lang = self.people.state.lang
        split = [why.split] if why is not None and why.split else []
        self.sentence.object = _paragraphs(lines) + _paragraphs(split, small=True)
        self.details.object = _paragraphs(why.details if why else (), small=True)
        self.rules = [] if why is None else list(why.rules["rule"])
        self.sheet.table = _rules_table(why, lang)

    def _answer(self, message: dict[str, object]) -> None:
        index = row_of(message, len(self.rules))
        if index is not None:
            self.people.state.filter_rule(self.rules[index])


def _paragraphs(lines: Sequence[str], *, small: bool = False) -> str:
    return "".join(element("p", line, 600, kind="small" if small else "") for line in lines)


def _rules_table(why: Why | None, lang: str) -> dict[str, object]:
    """Return the rules with their counts; nothing at all where there are no reasons to tell."""
    if why is None:
        return {"title": "", "note": "", "columns": [], "rows": []}
    rows = [_row(row, lang) for row in why.rules.itertuples(index=False)]
    first = next((at for at, own in enumerate(why.rules["own"]) if not own), None)
    if first is not None and why.by_rules:
        rows[first]["above"] = text("why.others", lang)
    return {
        "title": text("why.rules", lang),
        "note": text("why.click" if rows else "why.none", lang),
        "columns": [
            {"label": text(f"why.{name}", lang), "kind": "text" if name == "rule" else "number"}
            for name in ("rule", "yes", "change", "unknown")
        ],
        "rows": rows,
    }


def _row(row: Any, lang: str) -> dict[str, object]:
    change = "" if pd.isna(row.change) else f"{row.change:+,.0f}".replace("+0", "0")
    cells = [plain_text(row.title, 80), row.found, change, row.not_known]
    limits = text("why.limits", lang, limits=row.limits) if row.limits else ""
    small = plain_text(limits + text("why.document", lang, document=row.document), 200)
    return {"cells": cells, "mark": row.severity, "small": small}
