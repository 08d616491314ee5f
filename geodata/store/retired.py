"""Tables of snapshots that are kept no longer: their files go, what is said of them in the manifest stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from geodata.store.snapshots import (
    MANIFEST,
    SNAPSHOTS,
    HistoryEntry,
    SnapshotStore,
    read_history,
    write_durably,
    write_history,
    writing,
)

RETIRE = "retire"


def retire_tables(store: Path, wanted: Mapping[str, Collection[str]], *, who: str, at: str) -> int:
    """Remove the files of some tables of snapshots for good; returns how many rows they had.

    The manifest keeps how many rows there were and since when they are gone. A run that is killed is
    made whole by the next. Raises StoreError when another process is writing.
    """
    rows = 0
    with writing(store):
        for snapshot, tables in wanted.items():
            rows += _retire(store, snapshot, tables, who, at)
        _remove_retired(store)
    return rows


def _retire(store: Path, snapshot: str, tables: Collection[str], who: str, at: str) -> int:
    history = read_history(store)
    manifest = SnapshotStore(store, history).manifest(snapshot)
    files = [
        replace(one, retired=at) if one.table in tables and not one.retired else one
        for one in manifest.files
    ]
    gone = [one for one, before in zip(files, manifest.files, strict=True) if one != before]
    if not gone:
        return 0
    told = replace(manifest, files=tuple(files))
    # The pointer first: were it last, a kill between would leave a manifest that nobody vouches for
    # and that says its tables are gone already.
    entry = HistoryEntry(snapshot, manifest.month, RETIRE, who, at, told.digest())
    write_history(store, history.with_entry(entry).entries)
    write_durably(store / SNAPSHOTS / snapshot / MANIFEST, told.content())
    return sum(one.rows for one in gone)


def _remove_retired(store: Path) -> None:
    """Remove the files that manifests say are gone, also those that a killed run left."""
    known = SnapshotStore(store)
    for snapshot in known.history.retired:
        for stored in known.manifest(snapshot).files:
            if stored.retired:
                (store / SNAPSHOTS / snapshot / stored.path).unlink(missing_ok=True)
