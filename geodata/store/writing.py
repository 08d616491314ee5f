"""Writing a snapshot: all files first, then the manifest, and last the pointer.

A process killed before the pointer moves leaves files that no reader looks at; the next writer
removes them. Files a pointer names are never touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from geodata.store.checksums import digest_of
from geodata.store.encryption import seals_of
from geodata.store.snapshots import (
    MANIFEST,
    SNAPSHOTS,
    HistoryEntry,
    Manifest,
    SnapshotStore,
    SourceFile,
    StoredFile,
    flush_file,
    flush_folder,
    read_history,
    write_history,
    writing,
)

# Small enough that the rows of one village lie in one or two groups, large enough to scan fast.
ROW_GROUP = 20_000
_INCOMING = ".incoming"


class SnapshotWriter:
    """One snapshot being written; `write_table` for each table, then `commit` once."""

    def __init__(self, store: Path, snapshot: str, month: str) -> None:
        self._store = store
        self.snapshot = snapshot
        self.month = month
        self._folder = store / SNAPSHOTS / f"{_INCOMING}-{snapshot}"
        self._folder.mkdir(parents=True)
        self._seals = seals_of(store)
        self._files: list[StoredFile] = []
        self._months: dict[str, tuple[str, ...]] = {}

    def write_table(
        self, table: str, rows: pa.Table, *, sort: Sequence[str] = (), sealed: Sequence[str] = ()
    ) -> None:
        """Write the rows of a table, sorted, one file a county (first six digits of place_code).

        The columns of `sealed` are sealed where the settings of the workspace want it.
        """
        rows = self._seals.sealed(rows, sealed)
        order = [(name, "ascending") for name in dict.fromkeys(sort) if name in rows.column_names]
        places = pc.sort_indices(rows, order) if order else pa.array(np.arange(rows.num_rows))
        for county, mine in _by_county(rows, places):
            folder = self._folder / table / f"county={county}"
            folder.mkdir(parents=True)
            path = folder / "part-0.parquet"
            _write(rows, mine, path)
            flush_file(path)
            flush_folder(folder)
            self._files.append(
                StoredFile(
                    path=path.relative_to(self._folder).as_posix(),
                    table=table,
                    rows=len(mine),
                    size=path.stat().st_size,
                    sha256=digest_of(path),
                )
            )

    def note_months(self, table: str, months: Sequence[str]) -> None:
        """Record to which months the rows of an events table belong."""
        self._months[table] = tuple(sorted(months))

    def commit(
        self, *, who: str, at: str, sources: Sequence[SourceFile] = (), facts: Mapping[str, Any]
    ) -> Manifest:
        """Finish the snapshot and let its month show it; returns its manifest."""
        manifest = Manifest(
            snapshot=self.snapshot,
            month=self.month,
            who=who,
            at=at,
            files=tuple(self._files),
            sources=tuple(sources),
            months=self._months,
            facts=facts,
        )
        path = self._folder / MANIFEST
        path.write_bytes(manifest.content())
        flush_file(path)
        for folder in (*(self._folder / file.table for file in self._files), self._folder):
            flush_folder(folder)
        self._folder.rename(self._store / SNAPSHOTS / self.snapshot)
        flush_folder(self._store / SNAPSHOTS)
        entry = HistoryEntry(self.snapshot, self.month, "import", who, at, manifest.digest())
        write_history(self._store, read_history(self._store).with_entry(entry).entries)
        return manifest


@contextmanager
def new_snapshot(store: Path, month: str) -> Iterator[SnapshotWriter]:
    """Give a writer for the next snapshot of a month, alone in the store.

    Leaving without `commit`, by an error or a kill, changes nothing that readers see. Raises
    StoreError when another process is writing.
    """
    with writing(store):
        _remove_unfinished(store)
        taken = [name for name in SnapshotStore(store).history.snapshots if name[:7] == month]
        number = max((int(name[8:]) for name in taken), default=0) + 1
        writer = SnapshotWriter(store, f"{month}-{number:03d}", month)
        try:
            yield writer
        finally:
            shutil.rmtree(writer._folder, ignore_errors=True)


def _remove_unfinished(store: Path) -> None:
    """Remove what a killed import left: folders that the pointer does not name."""
    folder = store / SNAPSHOTS
    folder.mkdir(parents=True, exist_ok=True)
    known = set(read_history(store).snapshots)
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name not in known:
            shutil.rmtree(entry.path)


def _write(rows: pa.Table, places: pa.Array, path: Path) -> None:
    """Write the rows at some places in that order; only one group of them is copied at a time."""
    with parquet.ParquetWriter(path, rows.schema, compression="zstd") as file:
        for start in range(0, max(len(places), 1), ROW_GROUP):
            file.write_table(rows.take(places.slice(start, ROW_GROUP)), row_group_size=ROW_GROUP)


def _by_county(rows: pa.Table, places: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Give each county with the places of its rows, in the order of `places`."""
    if "place_code" not in rows.column_names:
        yield "all", places
        return
    codes = pc.utf8_slice_codeunits(rows["place_code"], 0, 6)
    counties = pc.fill_null(codes, "none").combine_chunks().take(places)
    for county in sorted(pc.unique(counties).to_pylist()):
        yield county, places.filter(pc.equal(counties, county))
