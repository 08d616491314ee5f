"""Rows of one household or person in every snapshot: counted, and written anew without who it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from geodata.store.checksums import digest_of
from geodata.store.retired import RETIRE
from geodata.store.snapshots import (
    MANIFEST,
    SNAPSHOTS,
    HistoryEntry,
    Manifest,
    SnapshotStore,
    StoredFile,
    flush_file,
    flush_folder,
    read_history,
    write_durably,
    write_history,
    writing,
)

# Gives for the rows of a table those that stand there instead, None where all stay.
Change = Callable[[str, pa.Table], pa.Table | None]


@dataclass(frozen=True)
class HeldRows:
    """How many rows of a table of a snapshot a change concerns."""

    snapshot: str
    table: str
    rows: int


def held_rows(store: SnapshotStore, count: Callable[[str, pa.Table], int]) -> Iterator[HeldRows]:
    """Yield the tables of all snapshots with rows that are counted, oldest first."""
    for snapshot in sorted(store.history.snapshots):
        for stored in store.manifest(snapshot).files:
            if stored.retired:
                continue
            rows = count(stored.table, _read(store.folder / SNAPSHOTS / snapshot / stored.path))
            if rows:
                yield HeldRows(snapshot, stored.table, rows)


def rewrite_rows(store: Path, change: Change, *, who: str, at: str) -> int:
    """Write the tables of all snapshots anew where a change says so; returns how many files.

    The files before are removed. A run that is killed has done some snapshots whole and the others
    not at all; it is to be run again. Raises StoreError when another process is writing.
    """
    count = 0
    with writing(store):
        for snapshot in sorted(read_history(store).snapshots):
            known = SnapshotStore(store).manifest(snapshot)
            folder = store / SNAPSHOTS / snapshot
            files = tuple(_written(folder, one, change) for one in known.files)
            gone = [one.path for one, new in zip(known.files, files, strict=True) if one != new]
            if gone:
                _point(store, replace(known, files=files), who, at)
                for path in gone:
                    (folder / path).unlink(missing_ok=True)
            count += len(gone)
    return count


def _written(folder: Path, stored: StoredFile, change: Change) -> StoredFile:
    if stored.retired:
        return stored
    before = folder / stored.path
    rows = change(stored.table, _read(before))
    if rows is None:
        return stored
    # Under a name of its own: whoever has the file open keeps what it read.
    count = int(before.stem.rpartition("-")[2])
    file = before.with_name(f"part-{count + 1}.parquet")
    pq.write_table(rows, file, compression="zstd")
    flush_file(file)
    flush_folder(file.parent)
    size, path = file.stat().st_size, file.relative_to(folder).as_posix()
    return StoredFile(path, stored.table, rows.num_rows, size, digest_of(file))


def _point(store: Path, manifest: Manifest, who: str, at: str) -> None:
    entry = HistoryEntry(manifest.snapshot, manifest.month, RETIRE, who, at, manifest.digest())
    write_history(store, read_history(store).with_entry(entry).entries)
    write_durably(store / SNAPSHOTS / manifest.snapshot / MANIFEST, manifest.content())


def _read(file: Path) -> pa.Table:
    # The name of a folder is no column.
    return pq.read_table(file, partitioning=None)
