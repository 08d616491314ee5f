"""Where a deed was entered on the page and delivered by the county's system with other values: both told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.access.entry_kinds import kinds
from geodata.periods import shift_month
from geodata.store import Engine
from geodata.store.entered import DELIVERED, EnteredRows, rows_between
from geodata.tables import Table
from geodata.workspace.engines import MONTHS_BACK, month_engine
from geodata.workspace.inputs import Setup


@dataclass(frozen=True)
class DeedConflict:
    """One column of one deed that the page and a delivered file tell differently; `match` says of which."""

    table: str
    match: tuple[str, ...]
    column: str
    entered: str
    delivered: str


def deed_conflicts(
    engine: Engine, entered: Mapping[str, EnteredRows], tables: Mapping[str, Table]
) -> Iterator[DeedConflict]:
    """Give what was entered and delivered of one deed with other values, both told; as `month_engine` has them.

    Who wrote it is told by account here and by name there, and is not compared.
    """
    told_by = {kind.table: kind.by for kind in kinds().values()}
    for name, rows in sorted(entered.items()):
        frame = _delivered(engine, name, rows, tables[name])
        if frame is None:
            continue
        both = rows.frame.merge(frame, on=[*rows.match], suffixes=("", DELIVERED))
        for column in tables[name].columns:
            if column in rows.match or column == told_by[name]:
                continue
            for row in both.to_dict("records"):
                here, there = row[column], row[column + DELIVERED]
                if pd.notna(here) and pd.notna(there) and _plain(here) != _plain(there):
                    match = tuple(str(row[one] or "") for one in rows.match)
                    yield DeedConflict(name, match, column, str(here), str(there))


def month_conflicts(setup: Setup, month: str) -> tuple[DeedConflict, ...]:
    """Return the conflicts of what was entered and delivered up to a month.

    They may be of any place: who shows them takes those whose rows the viewer may see.
    """
    tables, held = setup.tables, {}
    for name, one in setup.entered.items():
        first = "" if tables[name].lasting else shift_month(month, -MONTHS_BACK)
        rows = rows_between(one, first, month)
        held.update({} if rows is None else {name: rows})
    if not held:
        return ()
    known = setup.tables_behind(held)
    with month_engine(setup.store, month, known, entered=held) as (engine, _):
        return tuple(deed_conflicts(engine, held, tables))


def _delivered(engine: Engine, name: str, rows: EnteredRows, table: Table) -> pd.DataFrame | None:
    """Return the delivered rows of deeds that were entered, as texts; None where none are held apart."""
    first = rows.match[0]
    known = sorted({str(one) for one in rows.frame[first].dropna()})
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in known)
    cells = ", ".join(f"CAST({one} AS STRING) AS {one}" for one in table.columns)
    view = name + DELIVERED
    if not known:
        return None
    frame = engine.frame(f"SELECT {cells} FROM {view} WHERE {first} IN ({listed})")
    return frame.astype(object).where(frame.notna(), None)


def _plain(value: Any) -> str:
    """Return a value without what only its form tells: 80 and 80.0 are one."""
    text = str(value).strip()
    return text.removesuffix(".0")
