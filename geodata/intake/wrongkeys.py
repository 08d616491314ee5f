"""Keys of a part of a list that are not codes of their kind, or number one household twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths, EarlierRows
from geodata.intake.issues import Issues
from geodata.intake.layouts import HOUSEHOLD
from geodata.intake.refusal import Refusal
from geodata.intake.rowchanges import CHANGED, FEW
from geodata.tables import Column

# Of codes without a month before this part share one form.
_OWN_FORM = 0.9


def wrong_keys(
    tables: Mapping[str, TableRows], months: EarlierMonths, issues: Issues
) -> Iterator[Refusal]:
    """Report codes of another form than those of last month, and households that come under two codes.

    `months` are those before. Gives the tables more than half of whose rows are so.
    """
    for name, rows in tables.items():
        if name == "place":
            continue
        own, last = rows.own.to_numpy(), months.table(rows.table)
        for column in (rows.table.column(key) for key in rows.table.key):
            if column.kind == "code" and column.name in rows.own_columns:
                known = frozenset() if last is None else _forms_before(last, column.name)
                yield from _other_forms(rows, column, own, known, issues)
        if rows.table.key == (HOUSEHOLD,):
            yield from _numbered_twice(rows, own, issues)


def _forms(codes: pd.Series) -> pd.Series:
    """Return the form of each code: its length, digits and letters each as one sign."""
    texts = codes.astype("str")
    return texts.str.replace("[0-9]", "9", regex=True).str.replace("[A-Za-z]", "A", regex=True)


def _forms_before(last: EarlierRows, column: str) -> frozenset[str]:
    return frozenset(_forms(last.values([column])[column].dropna().drop_duplicates()).unique())


def _other_forms(
    rows: TableRows, column: Column, own: np.ndarray, known: frozenset[str], issues: Issues
) -> Iterator[Refusal]:
    forms = _forms(rows.frame[column.name])
    filled = own & forms.notna().to_numpy()
    counts = forms[filled].value_counts()
    if filled.sum() < FEW:
        return
    usual = known or frozenset(counts.index[counts > _OWN_FORM * filled.sum()])
    if not usual:
        return
    # Numbers that run on become longer by one digit.
    usual |= {form + "9" for form in usual if form.endswith("9")}
    other = filled & ~forms.isin(usual).to_numpy()
    expected = max(usual & set(counts.index), key=lambda form: int(counts[form]), default="")
    yield from _told(rows, column, other, filled, expected or min(usual), "code_form", issues)


def _numbered_twice(rows: TableRows, own: np.ndarray, issues: Issues) -> Iterator[Refusal]:
    for column in rows.table.columns.values():
        if column.kind != "certificate" or column.name not in rows.own_columns:
            continue
        numbers = rows.frame[column.name]
        filled = own & numbers.notna().to_numpy()
        twice = filled & numbers.where(filled).duplicated(keep=False).to_numpy()
        yield from _told(rows, column, twice, filled, "", "household_twice", issues)


def _told(
    rows: TableRows,
    column: Column,
    wrong: np.ndarray,
    among: np.ndarray,
    detail: str,
    check: str,
    issues: Issues,
) -> Iterator[Refusal]:
    """Report rows that are wrong, each at its place; gives the fault where more than half are."""
    if not wrong.any():
        return
    report = rows.located(rows.frame.index[wrong], column.name)
    issues.add(check, report.assign(detail=detail))
    count, whole = int(wrong.sum()), int(among.sum())
    if whole >= FEW and count > CHANGED * whole:
        where = report.iloc[0]
        yield Refusal.of(
            f"imports.{check}",
            str(where["file"]),
            str(where["sheet"]),
            title=rows.table.title["zh"],
            header=where["header"] or column.title["zh"],
            count=count,
            rows=whole,
        )
