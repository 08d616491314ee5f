"""The household list: pages from the server, worst first, narrowed by filters and a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboard.content.rows import COLUMNS, HouseholdRows
from dashboard.exports import households_workbook, subjects_workbook
from dashboard.panels.households.filters import FiltersView
from dashboard.panels.households.subjects import (
    page_of,
    pages_of,
    subjects_cells,
    subjects_table,
    subjects_title,
)
from dashboard.panels.households.visits import VisitsView
from dashboard.people import CHOICES, SIZES, SORTS, People
from dashboard.subjects import SubjectList, exported_subjects, listed_about, listed_subjects
from dashboard.texts import text
from dashboard.views.sheet import Sheet, row_of
from dashboard.web.component import Viewer
from geodata.cartography.words import period_text
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_PLACE = [
    "place",
    "period",
    "theme",
    "rule",
    "side",
    "site",
    "zone",
    "selected",
    "counted",
    "indicator",
]


class HouseholdsView(Viewer):
    """The list with its search, order, filters, pages, export and a household by lot."""

    def __init__(self, people: People, seed: int) -> None:
        super().__init__()
        self.people, self.seed, lang = people, seed, people.state.lang
        slim = {"size": "small", "margin": (4, 4)}
        dark = {"variant": "contained", **slim}
        self.search = pmui.TextInput(label=self._text("search"), width=170, **slim)
        orders = {text(f"households.sort_{name.strip('-')}", lang): name for name in SORTS}
        self.sort = pmui.Select(
            label=self._text("sort"), options=orders, value=people.sort, width=170, **slim
        )
        self.filter = pmui.Button(label=self._text("filter"), icon="filter_list", **dark)
        self.lot = pmui.Button(label=self._text("lot"), icon="casino", **dark)
        self.all = pmui.Button(label="", icon="close", visible=False, **dark)
        self.back = pmui.Button(label="", icon="chevron_left", **dark)
        self.next = pmui.Button(label="", icon="chevron_right", **dark)
        sizes = {self._text("rows", count=size): size for size in SIZES}
        self.size = pmui.Select(options=sizes, value=people.size, width=140, **slim)
        self.export = pmui.FileDownload(
            callback=self._export, filename="households.xlsx", label=self._text("export"), **slim
        )
        self.visits = pmui.Button(label=text("visits.button", lang), icon="checklist", **dark)
        self.filters = FiltersView(people)
        self.sheet = Sheet(
            dark=people.state.dark, sizing_mode="stretch_both", min_height=260, margin=0
        )
        wide = {"sizing_mode": "stretch_width", "margin": 0}
        self.top = pn.FlexBox(
            self.search, self.sort, self.filter, self.lot, self.visits, self.export, **wide
        )
        self.pages = pn.FlexBox(self.back, self.next, self.size, **wide)
        # What a rule found that is no household, and what it was asked for.
        self._about: SubjectList | None = None
        self._asked: tuple[Any, ...] = ()
        self._bind()
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        kept = {"sizing_mode": "stretch_both", "margin": 0, "styles": {"min-height": "0"}}
        return pn.Column(
            self.top,
            self.filters,
            self.all,
            self.sheet,
            self.pages,
            VisitsView(self.people),
            scroll="y",
            **kept,
        )

    def _bind(self) -> None:
        people, state = self.people, self.people.state
        self.search.param.watch(lambda event: people.param.update(search=event.new or ""), "value")
        self.sort.param.watch(lambda event: people.param.update(sort=event.new), "value")
        self.size.param.watch(lambda event: people.param.update(size=event.new), "value")
        self.filter.on_click(self._fold)
        self.visits.on_click(self._visit)
        self.lot.on_click(lambda event: self._try(lambda: people.draw(self.seed)))
        self.all.on_click(lambda event: self.filters.clear())
        self.back.on_click(lambda event: self._try(lambda: people.turn(-1, self._pages)))
        self.next.on_click(lambda event: self._try(lambda: people.turn(1, self._pages)))
        self.sheet.on_message(lambda message: self._try(lambda: self._answer(message)))
        self.filters.columns.param.watch(self._update, "value")
        state.param.watch(self._update, [name for name in _PLACE if name in state.param])
        state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        people.param.watch(self._update, [*CHOICES, "page"])

    def _text(self, name: str, **values: object) -> str:
        return text(f"households.{name}", self.people.state.lang, **values)

    def _visit(self, *events: object) -> None:
        self.people.visiting = True

    def _fold(self, *events: object) -> None:
        self.filters.box.visible = not self.filters.box.visible

    def _update(self, *events: object) -> None:
        people, state = self.people, self.people.state
        if state.side != "households":
            return
        self.search.value, self.sort.value = people.search, people.sort
        said = self.filters.said()
        joined = {"zh": "；", "en": "; "}[state.lang].join(said)
        self.all.param.update(visible=bool(said), label=self._text("filtered", filters=joined))
        try:
            self._about = self._found()
            if self._about is not None:
                return
            listed, pages = people.listed, self._pages
        except GuatuError as error:
            said = {"title": "", "note": error.sentence(state.lang), "columns": [], "rows": []}
            self.sheet.table = said
            return
        self.back.disabled, self.next.disabled = people.page == 0, people.page + 1 >= pages
        rows, names = self._rows, self._names
        self.sheet.table = {
            "title": self._title(),
            "note": self._counts(pages) if listed.count else self._nobody(said),
            "columns": self._columns(names),
            "rows": [
                {
                    "cells": [_shown(cell) for cell in rows.cells(row, names)],
                    "mark": rows.severity(row),
                }
                for row in listed.rows.itertuples()
            ],
        }

    def _found(self) -> SubjectList | None:
        """Show what is listed when these are no households; None leaves the list."""
        people, state = self.people, self.people.state
        about = listed_about(people)
        for widget in (self.search, self.sort, self.filter, self.lot, self.visits):
            widget.visible = about is None
        self.export.filename = "households.xlsx" if about is None else "findings.xlsx"
        if about is None:
            return None
        self.filters.box.visible = False
        asked = tuple(str(getattr(state, name)) for name in _PLACE)
        kept = self._about if asked == self._asked else None
        found = listed_subjects(people, about) if kept is None else kept
        self._asked, pages = asked, pages_of(found, people.size)
        self.back.disabled, self.next.disabled = people.page == 0, people.page + 1 >= pages
        self.sheet.table = subjects_table(
            found,
            (people.page, people.size),
            title=self._subjects_title(found),
            lang=state.lang,
            names=people.village,
        )
        return found

    def _subjects_title(self, found: SubjectList) -> str:
        state = self.people.state
        return subjects_title(found, state.atlas.name(state.place), state.period, state.lang)

    @property
    def _pages(self) -> int:
        """Return the number of pages of what is listed."""
        people = self.people
        return people.pages if self._about is None else pages_of(self._about, people.size)

    def _go(self, index: int) -> None:
        """Look at the point of a row, or at its village."""
        people, state, found = self.people, self.people.state, self._about
        row = page_of(found, (people.page, people.size)).iloc[index]
        kinds = state.themes[state.theme].points if state.theme in state.themes else ()
        if found.about.subject.name in {kind.table for kind in kinds}:
            state.choose_point(found.about.subject.name, str(row["subject"]))
        elif row["place_code"] in state.atlas.places.index:
            state.go(str(row["place_code"]))

    def _counts(self, pages: int) -> str:
        people, listed = self.people, self.people.listed
        counts = {"count": f"{listed.count:,}", "total": f"{listed.total:,}"}
        said = self._text("page", page=people.page + 1, pages=pages, **counts)
        if listed.unknown:
            said += self._text("unknown", count=f"{listed.unknown:,}")
        return said

    def _nobody(self, said: list[str]) -> str:
        """Return why the list is empty."""
        listed = self.people.listed
        if not listed.total:
            return self._text("nobody")
        hint = self._text("masked") if self.people.search.strip() else ""
        unknown = self._text("unknown", count=f"{listed.unknown:,}") if listed.unknown else ""
        return self._text("none", total=f"{listed.total:,}") + unknown + hint

    @property
    def _names(self) -> tuple[str, ...]:
        """Return the shown columns; within a village whoever helps stands in place of its name."""
        atlas, names = self.people.state.atlas, self.filters.names
        if atlas.level_of(self.people.state.place) != atlas.lowest:
            return names
        return tuple(dict.fromkeys("helper" if name == "village" else name for name in names))

    def _columns(self, names: tuple[str, ...]) -> list[dict[str, str]]:
        sort = self.people.sort
        titles = self._rows.titles(names)
        return [
            {
                "label": title,
                "kind": COLUMNS[name].kind,
                "name": name,
                "sort": COLUMNS[name].sort,
                "sorted": "yes" if COLUMNS[name].sort == sort else "",
            }
            for name, title in zip(names, titles, strict=True)
        ]

    @property
    def _rows(self) -> HouseholdRows:
        people, state = self.people, self.people.state
        return HouseholdRows(people.county.setup.rules, people.village, state.lang, state.rule)

    def _title(self) -> str:
        state = self.people.state
        month = period_text(state.period, state.lang)
        return self._text("title", place=plain_text(state.atlas.name(state.place)), month=month)

    def _answer(self, message: dict[str, object]) -> None:
        asked = message.get("sort")
        if asked in SORTS:
            self.people.sort = asked
            return
        if self._about is not None:
            people = self.people
            index = row_of(message, len(page_of(self._about, (people.page, people.size))))
            if index is not None:
                self._go(index)
            return
        shown = self.people.rows
        index = row_of(message, len(shown))
        if index is not None:
            self.people.household = str(shown.index[index])

    def _try(self, act: Callable[[], None]) -> None:
        """Do what was clicked; what is refused is said over the rows."""
        try:
            act()
        except GuatuError as error:
            said = error.sentence(self.people.state.lang)
            self.sheet.table = {**self.sheet.table, "note": said}

    def _export(self):
        people, lang = self.people, self.people.state.lang
        about = listed_about(people)
        if about is not None:
            found, mark = exported_subjects(people, about)
            titles, rows = subjects_cells(found, found.rows, lang=lang, names=people.village)
            told = {"title": self._subjects_title(found), "notes": [self._marked(mark)]}
            return subjects_workbook(titles, rows, **told)
        frame, mark = people.exported()
        joined = {"zh": "；", "en": "; "}[lang]
        said = [joined.join(self.filters.said())]
        notes = [self._marked(mark), *filter(None, said)]
        return households_workbook(frame, self._rows, self._names, title=self._title(), notes=notes)

    def _marked(self, mark: str) -> str:
        return self._text("watermark", mark=f"{self.people.actor.name} {mark}")


def _shown(cell: object) -> str:
    return cell if isinstance(cell, str) else "—" if cell is None else f"{cell:,.0f}"
