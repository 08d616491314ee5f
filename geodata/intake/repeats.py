"""Tables that are those of an earlier month: rows as they were, dates none of which is of the month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths, EarlierRows
from geodata.intake.issues import Issues
from geodata.intake.layouts import NUMBERS
from geodata.intake.refusal import Refusal

# A table of fewer rows is not refused, what is odd of it is said; fewer dates say nothing.
_FEW, _LEAST = 20, 3
# Dates go with the month where at least this share of them lay in each month's own; of the month are
# none where no more than a few are.
_OWN, _OTHERS = 0.2, 0.02
# A table is last month's where less than a tenth of the rows differ that differ in any other month.
_TENTH = 0.1
# Nothing is said of what happens by chance in one of so many months, where few rows change or few dates
# are the month's; so nothing is said of lists that hardly change.
_CHANCE = 1e-3
# The kinds of faults that are told here.
OF_ANOTHER_MONTH = frozenset({"undated", "repeated_month"})


def repeats(
    tables: Mapping[str, TableRows],
    earlier: EarlierMonths,
    month: str,
    *,
    missing: frozenset[str],
    issues: Issues,
) -> Iterator[Refusal]:
    """Give the tables that are an earlier month's; what is less sure becomes an issue.

    `earlier` are the months before; `missing` the tables whose own feed did not come.
    """
    for name, rows in tables.items():
        if name == "place" or name in missing or rows.frame.empty:
            continue
        if earlier.table(rows.table) is None:
            continue
        history = _History(rows, earlier.history(rows.table))
        told, fault = _undated(history, month, issues)
        fault = fault if told else _unchanged(history, issues)
        if fault:
            yield fault


class _History:
    """One table of the month with those of the months before, the newest first."""

    def __init__(self, rows: TableRows, before: Sequence[tuple[str, EarlierRows]]):
        self.rows, self.before = rows, before
        self.now = rows.frame.loc[rows.own]

    @cached_property
    def brought(self) -> pd.DataFrame | None:
        """Return which cells of the rows the table's own files filled, None where nothing else did."""
        columns = {name: self.rows.brought(name) for name in self.rows.own_columns}
        known = {name: values for name, values in columns.items() if values is not None}
        if not known:
            return None
        return pd.DataFrame(known, self.rows.frame.index).loc[self.now.index]

    def where(self, column: str) -> pd.Series:
        """Return where a column of the table begins."""
        return self.rows.located(self.now.index[:1], column).iloc[0]


def _undated(history: _History, month: str, issues: Issues) -> tuple[bool, Refusal | None]:
    """Report a column of dates that lay in the month itself in each month before, and does not now.

    Returns whether there is one, and the fault where it is sure.
    """
    table, before = history.rows.table, history.before
    # The first month of a list says nothing of how it goes on.
    if table.nature == "state" and len(before) < 2:
        return False, None
    for name, column in table.columns.items():
        if column.kind not in ("day", "month") or name not in history.rows.own_columns:
            continue
        values, brought = history.now[name], history.brought
        if brought is not None:
            values = values[brought[name].to_numpy()]
        dates = values.dropna().astype("str").str[:7]
        # What lies ahead is planned.
        if len(dates) < _LEAST or (dates > month).any():
            continue
        if (dates == month).sum() > _OTHERS * len(dates):
            continue
        shares = [rows.share_in(name, its_month) for its_month, rows in before]
        if min(shares) < _OWN or _by_chance(min(shares), len(dates)):
            continue
        where, other = history.where(name), str(dates.mode().iloc[0])
        header = str(where["header"] or column.title["zh"])
        if len(history.now) >= _FEW and len(shares) > 1:
            told = {"title": table.title["zh"], "header": header, "rows": len(dates)}
            return True, _refusal("imports.undated", where, **told, month=month, value=other)
        line = pd.DataFrame({"row": [None], "value": [other], "detail": [str(len(dates))]})
        issues.add("undated", line, file=where["file"], sheet=where["sheet"], header=header)
        return True, None
    return False, None


def _unchanged(history: _History, issues: Issues) -> Refusal | None:
    """Report a table whose rows are those of last month although they differ in other months."""
    rows = history.rows
    columns = [
        name
        for name, column in rows.table.columns.items()
        if name in rows.own_columns and name not in rows.table.key
        if not column.derived and not column.sealed
    ]
    last = history.before[0][1]
    columns = [name for name in columns if last.filled[name]]
    numbers = [name for name in columns if rows.table.columns[name].kind in NUMBERS]
    others = [name for name in columns if name not in numbers]
    same = np.ones(len(history.now), dtype=bool)
    for part in (numbers, others):
        same &= _same(history.now, last.values(part), part, history.brought)
        # In most months the numbers say it all.
        if same.mean() < 1 - _TENTH:
            return None
    # Rows that other files alone list are none of these.
    others_alone = len(rows.frame) - len(history.now)
    changed = 1 - same.sum() / max(len(same), last.rows - others_alone)
    usual = _usual_changes(history, columns)
    if len(same) < _LEAST or _by_chance(usual, len(same)) or changed > _TENTH * usual:
        return None
    where = history.where(rows.table.key[-1])
    if len(same) >= _FEW and len(history.before) > 2:
        told = {"title": rows.table.title["zh"], "rows": int(same.sum())}
        return _refusal("imports.repeated_month", where, **told)
    title, share = rows.table.title["zh"], f"{100 * (1 - changed):.4g}"
    line = pd.DataFrame({"row": [None], "value": [share], "detail": [str(int(same.sum()))]})
    issues.add("as_last_month", line, file=where["file"], sheet=where["sheet"], header=title)
    return None


def _by_chance(share: float, count: int) -> bool:
    """Return whether none of `count` rows may well be so where usually a share of them is."""
    return bool((1 - share) ** count > _CHANCE)


def _usual_changes(history: _History, columns: Sequence[str]) -> float:
    """Return the smallest share of rows that differed from one of the months before to the next."""
    shares = []
    was = history.before[0][1].values(columns)
    for _, earlier in history.before[1:]:
        before = earlier.values(columns)
        # Rows that went, such as those of a township that did not deliver, are no change.
        share = 1 - _same(was, before, columns, history.brought).sum() / max(len(was), 1)
        shares.append(share)
        was = before
    return min(shares, default=0.0)


def _same(
    now: pd.DataFrame, was: pd.DataFrame, columns: Sequence[str], brought: pd.DataFrame | None
) -> np.ndarray:
    """Return which rows were there with the same values; unknown is unknown.

    What is not in `brought`, the cells that the table's own files filled, says nothing of a row.
    """
    at = was.index.get_indexer(now.index)
    same: np.ndarray = at >= 0
    cells = None if brought is None else brought.reindex(now.index, fill_value=True)
    for name in columns:
        ours, theirs = _plain(now[name]), _plain(was[name])[at]
        equal = ours == theirs
        same = same & (equal if cells is None else equal | ~cells[name].to_numpy())
    return same


def _plain(values: pd.Series) -> np.ndarray:
    """Return values that compare: texts, or numbers, with one mark for unknown."""
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values.astype("Float64").to_numpy(float, na_value=-np.inf)
    texts: np.ndarray = values.astype("str").fillna("").str.slice(0, 40).to_numpy(object)
    return texts


def _refusal(key: str, where: pd.Series, **told: object) -> Refusal:
    return Refusal.of(key, str(where["file"]), str(where["sheet"]), **told)
