"""What a household lives by, as themes say it: its water from tap to source, its site, its help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from geodata.access import MonthSource, Request, public_rows
from geodata.i18n import text
from geodata.tables import Table
from geodata.themes import Chain, Fit, Step


@dataclass(frozen=True)
class Surrounding:
    """One thing that a household lives by: its title, and what it comes from, step by step.

    Without anything known `parts` is empty. Nothing of it is about a person.
    """

    title: str
    parts: tuple[str, ...]


def surrounding_of(source: MonthSource, record: pd.Series, chain: Chain, lang: str) -> Surrounding:
    """Return what a household's record leads to by a chain of tables.

    A step is told by its name, else by its code, its kind in brackets, then what more is told.
    """
    parts: list[str] = []
    code = record.get(chain.column)
    for step in chain.steps:
        if code is None or pd.isna(code):
            break
        rows = public_rows(source, _named(step, str(code)))
        # A code of the household that no list has says nothing; one that a list names is told.
        if rows.empty and not parts:
            break
        row = rows.iloc[0] if len(rows) else pd.Series(dtype="object")
        parts += _told(step, str(code), row, source.tables[step.table], lang)
        code = row.get(step.next) if step.next else None
    return Surrounding(chain.title[lang], tuple(parts))


def _told(step: Step, code: str, row: pd.Series, table: Table, lang: str) -> list[str]:
    name = row.get("name")
    said = code if name is None or pd.isna(name) else str(name)
    if step.kind:
        kind = _label(table, step.kind, row, lang)
        said = {"zh": f"{said}（{kind}）", "en": f"{said} ({kind})"}[lang]
    return [said, *(_label(table, column, row, lang) for column in step.more)]


def _label(table: Table, column: str, row: pd.Series, lang: str) -> str:
    """Return a value by its label; empty when it was not reported."""
    value, choices = row.get(column), table.column(column).choices
    if value is None or pd.isna(value):
        return text("workspace.not_reported", lang)
    return choices.label(str(value), lang) if choices is not None else str(value)


def measures_fit(
    features: pd.Series, fits: Sequence[Fit], measures: pd.DataFrame, month: str, lang: str
) -> pd.DataFrame:
    """Return for each risk of a household the kinds of help that answer it: risk, wanted, given.

    Both are comma-separated kinds; `given` are those in force in the month.
    """
    ended = measures["end_month"].notna() & (measures["end_month"].astype("str") < month)
    held: Sequence[str] = sorted(set(measures.loc[~ended, "kind"])) if len(measures) else []
    rows = [
        (fit.title[lang], ",".join(fit.kinds), ",".join(one for one in held if one in fit.kinds))
        for fit in fits
        if features.get(fit.feature) is not None
        and pd.notna(features.get(fit.feature))
        and features.get(fit.feature)
    ]
    return pd.DataFrame(rows, columns=["risk", "wanted", "given"])


def _named(step: Step, code: str) -> Request:
    columns = (step.key, "name", *filter(None, (step.next, step.kind)), *step.more)
    return Request(step.table, filters=((step.key, "is", code),), columns=columns, limit=1)
