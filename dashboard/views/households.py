"""The household list: pages from the server, worst first, filtered by a rule, searched by code."""

from __future__ import annotations

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from dashboard.exports import households_workbook
from dashboard.people import SORTS, People
from dashboard.texts import text
from dashboard.views.sheet import Sheet, row_of
from geodata.cartography.words import period_text
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_COLUMNS = {
    "code": "code",
    "head": "text",
    "village": "text",
    "persons": "number",
    "income": "number",
    "findings": "text",
}
_TITLES_SHOWN = 2


class HouseholdsView(pn.viewable.Viewer):
    """The list with its search, order, filter, pages, export and a household by lot."""

    def __init__(self, people: People, seed: int) -> None:
        super().__init__()
        self.people, self.seed, lang = people, seed, people.state.lang
        slim = {"size": "small", "margin": (4, 4)}
        self.search = pmui.TextInput(label=self._text("search"), width=170, **slim)
        orders = {text(f"households.sort_{name.strip('-')}", lang): name for name in SORTS}
        self.sort = pmui.Select(
            label=self._text("sort"), options=orders, value=people.sort, width=150, **slim
        )
        self.lot = pmui.Button(label=self._text("lot"), icon="casino", variant="contained", **slim)
        self.all = pmui.Button(label="", icon="close", variant="contained", visible=False, **slim)
        self.back = pmui.Button(label="", icon="chevron_left", variant="contained", **slim)
        self.next = pmui.Button(label="", icon="chevron_right", variant="contained", **slim)
        self.export = pmui.FileDownload(
            callback=self._export,
            filename="households.xlsx",
            label=self._text("export"),
            variant="contained",
            **slim,
        )
        self.sheet = Sheet(dark=people.state.dark, sizing_mode="stretch_both", margin=0)
        self._bind()
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        top = pn.Row(self.search, self.sort, self.lot, self.export, **wide)
        pages = pn.Row(self.back, self.next, **wide)
        kept = {"sizing_mode": "stretch_both", "margin": 0, "styles": {"min-height": "0"}}
        return pn.Column(self.all, top, self.sheet, pages, **kept)

    def _bind(self) -> None:
        people, state = self.people, self.people.state
        self.search.param.watch(lambda event: people.param.update(search=event.new), "value")
        self.sort.param.watch(lambda event: people.param.update(sort=event.new), "value")
        self.lot.on_click(lambda event: people.draw(self.seed))
        self.all.on_click(lambda event: state.filter_rule(""))
        self.back.on_click(lambda event: people.turn(-1))
        self.next.on_click(lambda event: people.turn(1))
        self.sheet.on_message(self._answer)
        state.param.watch(self._update, ["place", "period", "rule", "side"])
        state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        people.param.watch(self._update, ["search", "sort", "page"])

    def _text(self, name: str, **values: object) -> str:
        return text(f"households.{name}", self.people.state.lang, **values)

    def _update(self, *events) -> None:
        people, state = self.people, self.people.state
        if state.side != "households":
            return
        rule = people.county.setup.rules.get(state.rule)
        title = plain_text(rule.title[state.lang], 60) if rule else ""
        self.all.param.update(visible=rule is not None, label=self._text("filtered", rule=title))
        columns = [{"label": self._text(n), "kind": kind} for n, kind in self._columns().items()]
        try:
            rows, count = people.rows, len(people.listed)
        except GuatuError as error:
            said = {"title": "", "note": error.sentence(state.lang), "columns": [], "rows": []}
            self.sheet.table = said
            return
        note = self._text("page", page=people.page + 1, pages=people.pages, count=f"{count:,}")
        self.back.disabled, self.next.disabled = people.page == 0, people.page + 1 >= people.pages
        self.sheet.table = {
            "title": self._title(),
            "note": note if count else self._text("none"),
            "columns": columns,
            "rows": [self._row(row) for row in rows.itertuples()],
        }

    def _columns(self) -> dict[str, str]:
        """Return the columns and their kinds; within a village its name says nothing."""
        atlas = self.people.state.atlas
        village = atlas.level_of(self.people.state.place) == atlas.lowest
        return {name: kind for name, kind in _COLUMNS.items() if name != "village" or not village}

    def _title(self) -> str:
        state = self.people.state
        month = period_text(state.period, state.lang)
        return self._text("title", place=plain_text(state.atlas.name(state.place)), month=month)

    def _row(self, row) -> dict[str, object]:
        state, rules = self.people.state, self.people.county.setup.rules
        places = state.atlas.places
        village = places["name"].get(row.place_code, row.place_code)
        broken = [rules[key] for key in row.rules.split(",") if key in rules]
        order = {"high": 0, "medium": 1, "low": 2}
        broken.sort(key=lambda rule: (rule.key != state.rule, order[rule.severity]))
        said = "；".join(rule.title[state.lang] for rule in broken[:_TITLES_SHOWN])
        more = len(broken) - _TITLES_SHOWN
        known = {
            "persons": "" if pd.isna(row.persons) else f"{row.persons:,.0f}",
            "income": "" if pd.isna(row.income_per_person) else f"{row.income_per_person:,.0f}",
        }
        worst = min((order[rule.severity] for rule in broken), default=None)
        cells = {
            "code": plain_text(row.Index, 40),
            "head": plain_text("" if pd.isna(row.head_name) else row.head_name, 20),
            "village": plain_text(village, 20),
            **known,
            "findings": plain_text(said, 120)
            + (self._text("more", count=more) if more > 0 else ""),
        }
        return {
            "cells": [cells[name] for name in self._columns()],
            "mark": "" if worst is None else list(order)[worst],
        }

    def _answer(self, message: dict[str, object]) -> None:
        shown = self.people.rows
        index = row_of(message, len(shown))
        if index is not None:
            self.people.household = str(shown.index[index])

    def _export(self):
        frame, mark = self.people.exported()
        rules, lang = self.people.county.setup.rules, self.people.state.lang
        titles = {key: rule.title[lang] for key, rule in rules.items()}
        who = self.people.actor.name
        return households_workbook(
            frame, titles, mark=f"{who} {mark}", title=self._title(), lang=lang
        )
