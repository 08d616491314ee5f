"""Values of a month against the month before: another size, a column gone empty, other households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geodata.config import ImportSettings
from geodata.intake.combining import POINT, TableRows
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.earlier import EarlierMonths, EarlierRows
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues
from geodata.intake.layouts import NUMBERS
from geodata.intake.massshifts import check_shifts
from geodata.intake.membership import is_among
from geodata.intake.refusal import Refusal
from geodata.intake.results import Measured, measured_columns, read_results
from geodata.intake.rowchanges import check_rows, report_column
from geodata.intake.showing import shown_value
from geodata.tables import Column

# From how many times the value of the month before a column is of another size, or has moved.
_TENFOLD, _MOVED = 8.0, 2.5
# Results of one item are compared from so many on; few of them differ by chance, but not as units do
# (mg and µg are a thousand apart).
_LEAST, _UNIT_APART = 3, 100.0
# Below this share of filled rows a column was hardly used; a share half of before has thinned out.
_USED, _THIN = 0.2, 0.5
# Answers to a question of which another half say yes were turned round.
_ANSWERS = 0.5
# Tables of fewer rows are not compared at all.
_FEW = 20


@dataclass(frozen=True)
class Before:
    """The months before, and the tables whose feed is missing now.

    `filled` says for each layout of last month its rows (under "") and in how many of them each of
    its columns was filled, as `table.column`; {} where that was not kept.
    """

    months: EarlierMonths
    missing: frozenset[str] = frozenset()
    filled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Feed:
    """What the sheets of one layout fill this month: rows, and by `table.column` in how many of them.

    `headers` are those under which they do, `titles` those they usually have; `sheet` is the first.
    """

    layout: str
    sheet: DeliveredSheet
    rows: int
    filled: Mapping[str, int]
    headers: Mapping[str, str]
    titles: Mapping[str, str]


def feeds_of(parts: Sequence[Part], sheets: Sequence[DeliveredSheet]) -> list[Feed]:
    """Return what the sheets of each layout fill, from their rows."""
    feeds: dict[str, Feed] = {}
    for part in (part for part in parts if len(part.frame)):
        sheet = sheets[int(part.frame["sheet_number"].iloc[0])]
        layout, entry = sheet.layout.name, part.entry
        feed = feeds.setdefault(layout, Feed(layout, sheet, 0, {}, {}, {}))
        columns = [c for c in entry.columns.values() if not c.derived and c.name in part.frame]
        filled = dict(feed.filled)
        for column in columns:
            name = f"{entry.name}.{column.name}"
            filled[name] = filled.get(name, 0) + int(part.frame[column.name].notna().sum())
        named = {f"{entry.name}.{name}": header for name, header in part.headers.items()}
        titles = {f"{entry.name}.{c.name}": c.title["zh"] for c in entry.columns.values()}
        feeds[layout] = replace(
            feed,
            rows=feed.rows + (len(part.frame) if part.main else 0),
            filled=filled,
            headers={**named, **feed.headers},
            titles={**feed.titles, **titles},
        )
    return list(feeds.values())


def check_against(
    before: Before,
    tables: Mapping[str, TableRows],
    settings: ImportSettings,
    *,
    names: Mapping[str, str],
    villages: Mapping[str, str],
    feeds: Sequence[Feed] = (),
    issues: Issues,
) -> list[Refusal]:
    """Report what no month does to the next; returns the lists whose keys contradict last month's.

    `names` are the townships, `villages` those that there still are, `feeds` what each file fills.
    Rows of one key are compared with each other, whole columns where a table has no state. As a
    whole no column of fewer rows than `settings.small_rows` is judged.
    """
    faults = []
    told = check_feeds(before, feeds, settings, issues)
    for name, rows in tables.items():
        earlier, state = before.months.table(rows.table), rows.table.nature == "state"
        if earlier is None or rows.frame.empty or name == "place":
            continue
        if earlier.rows < (_FEW if state else settings.small_rows):
            continue
        whole = earlier.rows >= settings.small_rows
        if state:
            emptied = told.get(name, set())
            if whole and not before.filled:
                emptied = _check_filled(rows, earlier, before, settings, issues)
            fault = check_rows(
                rows,
                earlier,
                before.months,
                settings,
                names=names,
                emptied=frozenset(emptied),
                issues=issues,
            )
            faults += [] if fault is None else [fault]
        _check_sizes(rows, earlier, before.months, settings, names, issues)
        if not whole:
            continue
        if not state:
            _check_answers(rows, earlier, settings, issues)
        for measured in measured_columns(rows.table):
            _check_results(rows, earlier, measured, settings, issues)
        if state and name not in before.missing:
            _check_villages(rows, earlier, villages, settings, issues)
        if name == "household" and name not in before.missing:
            _check_households(rows, earlier, settings, names, issues)
    return faults


def check_feeds(
    before: Before, feeds: Sequence[Feed], settings: ImportSettings, issues: Issues
) -> dict[str, set[str]]:
    """Report columns that a feed filled last month and left empty, or filled half as often, now.

    Returns the columns told by table.
    """
    told: dict[str, set[str]] = {}
    for feed in feeds:
        was = before.filled.get(feed.layout, {})
        for name, count in was.items():
            table, _, column = name.partition(".")
            if not column or count < settings.small_rows:
                continue
            now = feed.filled.get(name, 0)
            share = _THIN * count * feed.rows / max(was.get("", 0), 1)
            if now and (now >= share or count - now < settings.small_rows):
                continue
            there = feed.headers.get(name, "")
            check = "column_thinner" if now else "column_emptied" if there else "column_gone"
            title = feed.titles.get(name, column)
            line = pd.DataFrame({"row": [None], "value": [str(now or "")], "detail": [str(count)]})
            issues.add(check, line, feed.sheet, header=there or title)
            told.setdefault(table, set()).add(column)
    return told


def _check_filled(
    rows: TableRows, earlier: EarlierRows, before: Before, settings: ImportSettings, issues: Issues
) -> set[str]:
    """Report columns that were filled and are empty, or hold half as much, now; returns them.

    It is asked where last month did not keep what each of its files filled.
    """
    told = set()
    for name, column in rows.table.columns.items():
        was = earlier.filled[name]
        if was < settings.small_rows or column.derived:
            continue
        now = int(rows.frame[name].notna().sum())
        if now and was < _USED * earlier.rows:
            continue
        if now == 0:
            if name not in rows.delivered and rows.table.name in before.missing:
                continue
            check = "column_emptied" if name in rows.delivered else "column_gone"
            report_column(rows, check, column, str(was), "", issues)
        elif (
            now / len(rows.frame) < _THIN * was / earlier.rows and was - now >= settings.small_rows
        ):
            report_column(rows, "column_thinner", column, str(was), str(now), issues)
        else:
            continue
        told.add(name)
    return told


def _check_answers(
    rows: TableRows, earlier: EarlierRows, settings: ImportSettings, issues: Issues
) -> None:
    """Report answers of events of which another half say yes than in the month before."""
    wanted = [
        name
        for name, column in rows.table.columns.items()
        if column.kind == "flag" and name in rows.delivered and not column.derived
        if earlier.filled[name] >= settings.small_rows
    ]
    was = earlier.values(wanted) if wanted else pd.DataFrame()
    for name in wanted:
        now = rows.frame[name].dropna()
        shares = [float(part.astype(float).mean()) for part in (was[name].dropna(), now)]
        if len(now) >= settings.small_rows and abs(shares[0] - shares[1]) > _ANSWERS:
            detail, value = (f"{100 * share:.3g}" for share in shares)
            column = rows.table.column(name)
            report_column(rows, "answers_shifted", column, detail, value, issues)


def _check_sizes(
    rows: TableRows,
    earlier: EarlierRows,
    months: EarlierMonths,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report numbers that are many times, or a fraction of, those of the month before."""
    state = rows.table.nature == "state"
    wanted = [
        name
        for name, column in rows.table.columns.items()
        if column.kind in NUMBERS and name in rows.delivered
        if name not in POINT and not column.unit_of
        if earlier.filled[name] >= (_FEW if state else settings.small_rows)
    ]
    if not wanted:
        return
    values = earlier.values(wanted)
    if state:
        values = values.reindex(rows.frame.index)
    townships = rows.frame["place_code"].str[:9] if "place_code" in rows.frame.columns else None
    for name in wanted:
        column = rows.table.column(name)
        old = values[name].to_numpy(float, na_value=np.nan)
        new = rows.frame[name].to_numpy(float, na_value=np.nan)
        if state:
            check_shifts(rows, column, old, new, months, issues)
        # How many there are changes; the rows are counted elsewhere.
        if column.kind == "count":
            continue
        times = _times(old, new) if state else np.empty(0)
        known = np.isfinite(times)
        old, new = (
            part[known if state else np.isfinite(part) & (part != 0)] for part in (old, new)
        )
        if min(len(old), len(new)) < settings.small_rows:
            continue
        medians = (np.median(part, keepdims=True) for part in (old, new))
        whole = float(np.median(times[known]) if state else _times(*medians)[0])
        check = _size_check(whole, events=not state)
        if check:
            was, now = (_shown(column, float(np.median(part))) for part in (old, new))
            report_column(rows, check, column, was, now, issues)
        elif state and townships is not None:
            _check_townships(
                rows, column, times, known, townships.to_numpy(), settings, names, issues
            )


