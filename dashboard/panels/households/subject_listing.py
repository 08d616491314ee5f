"""What the list holds when it is of no households: what a rule found, or what a figure counts."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from dashboard.answers.listing import About
from dashboard.content.workbook import subjects_workbook
from dashboard.session.people import People
from dashboard.session.subjects import SubjectList, exported_subjects, listed_subjects
from dashboard.texts import text
from geodata.cartography.words import period_text
from geodata.escaping import plain_text

# The name of a village by its code.
Names = Callable[[str], str]


class SubjectListing:
    """Subjects of the place that are no households; read once for what is looked at."""

    filename = "findings.xlsx"

    def __init__(self, people: People, about: About) -> None:
        self.people, self.about = people, about
        self.listed = listed_subjects(people, about)

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return pages_of(self.listed, self.people.size)

    def table(self) -> dict[str, object]:
        """Return the shown page as the table of Sheet."""
        people = self.people
        return subjects_table(
            self.listed,
            (people.page, people.size),
            title=self._title(self.listed),
            lang=people.state.lang,
            names=people.village,
        )

    @property
    def shown(self) -> int:
        """Return how many rows the page has."""
        return len(page_of(self.listed, (self.people.page, self.people.size)))

    def open(self, index: int) -> None:
        """Look at the point of a row, or at its village."""
        people, state, subject = self.people, self.people.state, self.about.subject.name
        row = page_of(self.listed, (people.page, people.size)).iloc[index]
        kinds = state.themes[state.theme].points if state.theme in state.themes else ()
        if subject in {kind.table for kind in kinds}:
            state.choose_point(subject, str(row["subject"]))
        elif row["place_code"] in state.atlas.places.index:
            state.go(str(row["place_code"]))

    def workbook(self) -> io.BytesIO:
        """Return the whole list as it may leave, its export on record."""
        people, lang = self.people, self.people.state.lang
        listed, mark = exported_subjects(people, self.about)
        titles, rows = subjects_cells(listed, listed.rows, lang=lang, names=people.village)
        notes = [people.watermarked(mark)]
        return subjects_workbook(titles, rows, title=self._title(listed), notes=notes)

    def _title(self, listed: SubjectList) -> str:
        state = self.people.state
        return subjects_title(listed, state.atlas.name(state.place), state.period, state.lang)


def subjects_table(
    listed: SubjectList, page: tuple[int, int], *, title: str, lang: str, names: Names
) -> dict[str, object]:
    """Return the table of Sheet: what each row of a page is, where it lies and why it was found.

    `page` is its number, from 0, and how many rows it has.
    """
    at, size = page
    pages = pages_of(listed, size)
    kind, count = listed.about.subject.title[lang], len(listed.rows)
    by = "" if listed.about.severity else "_counted"
    note = _said(("count" if count else "none") + by, lang, kind=kind, count=f"{count:,}")
    if pages > 1:
        note += _said("page", lang, page=at + 1, pages=pages)
    titles, rows = subjects_cells(listed, page_of(listed, page), lang=lang, names=names)
    return {
        "title": title,
        "note": note,
        "columns": [{"label": name, "kind": "text"} for name in titles],
        "rows": [{"cells": cells, "mark": listed.about.severity} for cells in rows],
    }


def subjects_title(listed: SubjectList, place: str, month: str, lang: str) -> str:
    """Return the title of the table of a place, for page and file."""
    about = {"place": plain_text(place, 30), "month": period_text(month, lang)}
    return _said("title", lang, rule=plain_text(listed.about.title[lang], 60), **about)


def subjects_cells(
    listed: SubjectList, rows: pd.DataFrame, *, lang: str, names: Names
) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns and the cells of some rows."""
    columns = _columns(listed)
    titles = [_said(name, lang) for name in columns]
    return titles, [
        [_cell(name, row, names) for name in columns] for row in rows.to_dict("records")
    ]


def pages_of(listed: SubjectList, size: int) -> int:
    """Return how many pages there are, at least one."""
    return max(-(-len(listed.rows) // size), 1)


def page_of(listed: SubjectList, page: tuple[int, int]) -> pd.DataFrame:
    """Return the rows of a page."""
    at, size = page
    return listed.rows.iloc[at * size : (at + 1) * size]


def _said(key: str, lang: str, **values: object) -> str:
    return text(f"subjects.{key}", lang, **values)


def _columns(listed: SubjectList) -> list[str]:
    """Return the columns that say something: a village is its own place, few have a name."""
    if listed.about.subject.name == "village":
        return ["village", "reason"]
    named = ["name"] if listed.rows["name"].ne("").any() else []
    return ["code", *named, "village", "reason"]


def _cell(name: str, row: Mapping[Any, Any], names: Names) -> str:
    if name == "village":
        return plain_text(names(row["place_code"]), 30)
    return plain_text(row["subject" if name == "code" else name], 200 if name == "reason" else 40)
