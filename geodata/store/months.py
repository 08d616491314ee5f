"""The tables of a month as views of an engine: what is known at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from geodata.store.engine import Engine, latest_report, quoted
from geodata.store.entered import DELIVERED, REPORTED, EnteredRows, rows_between
from geodata.store.snapshots import SnapshotStore
from geodata.tables import Table, tables

_ENTERED = "_entered"
# Every engine knows text as STRING.
_TEXT = "STRING"


def stored_columns(table: Table) -> dict[str, str]:
    """Return the columns of a stored table with their SQL types."""
    types = {name: column.stored_as for name, column in table.columns.items()}
    return {**types, REPORTED: "VARCHAR"}


def add_month(
    engine: Engine,
    store: SnapshotStore,
    month: str,
    *,
    names: Iterable[str] | None = None,
    since: str = "",
    known: Mapping[str, Table] | None = None,
    entered: Mapping[str, EnteredRows] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Give an engine the tables of a month under their own names; returns each table's snapshots.

    `known` are the tables there are, by default those of the product, `names` the wanted ones. A state table is the month's own snapshot, and has no rows when the month did not bring it. An
    events table is all months from `since` (a lasting one: from the first) to `month`, for one key
    the latest report; what people `entered` up to the month is among its rows, each once. Raises
    StoreError when the month has no snapshot.
    """
    snapshot = store.snapshot_of(month)
    used: dict[str, tuple[str, ...]] = {}
    known = tables() if known is None else known
    for name in known if names is None else names:
        table = known[name]
        if table.nature == "state":
            used[name] = (snapshot,)
            engine.add_files(name, store.files(snapshot, name), stored_columns(table))
        else:
            first = "" if table.lasting else since
            rows = rows_between(None if entered is None else entered.get(name), first, month)
            view = name if rows is None else name + DELIVERED
            used[name] = _add_events(engine, store, table, view, months=(first, month))
            if rows is not None:
                _add_entered(engine, table, rows)
    return used


def _add_entered(engine: Engine, table: Table, rows: EnteredRows) -> None:
    """Put what was entered and never delivered among the rows of a table that were."""
    name, columns = table.name, stored_columns(table)
    texts = rows.frame.reindex(columns=list(columns)).astype("string")
    engine.add_rows(name + _ENTERED, pa.Table.from_pandas(texts, _schema(columns)))
    cells = ", ".join(f"CAST(e.{n} AS {_kind(kind)}) AS {quoted(n)}" for n, kind in columns.items())
    same = " AND ".join(
        f"COALESCE(CAST(d.{one} AS {_TEXT}), '') = COALESCE(e.{one}, '')" for one in rows.match
    )
    engine.add_view(
        name,
        f"SELECT {', '.join(map(quoted, columns))} FROM {name}{DELIVERED} UNION ALL "
        f"SELECT {cells} FROM {name}{_ENTERED} AS e WHERE NOT EXISTS "
        f"(SELECT 1 FROM {name}{DELIVERED} AS d WHERE {same})",
    )


def _schema(columns: Iterable[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in columns])


def _kind(kind: str) -> str:
    """Return a type as every engine knows it."""
    return _TEXT if kind == "VARCHAR" else kind


def _add_events(
    engine: Engine, store: SnapshotStore, table: Table, view: str, *, months: tuple[str, str]
) -> tuple[str, ...]:
    current = store.history.current
    chosen = [current[month].snapshot for month in current if months[0] <= month <= months[1]]
    files: list[Path] = []
    overlapping = False
    for snapshot in chosen:
        manifest = store.manifest(snapshot)
        files.extend(store.files(snapshot, table.name))
        covered = manifest.months.get(table.name, (manifest.month,))
        overlapping |= set(covered) != {manifest.month}
    columns = stored_columns(table)
    if not overlapping:
        engine.add_files(view, files, columns)
        return tuple(chosen)
    reports = f"{table.name}_reports"
    engine.add_files(reports, files, columns)
    engine.add_view(view, latest_report(reports, table.key, list(columns)))
    return tuple(chosen)
