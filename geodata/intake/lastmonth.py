"""Values of a month against the month before: another size, a column gone empty, other households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.config import ImportSettings
from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierRows
from geodata.intake.issues import Issues
from geodata.intake.layouts import NUMBERS
from geodata.intake.membership import is_among
from geodata.intake.results import Measured, measured_columns, read_results
from geodata.intake.showing import shown_value
from geodata.store import stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.encryption import seals_of
from geodata.tables import Column

# From how many times the value of the month before a column is of another size, or has moved.
_TENFOLD, _MOVED = 8.0, 2.5
# Results of one item are compared from so many on; few of them differ by chance, but not as units do
# (mg and µg are a thousand apart).
_LEAST, _UNIT_APART = 3, 100.0
# Below this share of filled rows a column was hardly used; a share half of before has thinned out.
_USED, _THIN = 0.2, 0.5
_PLACES = frozenset({"longitude", "latitude"})
# Kinds of columns that hardly change from month to month, and from what share on they were mixed up.
_LASTING, _CHANGED = frozenset({"text", "choice", "certificate"}), 0.5


@dataclass(frozen=True)
class Before:
    """The month before: the Parquet files of its tables, and the tables whose feed is missing now."""

    files: Mapping[str, Sequence[Path]]
    missing: frozenset[str] = frozenset()


def check_against(
    before: Before,
    tables: Mapping[str, TableRows],
    settings: ImportSettings,
    *,
    names: Mapping[str, str],
    villages: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report what no month does to the next: columns that are empty now, figures of another size.

    `names` are the townships, `villages` those that there still are. Rows of one key are compared with each other, whole columns where a
    table has no state. Nothing is said of fewer rows than `settings.small_rows`.
    """
    with DuckDBEngine() as engine:
        for name, rows in tables.items():
            files = before.files.get(name, ())
            if not files or rows.frame.empty or name == "place":
                continue
            engine.add_files(name, files, stored_columns(rows.table))
            earlier = EarlierRows(engine, rows.table, seals_of(files[0]))
            if earlier.rows < settings.small_rows:
                continue
            if rows.table.nature == "state":
                _check_filled(rows, earlier, before, settings, issues)
                _check_texts(rows, earlier, settings, issues)
            _check_sizes(rows, earlier, settings, names, issues)
            for measured in measured_columns(rows.table):
                _check_results(rows, earlier, measured, settings, issues)
            if rows.table.nature == "state" and name not in before.missing:
                _check_villages(rows, earlier, villages, settings, issues)
            if name == "household" and name not in before.missing:
                _check_households(rows, earlier, settings, names, issues)


def _check_filled(
    rows: TableRows, earlier: EarlierRows, before: Before, settings: ImportSettings, issues: Issues
) -> None:
    """Report columns that were filled and are empty, or hold half as much, now."""
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
            _report(rows, check, column, str(was), "", issues)
        elif (
            now / len(rows.frame) < _THIN * was / earlier.rows and was - now >= settings.small_rows
        ):
            _report(rows, "column_thinner", column, str(was), str(now), issues)


def _check_texts(
    rows: TableRows, earlier: EarlierRows, settings: ImportSettings, issues: Issues
) -> None:
    """Report keys most of which are new, and columns of text that differ in most rows from before."""
    places = earlier.positions(rows.frame.index)
    known = places >= 0
    if rows.table.name != "household" and known.mean() < _CHANGED:
        new = str(int((~known).sum()))
        key = next((one for one in reversed(rows.table.key) if one in rows.delivered), "")
        column = rows.table.column(key or rows.table.key[-1])
        _report(rows, "keys_changed", column, str(len(known)), new, issues)
        return
    wanted = [
        name
        for name, column in rows.table.columns.items()
        if column.kind in _LASTING and name in rows.delivered and name not in rows.table.key
        if earlier.filled[name] >= settings.small_rows and not column.derived
    ]
    for name in wanted:
        now = pa.array(rows.frame[name][known], type=pa.large_string(), from_pandas=True)
        changed = pc.not_equal(now, earlier.texts(name).take(pa.array(places[known])))
        count, changes = len(changed) - changed.null_count, pc.sum(changed).as_py() or 0
        if count >= settings.small_rows and changes > _CHANGED * count:
            _report(
                rows, "column_changed", rows.table.column(name), str(count), str(changes), issues
            )


def _check_sizes(
    rows: TableRows,
    earlier: EarlierRows,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report numbers that are many times, or a fraction of, those of the month before."""
    wanted = [
        name
        for name, column in rows.table.columns.items()
        if column.kind in NUMBERS - {"count"} and name in rows.delivered
        if name not in _PLACES and not column.unit_of
        if earlier.filled[name] >= settings.small_rows
    ]
    if not wanted:
        return
    was = earlier.values(wanted)
    state = rows.table.nature == "state"
    if state:
        was = was.reindex(rows.frame.index)
    townships = rows.frame["place_code"].str[:9] if "place_code" in rows.frame.columns else None
    for name in wanted:
        column = rows.table.column(name)
        old = was[name].to_numpy(float, na_value=np.nan)
        new = rows.frame[name].to_numpy(float, na_value=np.nan)
        if state:
            times = _times(old, new)
            known = np.isfinite(times)
            if known.sum() < settings.small_rows:
                continue
            whole = float(np.median(times[known]))
            old, new = old[known], new[known]
        else:
            old, new = (part[np.isfinite(part) & (part != 0)] for part in (old, new))
            if min(len(old), len(new)) < settings.small_rows:
                continue
            whole = float(_times(np.median(old, keepdims=True), np.median(new, keepdims=True))[0])
        check = _size_check(whole, events=not state)
        if check:
            medians = [_shown(column, float(np.median(part))) for part in (new, old)]
            _report(rows, check, column, medians[1], medians[0], issues)
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
            _report(
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
        _report(rows, "results_shift", number, str(len(times)), whole, issues)
        return
    fewest = counts.min(axis=1).to_numpy()
    for (name, size), few in zip(times.items(), fewest, strict=True):
        sure = few >= settings.small_rows / 5
        if max(size, 1 / size) >= (_TENFOLD if sure else _UNIT_APART):
            label = item.choices.label(str(name)) if item.choices is not None else str(name)
            _report(rows, "results_shift_of", number, label, f"{size:.3g}", issues)


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
        _report(
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
            _report(rows, "village_gone", column, str(count), place, issues, place=village)


def _shown(column: Column, value: float) -> str:
    return shown_value(column, round(value) if column.kind != "number" else value)


def _report(
    rows: TableRows,
    check: str,
    column: Column,
    detail: str,
    value: str,
    issues: Issues,
    *,
    place: str = "",
) -> None:
    """Report something about a whole column; what is counted of it is no value of a person."""
    where = rows.located(rows.frame.index[:1], column.name).iloc[0]
    line = pd.DataFrame({"row": [None], "value": [value], "detail": [detail]})
    issues.add(
        check,
        line,
        file=where["file"],
        sheet=where["sheet"],
        header=where["header"] or column.title["zh"],
        place_code=place,
    )
