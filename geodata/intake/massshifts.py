"""Numbers of many rows of a list that all became so many times, or so much more than, last month's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths
from geodata.intake.issues import Issues
from geodata.tables import Column

# So many rows do not change by the same by chance.
_MANY = 20
# From how many times on an equal factor is looked at: amounts grow by equal parts when years are
# reckoned by month, numbers of people do not double all together. Of smaller numbers many are equal.
_TIMES, _DOUBLE, _COUNTED = 5.0, 1.9, 20
# An equal sum counts from this part of what there usually is, and where few rows change otherwise.
_PART = 0.05
# Areas, distances and all that a household lives on do not become so many times themselves from one month
# to the next, single incomes and expenses do.
_LIVED_ON, _OWN = frozenset({"per_capita_income", "net_income"}), 8.0


def check_shifts(
    rows: TableRows,
    column: Column,
    old: np.ndarray,
    new: np.ndarray,
    months: EarlierMonths,
    issues: Issues,
) -> None:
    """Report each row whose number changed as those of many others did, or stands out against its own.

    `old` and `new` are the values of last month and now in the order of the rows, NaN where unknown;
    `months` are those before: what happens every month is not told.
    """
    told = np.zeros(len(old), dtype=bool)
    for check, (amount, rows_of) in _masses(column, old, new).items():
        if not _happened_before(rows, column, months, check):
            told |= rows_of
            _report(rows, check, column, f"{amount:.6g}", old, rows_of, issues)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where((old > 0) & (new > 0), new / old, np.nan)
    if column.kind != "number" and column.name not in _LIVED_ON:
        return
    alone = ((times >= _OWN) | (times <= 1 / _OWN)) & ~told
    _report(rows, "own_shift", column, "", old, alone, issues)


def _masses(
    column: Column, old: np.ndarray, new: np.ndarray
) -> Mapping[str, tuple[float, np.ndarray]]:
    """Return by check the factor or sum that many rows share, with these rows."""
    masses: dict[str, tuple[float, np.ndarray]] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where((old > 0) & (new > 0), new / old, np.nan)
        least = _DOUBLE if column.kind == "count" else _TIMES
        far = (times >= least) | (times <= 1 / least)
    if column.kind == "count":
        far &= np.minimum(old, new) >= _COUNTED
    # What was rounded is not quite the same factor.
    shared = _commonest(np.round(np.log(times), 3), far)
    if shared is not None:
        masses["same_times"] = (float(np.median(times[shared])), shared)
    if column.kind != "money":
        return masses
    more = np.round(new - old)
    usual = float(np.nanmedian(np.abs(old))) if np.isfinite(old).any() else 0.0
    shared = _commonest(more, np.isfinite(more) & (np.abs(more) >= max(_PART * usual, 1)))
    if shared is not None and shared.sum() > 0.5 * (np.nan_to_num(more) != 0).sum():
        masses["same_more"] = (float(more[shared][0]) / 100, shared)
    return masses


def _commonest(values: np.ndarray, among: np.ndarray) -> np.ndarray | None:
    """Return which rows have the value that is commonest among some rows, None where too few do."""
    if among.sum() < _MANY:
        return None
    each, counts = np.unique(values[among], return_counts=True)
    if counts.max() < _MANY:
        return None
    rows: np.ndarray = among & (values == each[counts.argmax()])
    return rows


def _happened_before(rows: TableRows, column: Column, months: EarlierMonths, check: str) -> bool:
    """Return whether many rows changed alike from the month before last to last month, too."""
    last, before = months.table(rows.table), months.table(rows.table, 1)
    if last is None or before is None:
        return False
    was = last.values([column.name])[column.name]
    older = before.values([column.name])[column.name].reindex(was.index)
    pair = (part.to_numpy(float, na_value=np.nan) for part in (older, was))
    return check in _masses(column, *pair)


def _report(
    rows: TableRows,
    check: str,
    column: Column,
    amount: str,
    old: np.ndarray,
    which: np.ndarray,
    issues: Issues,
) -> None:
    if not which.any():
        return
    report = rows.located(rows.frame.index[which], column.name)
    scale = 100 if column.kind == "money" else 1
    was = pd.Series(old[which] / scale).map("{:g}".format)
    detail = amount if amount else was.to_numpy()
    issues.add(check, report.assign(detail=detail))
