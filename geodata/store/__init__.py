"""Where rows live: immutable monthly snapshots of Parquet files, and engines that read them.

What opens an engine or its tables is imported from its own module, so that the import rules see who
does it.
"""

from geodata.store.embedded import ENGINES, check_engine
from geodata.store.engine import Engine, table_files
from geodata.store.months import stored_columns
from geodata.store.snapshots import (
    History,
    HistoryEntry,
    Manifest,
    SnapshotFault,
    SnapshotStore,
    SourceFile,
    StoredFile,
)
from geodata.store.writing import SnapshotWriter, new_snapshot

__all__ = [
    "ENGINES",
    "Engine",
    "History",
    "HistoryEntry",
    "Manifest",
    "SnapshotFault",
    "SnapshotStore",
    "SnapshotWriter",
    "SourceFile",
    "StoredFile",
    "check_engine",
    "new_snapshot",
    "stored_columns",
    "table_files",
]
