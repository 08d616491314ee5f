"""Whole tables that are probably not this month's: copies that differ, far fewer rows, last month's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.config import ImportSettings
from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierRows
from geodata.intake.feed_totals import Feeds
from geodata.intake.layouts import NUMBERS, Layout
from geodata.intake.refusal import Refusal
from geodata.store import SourceFile, stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.encryption import seals_of

Files = Mapping[str, Sequence[Path]]
# Two files of one table may differ in a row that was mended in one of them, not in so many.
_DIFFERENT, _FEW = 0.05, 20
# Rows of two months are the same table where all their numbers are, but for a few. A table that was
# so like in one of the months before, too, is a list that is not made anew every month.
_SAME, _LIST, _MONTHS = 0.999, 0.99, 2


def doubts(
    tables: Mapping[str, TableRows],
    before: Files,
    earlier: Sequence[Files],
    settings: ImportSettings,
    *,
    sources: Sequence[tuple[SourceFile, Layout]],
    feeds: Feeds,
    missing: frozenset[str],
) -> list[Refusal]:
    """Return what stops an import unless a reason is given.

    `before` are the files of last month's tables, `earlier` those of the two months before it, newest first;
    `sources` are the sheets of this month with their layouts, `feeds` the rows of last month; `missing` are the tables
    whose own feed did not come.
    """
    # A table of a county's own, such as a survey, may be done with; an export is made anew every month.
    exported = {
        layout.tables[0].name
        for _, layout in sources
        if not layout.name.startswith("template_") and layout.tables[0].nature == "state"
    }
    faults = [*_copies(tables), *_shrunk(sources, feeds, settings)]
    for name, rows in tables.items():
        if not before.get(name) or name in missing or name not in exported:
            continue
        with DuckDBEngine() as engine:
            last = _opened(engine, rows, before[name])
            if last.rows < settings.small_rows:
                continue
            # What went wrong with the table is told of its own sheet, the one that lists it.
            so_far = [files.get(name, ()) for files in earlier]
            if len(so_far) == _MONTHS and all(so_far) and _is_repeated(engine, rows, last, so_far):
                own = rows.frame.index[rows.own][:1]
                first = rows.located(own, rows.table.key[-1]).iloc[0]
                where, title = (str(first["file"]), str(first["sheet"])), rows.table.title["zh"]
                told = Refusal.of(
                    "imports.repeated_month", *where, title=title, rows=len(rows.frame)
                )
                faults.append(told)
    return faults


def _shrunk(
    sources: Sequence[tuple[SourceFile, Layout]], feeds: Feeds, settings: ImportSettings
) -> Iterator[Refusal]:
    """Give the lists of which far fewer rows can be stored than came last month."""
    for layout in {layout.name: layout for _, layout in sources}.values():
        mine = [source for source, other in sources if other.name == layout.name]
        before, now = sum(feeds.get(layout.name, {}).values()), sum(one.stored for one in mine)
        if layout.tables[0].nature != "state" or before < settings.small_rows:
            continue
        if now * 100 < settings.stored_percent * before:
            where, title = (mine[0].file, mine[0].sheet), layout.title["zh"]
            yield Refusal.of("imports.shrunk", *where, title=title, rows=now, before=before)


def _copies(tables: Mapping[str, TableRows]) -> Iterator[Refusal]:
    """Give the sheets that list the rows of another sheet with other values."""
    for rows in tables.values():
        for pair in rows.copies:
            if pair.rows >= _FEW and pair.rows > _DIFFERENT * pair.among:
                first, second = pair.first, pair.second
                yield Refusal.of(
                    "imports.copies_differ",
                    second.file,
                    second.sheet,
                    other=first.file,
                    other_sheet=first.sheet or Path(first.file).stem,
                    title=rows.table.title["zh"],
                    count=pair.rows,
                    rows=pair.among,
                )


def _opened(engine: DuckDBEngine, rows: TableRows, files: Sequence[Path]) -> EarlierRows:
    engine.add_files(rows.table.name, files, stored_columns(rows.table))
    return EarlierRows(engine, rows.table, seals_of(files[0]))


def _is_repeated(
    engine: DuckDBEngine, rows: TableRows, last: EarlierRows, earlier: Sequence[Sequence[Path]]
) -> bool:
    """Return whether rows are those of last month although each month's differed from the one before."""
    columns = [
        name
        for name, column in rows.table.columns.items()
        if column.kind in NUMBERS and name in rows.delivered and last.filled[name]
    ]
    if not columns:
        return False
    was = last.values(columns)
    now = rows.frame.loc[rows.own, columns]
    if len(now) < _FEW or _alike(now, was[columns]) < _SAME:
        return False
    for files in earlier:
        before = _opened(engine, rows, files).values(columns)
        # Rows that came or went, such as those of a township that did not deliver, are no change.
        both = was.index.isin(before.index)
        if _alike(was.loc[both, columns], before[columns]) >= _LIST:
            return False
        was = before
    return True


def _alike(frame: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return in what share of rows all numbers are those of the other table; unknown is unknown."""
    now = frame.to_numpy(float, na_value=np.nan)
    was = other.reindex(frame.index).to_numpy(float, na_value=np.nan)
    same = (now == was) | (np.isnan(now) & np.isnan(was))
    return float(same.all(axis=1).mean()) if len(now) else 1.0