def _check_townships(
    rows: TableRows,
    column: Column,
    times: np.ndarray,
    known: np.ndarray,
    townships: np.ndarray,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report townships whose numbers changed size although those of the county did not."""
    grouped = pd.Series(times[known]).groupby(townships[known])
    for township, part in grouped:
        check = _size_check(float(part.median())) if len(part) >= settings.small_rows / 5 else ""
        if check:
            place = names.get(str(township), str(township))
            report_column(
                rows,
                f"{check}_there",
                column,
                place,
                f"{part.median():.3g}",
                issues,
                place=str(township),
            )


def _check_results(
    rows: TableRows,
    earlier: EarlierRows,
    measured: Measured,
    settings: ImportSettings,
    issues: Issues,
) -> None:
    """Report what was tested whose results are of another size than in the month before.

    Each item is compared with itself, and all together by how many times each is what it was.
    """
    number, item = measured.number, measured.item
    if number.name not in rows.delivered:
        return
    was = earlier.values([measured.text.name, number.name, item.name])
    # A month that was stored with its texts alone is read as one of today.
    read = read_results(was[measured.text.name], was[item.name], measured).values
    old = was[number.name].where(was[number.name].notna(), read).astype("Float64")
    new = rows.frame[number.name].astype("Float64")
    now = pd.DataFrame({"item": rows.frame[item.name], "value": new})
    then = pd.DataFrame({"item": was[item.name], "value": old})
    sizes = [part[part["value"] > 0].groupby("item")["value"] for part in (then, now)]
    counts = pd.concat([part.size() for part in sizes], axis=1, keys=["then", "now"]).fillna(0)
    medians = pd.concat([part.median() for part in sizes], axis=1, keys=["then", "now"])
    counts = counts[counts.min(axis=1) >= _LEAST]
    times = medians["now"].div(medians["then"]).reindex(counts.index).astype(float)
    spread = np.repeat(times.to_numpy(), counts["now"].astype(int))
    if len(spread) >= settings.small_rows and _size_check(float(np.median(spread)), events=True):
        whole = f"{float(np.median(spread)):.3g}"
        report_column(rows, "results_shift", number, str(len(times)), whole, issues)
        return
    fewest = counts.min(axis=1).to_numpy()
    for (name, size), few in zip(times.items(), fewest, strict=True):
        sure = few >= settings.small_rows / 5
        if max(size, 1 / size) >= (_TENFOLD if sure else _UNIT_APART):
            label = item.choices.label(str(name)) if item.choices is not None else str(name)
            report_column(rows, "results_shift_of", number, label, f"{size:.3g}", issues)


def _times(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return new values as multiples of old ones, NaN where either is unknown or not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((old > 0) & (new > 0), new / old, np.nan)


def _size_check(times: float, *, events: bool = False) -> str:
    size = max(times, 1 / times)
    if size >= _TENFOLD:
        return "tenfold_shift"
    return "value_shift" if size >= _MOVED and not events else ""


def _check_households(
    rows: TableRows,
    earlier: EarlierRows,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report townships in which many households are new or no longer there."""
    was = earlier.values(["place_code"])["place_code"].astype("str").str[:9]
    now = rows.frame["place_code"].astype("str").str[:9]
    counts = pd.DataFrame(
        {
            "before": was.value_counts(),
            "new": now[~is_among(now.index, was.index)].value_counts(),
            "gone": was[~is_among(was.index, now.index)].value_counts(),
        }
    ).fillna(0)
    changed = np.maximum(counts["new"], counts["gone"]) * 100
    large = counts[
        (counts["before"] >= settings.small_rows / 5)
        & (changed > settings.jump_percent * counts["before"])
    ]
    # A township that delivered nothing at all is missing, which is told elsewhere.
    large = large[now.value_counts().reindex(large.index).fillna(0) > 0]
    for township, line in large.iterrows():
        figures = f"{int(line['new'])} / {int(line['gone'])} / {int(line['before'])}"
        report_column(
            rows,
            "households_changed",
            rows.table.column("household_code"),
            names.get(str(township), str(township)),
            figures,
            issues,
            place=str(township),
        )


def _check_villages(
    rows: TableRows,
    earlier: EarlierRows,
    villages: Mapping[str, str],
    settings: ImportSettings,
    issues: Issues,
) -> None:
    """Report villages of which no row is left, where others of their township still have some."""
    if "place_code" not in rows.table.columns or rows.table.key == ("place_code",):
        return
    was = earlier.values(["place_code"])["place_code"].astype("str").value_counts()
    now = set(rows.frame["place_code"].dropna())
    townships = {str(code)[:9] for code in now}
    for code, count in was[was >= settings.small_rows / 5].sort_index().items():
        village = str(code)
        if village in villages and village not in now and village[:9] in townships:
            column = rows.table.column("place_code")
            place = villages[village]
            report_column(rows, "village_gone", column, str(count), place, issues, place=village)


def _shown(column: Column, value: float) -> str:
    return shown_value(column, round(value) if column.kind != "number" else value)
