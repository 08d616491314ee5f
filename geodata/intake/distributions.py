"""Values of a column that are spread as in no month before: zeros, one value or day, kinds that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.config import ImportSettings
from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths
from geodata.intake.issues import Issues
from geodata.intake.layouts import NUMBERS
from geodata.intake.rowchanges import CHANGED, FEW, report_column
from geodata.intake.showing import shown_value
from geodata.tables import Column

# What another fifth of the rows is now was filled in or overwritten: figures move by less in a month.
_MORE = 0.2
# From this share on a kind is one of those that come each month.
_USUAL = 0.05


def check_distributions(
    tables: Mapping[str, TableRows],
    months: EarlierMonths,
    settings: ImportSettings,
    *,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report columns that hold far more zeros, or one value, than last month, or lack a usual kind.

    `months` are those before, `names` the townships: zeros are told of each as well.
    """
    for name, rows in tables.items():
        last, before = months.table(rows.table), months.table(rows.table, 1)
        if name == "place" or last is None or last.rows < FEW:
            continue
        wanted = [column for column in _own(rows) if last.filled[column.name] >= FEW]
        was = last.values(["place_code"] if _placed(rows) else [])
        was = was.join(last.values([c.name for c in wanted if c.name not in was]))
        mine = rows.frame[rows.own.to_numpy()]
        for column in wanted:
            now, then = mine[column.name].dropna(), was[column.name].dropna()
            if len(now) < FEW:
                continue
            if column.kind in NUMBERS:
                places = [_townships(part, rows) for part in (mine, was)]
                _check_zeros(rows, column, now, then, places, settings, names, issues)
            if column.kind in NUMBERS or rows.table.nature == "events":
                _check_one_value(rows, column, now, then, issues)
            # Events come in their season.
            if column.kind == "choice" and before is not None and rows.table.nature == "state":
                _check_kinds(
                    rows, column, now, [then, before.values([column.name])[column.name]], issues
                )


def _own(rows: TableRows) -> Iterator[Column]:
    """Give the columns that the table's own files brought and that say something by their values."""
    for name, column in rows.table.columns.items():
        told = column.derived or column.sealed or column.unit_of or column.kind == "place"
        keyed = name in rows.table.key and column.kind != "choice"
        if name in rows.own_columns and not keyed and not told:
            yield column


def _placed(rows: TableRows) -> bool:
    return "place_code" in rows.table.columns and "place_code" in rows.frame.columns


def _townships(frame: pd.DataFrame, rows: TableRows) -> pd.Series:
    if not _placed(rows):
        return pd.Series("", frame.index)
    return frame["place_code"].astype("str").str[:9]


def _check_zeros(
    rows: TableRows,
    column: Column,
    now: pd.Series,
    then: pd.Series,
    places: Sequence[pd.Series],
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    ours, theirs = (
        pd.Series(values.to_numpy(float) == 0, where.reindex(values.index).to_numpy(object))
        for values, where in zip((now, then), places, strict=True)
    )
    least = max(FEW, settings.small_rows // 5)
    pairs = {
        str(place): (ours[ours.index == place], theirs[theirs.index == place])
        for place in sorted(set(ours.index) & set(theirs.index) & set(names))
    }
    there = {place: pair[0] for place, pair in pairs.items() if _far_more(*pair, least=least)}
    single = 0 < 2 * len(there) <= len(pairs)
    rest = [part[~part.index.isin(there)] if single else part for part in (ours, theirs)]
    if _far_more(*rest, least=FEW):
        detail, value = (f"{100 * part.mean():.3g}" for part in (theirs, ours))
        report_column(rows, "zeros_more", column, detail, value, issues)
        return
    for place, part in there.items():
        told = names[place], f"{100 * part.mean():.3g}"
        report_column(rows, "zeros_more_there", column, *told, issues, place=place)


def _far_more(
    now: np.ndarray | pd.Series, then: np.ndarray | pd.Series, *, least: int, more: float = _MORE
) -> bool:
    """Return whether at least `least` hold now, and another part of all than held before."""
    return bool(now.sum() >= least and len(then) and now.mean() - then.mean() > more)


def _check_one_value(
    rows: TableRows, column: Column, now: pd.Series, then: pd.Series, issues: Issues
) -> None:
    """Report a value of numbers that another fifth has; of other columns one that another half has.

    Last month had its own days and names: of these whatever was commonest is compared.
    """
    numbers = column.kind in NUMBERS
    values = now[now.to_numpy(float) != 0] if numbers else now.astype("str")
    if values.empty:
        return
    commonest = values.mode().iloc[0]
    here = (now if numbers else values) == commonest
    other = then if numbers else then.astype("str")
    before = (other == commonest) if numbers else other == other.mode().get(0)
    # What most had already was not filled down.
    usual = before.mean() >= CHANGED
    if usual or not _far_more(here, before, least=FEW, more=_MORE if numbers else CHANGED):
        return
    value = "***" if column.identifies else shown_value(column, commonest)
    told = f"{100 * before.mean():.3g}", f"{value} ({100 * here.mean():.3g}%)"
    report_column(rows, "value_repeated", column, *told, issues)


def _check_kinds(
    rows: TableRows, column: Column, now: pd.Series, earlier: Sequence[pd.Series], issues: Issues
) -> None:
    """Report choices of which there were many in each month before and there is none now.

    What the law renamed came under its new name.
    """
    counts = [part.dropna().astype("str").value_counts() for part in (now, *earlier)]
    often = [
        set(each.index[(each >= FEW) & (each >= _USUAL * each.sum())].astype("str"))
        for each in counts[1:]
    ]
    choices = column.choices.choices if column.choices is not None else ()
    renamed = {one.value for one in choices if one.successor}
    for kind in sorted(set.intersection(*often) - set(counts[0].index) - renamed):
        label = column.choices.label(kind) if column.choices is not None else kind
        report_column(rows, "kind_gone", column, str(counts[1][kind]), label, issues)
