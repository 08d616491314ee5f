"""Rows of events that many at once are of another month than the delivery, as none were last month."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths
from geodata.intake.issues import Issues

# So many rows, and such a part of them, are of another month by no chance; more than so many times
# the part that were last month is no lateness either.
_MANY, _PART, _TIMES = 20, 0.02, 3


def check_event_dates(
    tables: Mapping[str, TableRows], months: EarlierMonths, month: str, issues: Issues
) -> None:
    """Report by table and other month how many events are of it, where last month had hardly any so late.

    `months` are those before `month`. Without one only the same month of another
    year, a slip of the pen, is told. Registers with dates of their own are of no month.
    """
    for rows in tables.values():
        table = rows.table
        if table.nature != "events" or table.lasting:
            continue
        last = months.table(table)
        for column in table.columns.values():
            dated = column.kind in ("month", "day") and column.required
            if not dated or column.name not in rows.own_columns:
                continue
            now = _months(rows.frame[column.name][rows.own.to_numpy()])
            then = None
            if last is not None:
                was = _months(last.values([column.name])[column.name])
                then = _lags(was, months.month()).value_counts(normalize=True)
            _report(rows, column.name, now, then, month, issues)


def _months(dates: pd.Series) -> pd.Series:
    return dates.dropna().astype("str").str[:7]


def _lags(dates: pd.Series, month: str) -> pd.Series:
    """Return by how many months dates lie before (negative) or behind a month."""
    numbers = dates.str[:4].astype(int) * 12 + dates.str[5:7].astype(int)
    return numbers - (int(month[:4]) * 12 + int(month[5:]))


def _report(
    rows: TableRows,
    column: str,
    now: pd.Series,
    then: pd.Series | None,
    month: str,
    issues: Issues,
) -> None:
    lags = _lags(now, month)
    for lag, count in lags[lags != 0].value_counts().sort_index().items():
        share = int(count) / len(now)
        usual = 0.0 if then is None else float(then.get(lag, 0.0))
        if count < _MANY or share <= max(_PART, _TIMES * usual):
            continue
        if then is None and int(str(lag)) % 12:
            continue
        first = rows.located(now.index[(lags == lag).to_numpy()][:1], column)
        line = first[["file", "sheet", "row", "header"]]
        issues.add("of_another_month", line.assign(value=now[first.index[0]], detail=str(count)))
