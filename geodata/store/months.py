"""The tables of a month as views of an engine: what is known at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from geodata.store.engine import Engine, latest_report
from geodata.store.snapshots import SnapshotStore
from geodata.tables import Table, tables

# The month of the snapshot that brought a row in; every stored table has it.
REPORTED = "reported_month"


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
) -> dict[str, tuple[str, ...]]:
    """Give an engine the tables of a month under their own names; returns each table's snapshots.

    `known` are the tables there are, by default those of the product, `names` the wanted ones. A state table is the month's own snapshot, and has no rows when the month did not bring it. An
    events table is all months from `since` (a lasting one: from the first) to `month`, for one key
    the latest report. Raises StoreError when the month has no snapshot.
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
            used[name] = _add_events(engine, store, table, months=(first, month))
    return used


def _add_events(
    engine: Engine, store: SnapshotStore, table: Table, *, months: tuple[str, str]
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
        engine.add_files(table.name, files, columns)
        return tuple(chosen)
    reports = f"{table.name}_reports"
    engine.add_files(reports, files, columns)
    engine.add_view(table.name, latest_report(reports, table.key, list(columns)))
    return tuple(chosen)
