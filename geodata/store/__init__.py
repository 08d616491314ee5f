"""Where rows live: immutable monthly snapshots of Parquet files, and engines that read them."""

from geodata.store.embedded import DuckDBEngine
from geodata.store.engine import Engine
from geodata.store.history import Entry, History
from geodata.store.manifest import Manifest, SourceFile, StoredFile
from geodata.store.months import add_month, stored_columns
from geodata.store.opening import ENGINES, check_engine, open_engine
from geodata.store.snapshots import Fault, SnapshotStore
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
