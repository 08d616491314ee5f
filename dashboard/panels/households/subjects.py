"""The rows of a rule that is about no household, as the table that stands in place of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from dashboard.subjects import SubjectList
from dashboard.texts import text
from geodata.cartography.words import period_text
from geodata.escaping import plain_text

# The name of a village by its code.
Names = Callable[[str], str]


def subjects_table(
    found: SubjectList, page: tuple[int, int], *, title: str, lang: str, names: Names
) -> dict[str, object]:
    """Return the table of Sheet: what each row of a page is, where it lies and why it was found.

    `page` is its number, from 0, and how many rows it has.
    """
    at, size = page
    pages = pages_of(found, size)
    kind, count = found.about.subject.title[lang], len(found.rows)
    by = "" if found.about.severity else "_counted"
    note = _said(("count" if count else "none") + by, lang, kind=kind, count=f"{count:,}")
    if pages > 1:
        note += _said("page", lang, page=at + 1, pages=pages)
    titles, rows = subjects_cells(found, page_of(found, page), lang=lang, names=names)
    return {
        "title": title,
        "note": note,
        "columns": [{"label": name, "kind": "text"} for name in titles],
        "rows": [{"cells": cells, "mark": found.about.severity} for cells in rows],
    }


def subjects_title(found: SubjectList, place: str, month: str, lang: str) -> str:
    """Return the title of the table of a place, for page and file."""
    about = {"place": plain_text(place, 30), "month": period_text(month, lang)}
    return _said("title", lang, rule=plain_text(found.about.title[lang], 60), **about)


def subjects_cells(
    found: SubjectList, rows: pd.DataFrame, *, lang: str, names: Names
) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns and the cells of some rows."""
    columns = _columns(found)
    titles = [_said(name, lang) for name in columns]
    return titles, [
        [_cell(name, row, names) for name in columns] for row in rows.to_dict("records")
    ]


def pages_of(found: SubjectList, size: int) -> int:
    """Return how many pages there are, at least one."""
    return max(-(-len(found.rows) // size), 1)


def page_of(found: SubjectList, page: tuple[int, int]) -> pd.DataFrame:
    """Return the rows of a page."""
    at, size = page
    return found.rows.iloc[at * size : (at + 1) * size]


def _said(key: str, lang: str, **values: object) -> str:
    return text(f"subjects.{key}", lang, **values)


def _columns(found: SubjectList) -> list[str]:
    """Return the columns that say something: a village is its own place, few have a name."""
    if found.about.subject.name == "village":
        return ["village", "reason"]
    named = ["name"] if found.rows["name"].ne("").any() else []
    return ["code", *named, "village", "reason"]


def _cell(name: str, row: Mapping[Any, Any], names: Names) -> str:
    if name == "village":
        return plain_text(names(row["place_code"]), 30)
    return plain_text(row["subject" if name == "code" else name], 200 if name == "reason" else 40)
