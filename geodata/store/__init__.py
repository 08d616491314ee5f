"""Where rows live: immutable monthly snapshots of Parquet files, and engines that read them."""

from geodata.store.embedded import ENGINES, DuckDBEngine, check_engine, open_engine
from geodata.store.engine import Engine
from geodata.store.months import add_month, stored_columns
from geodata.store.snapshots import (
    Entry,
    Fault,
    History,
    Manifest,
    SnapshotStore,
    SourceFile,
    StoredFile,
)
from geodata.store.writing import SnapshotWriter, new_snapshot

__all__ = [
    "ENGINES",
    "DuckDBEngine",
    "Engine",
    "Entry",
    "Fault",
    "History",
    "Manifest",
    "SnapshotStore",
    "SnapshotWriter",
    "SourceFile",
    "StoredFile",
    "add_month",
    "check_engine",
    "new_snapshot",
    "open_engine",
    "stored_columns",
]
