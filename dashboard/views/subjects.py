"""The rows of a rule that is about no household, as the table that stands in place of the list."""

from __future__ import annotations

from dashboard.subjects import Found
from dashboard.texts import text
from geodata.cartography.words import period_text
from geodata.escaping import plain_text

SHOWN = 200


def subjects_table(found: Found, place: str, month: str, lang: str, *, names) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """Return the table of Sheet: what each row is, where it lies and why it was found.

    `place` is the name of the place looked at; `names` gives the name of a village by its code.
    """

    def said(key: str, **values: object) -> str:
        return text(f"subjects.{key}", lang, **values)

    rows, kind = found.rows, said(f"{found.rule.subject}_kind")
    note = said("count" if len(rows) else "none", kind=kind, count=f"{len(rows):,}")
    if len(rows) > SHOWN:
        note += said("cut", shown=SHOWN)
    columns = _columns(found)
    about = {"place": plain_text(place, 30), "month": period_text(month, lang)}
    return {
        "title": said("title", rule=plain_text(found.rule.title[lang], 60), **about),
        "note": note,
        "columns": [{"label": said(name), "kind": "text"} for name in columns],
        "rows": [
            {
                "cells": [_cell(name, row, names) for name in columns],
                "mark": found.rule.severity,
            }
            for row in rows.head(SHOWN).to_dict("records")
        ],
    }


def _columns(found: Found) -> list[str]:
    """Return the columns that say something: a village is its own place, few have a name."""
    if found.rule.subject == "village":
        return ["village", "reason"]
    named = ["name"] if found.rows["name"].ne("").any() else []
    return ["code", *named, "village", "reason"]


def _cell(name: str, row: dict, names) -> str:  # type: ignore[no-untyped-def]
    if name == "village":
        return plain_text(names(row["place_code"]), 30)
    return plain_text(row["subject" if name == "code" else name], 200 if name == "reason" else 40)
