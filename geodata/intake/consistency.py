"""Contradictions within one row, as declared in ``consistency.yaml``, found by one query a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import periods
from geodata.i18n import load_yaml
from geodata.intake.combining import TableRows
from geodata.intake.issues import Issues
from geodata.store.embedded import DuckDBEngine

_FILE = Path(__file__).with_suffix(".yaml")
# Single mistakes stay under a few percent of the rows: from this share on a column is wrong as a whole.
MANY, _FEW = 0.2, 20
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Consistency:
    """One contradiction: the rows of `table` for which `when` is true.

    It is shown at the first of `columns` that is empty, at the last when none is.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    needs: tuple[str, ...]
    when: str


@cache
def consistencies() -> tuple[Consistency, ...]:
    """Return all declared contradictions."""
    content = load_yaml(_FILE)
    assert isinstance(content, dict)
    return tuple(
        Consistency(
            name, entry["table"], _listed(entry["column"]), tuple(entry["needs"]), entry["when"]
        )
        for name, entry in content.items()
    )


def check_consistency(
    tables: Mapping[str, TableRows], *, month: str, issues: Issues
) -> tuple[str, ...]:
    """Report contradictions; returns the names of checks whose columns no file brought."""
    skipped = []
    with DuckDBEngine() as engine:
        for name, rows in tables.items():
            checks = [check for check in consistencies() if check.table == name]
            able = [check for check in checks if rows.delivered >= set(check.needs)]
            skipped += [check.name for check in checks if check not in able]
            if not able or rows.frame.empty:
                continue
            asked = _with_age(rows.frame, month)
            # What no check names would only be copied.
            words = {word for check in able for word in _WORD.findall(check.when)}
            asked = asked[[column for column in asked.columns if column in words]]
            engine.add_rows(name, asked.assign(position=np.arange(len(asked))))
            for check, places in _positions(engine, name, able).items():
                _report(check, rows, rows.frame.index[places], issues)
    return tuple(skipped)


def _listed(column: str | list[str]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else tuple(column)


def _report(check: Consistency, rows: TableRows, keys: pd.Index, issues: Issues) -> None:
    left = keys
    for column in check.columns[:-1]:
        empty = rows.frame.loc[left, column].isna().to_numpy()
        issues.add(check.name, rows.located(left[empty], column))
        left = left[~empty]
    issues.add(check.name, rows.located(left, check.columns[-1]))
    report_many(rows, keys, len(rows.frame), check.columns[-1], issues)


def report_many(rows: TableRows, keys: pd.Index, among: int, column: str, issues: Issues) -> None:
    """Report as one error that so many rows contradict others that it is no single mistake."""
    if len(keys) < _FEW or len(keys) <= MANY * among:
        return
    # A number of rows is no value of the column, and is not masked as one.
    one = rows.located(keys[:1], column)[["file", "sheet", "header"]]
    one["header"] = one["header"].where(one["header"] != "", rows.table.column(column).title["zh"])
    issues.add("many_contradict", one.assign(value=str(len(keys)), detail=str(among)))


def _positions(
    engine: DuckDBEngine, table: str, checks: list[Consistency]
) -> dict[Consistency, np.ndarray]:
    """Return for each check the positions of its rows, from one pass over the table."""
    flags = ", ".join(
        f"CASE WHEN {check.when} THEN 1 ELSE 0 END AS c{n}" for n, check in enumerate(checks)
    )
    some = " + ".join(f"c{n}" for n in range(len(checks)))
    broken = engine.frame(
        f"SELECT * FROM (SELECT position, {flags} FROM {table}) AS flagged"
        f" WHERE {some} > 0 ORDER BY position"
    )
    return {
        check: broken.loc[broken[f"c{n}"] == 1, "position"].to_numpy()
        for n, check in enumerate(checks)
    }


def _with_age(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    """Return persons with their age in whole years at the end of a month."""
    if "birth_day" not in frame.columns:
        return frame.drop(columns=["sheet_number", "row"])
    end = pd.Timestamp(periods.last_day(month))
    born = pd.to_datetime(frame["birth_day"].astype("datetime64[s]"))
    before = (born.dt.month > end.month) | ((born.dt.month == end.month) & (born.dt.day > end.day))
    age = (end.year - born.dt.year - before.astype(int)).astype("Int64")
    return frame.drop(columns=["sheet_number", "row"]).assign(age=age)
