"""What was built for a month, beside the snapshots: Parquet files behind one small pointer file.

All a store must be able to do is replace that file in one step: what the pointer does not name is
no month. Who builds holds the store's lease, a file in the store itself, so that of two machines one
builds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import StoreError
from geodata.store import table_files
from geodata.store.checksums import digests, faulty
from geodata.store.engine import WORK
from geodata.store.snapshots import write_durably

FOLDER = "built"
# What is counted by village: no row of it is about a household.
SUMS = ("counts", "figures", "figures_before")


@dataclass(frozen=True)
class Built:
    """One built month: its folder, the digest of everything it was made from, and those inputs."""

    month: str
    folder: Path
    digest: str
    inputs: Mapping[str, Any]

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the files of one table, () without it: flags, counts, figures, figures_before or a feature set."""
        return table_files(self.folder, name)

    def frame(self, name: str) -> pd.DataFrame:
        """Return one table of SUMS whole; rows about households come from a reader alone.

        Raises ValueError for another table.
        """
        if name not in SUMS:
            raise ValueError(f"{name} is read by a reader of geodata.access")
        parts = [pq.read_table(file) for file in self.files(name)]
        frame: pd.DataFrame = pa.concat_tables(parts).to_pandas()
        return frame

    def unknown_columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table of which no row has a value; none where it is not there."""
        names: tuple[str, ...] = ()
        known: set[str] = set()
        for file in self.files(name):
            metadata = pq.read_metadata(file)
            names = tuple(metadata.schema.names)
            for at in range(metadata.num_row_groups):
                group = metadata.row_group(at)
                columns = [group.column(one) for one in range(group.num_columns)]
                known |= {one.path_in_schema for one in columns if _has_value(one)}
        return tuple(one for one in names if one not in known)


def _has_value(column: pq.ColumnChunkMetaData) -> bool:
    counted = column.statistics
    return counted is None or bool(counted.null_count < column.num_values)


def digest_of(inputs: Mapping[str, Any]) -> str:
    """Return the digest of inputs, the same for the same content in any order of keys."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read_built(store: Path, month: str) -> Built | None:
    """Return what was built for a month, or None when nothing whole is there."""
    pointed = _pointed(store, month)
    if pointed is None:
        return None
    built, files = pointed
    return None if faulty(built.folder, files) or not built.folder.is_dir() else built


def built_faults(store: Path, month: str) -> tuple[str, ...]:
    """Return the files of a built month that are damaged or missing, its pointer among them."""
    pointed = _pointed(store, month)
    if pointed is None:
        return (f"{month}.json",)
    built, files = pointed
    if not built.folder.is_dir():
        return (built.folder.name,)
    return tuple(f"{built.folder.name}/{name}" for name in faulty(built.folder, files))


def _pointed(store: Path, month: str) -> tuple[Built, Mapping[str, str]] | None:
    """Return the month that a pointer names, with the digests of its files; None without a pointer."""
    pointer = store / FOLDER / f"{month}.json"
    try:
        content = json.loads(pointer.read_text(encoding="utf-8"))
        name, files = content["folder"], content.get("files", {})
        # A damaged pointer must not lead out of the folder.
        if not name.startswith(f"{month}.") or Path(name).name != name:
            return None
        if not all(isinstance(text, str) for text in (*files, *files.values())):
            return None
        folder = store / FOLDER / name
        return Built(month, folder, str(content["digest"]), dict(content["inputs"])), files
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def built_months(store: Path) -> tuple[str, ...]:
    """Return the months that were built, sorted."""
    return tuple(sorted(file.stem for file in (store / FOLDER).glob("????-??.json")))


# A machine that died holds the lease for so long at most, in seconds.
_LEASE, _BEAT = 15.0, 3.0
_UNFINISHED = (WORK, ".probe-")


@contextmanager
def building(store: Path) -> Iterator[None]:
    """Hold the store's lease for building; raises StoreError when another process or machine does.

    It is a file of the store that its holder touches, so that no lock of a file system is needed and
    no clocks are compared. What a killed build left is removed.
    """
    home = store / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    marker = home / ".building"
    seen = _touched(marker)
    lease = filelock.SoftFileLease(
        marker, lease_duration=_LEASE, heartbeat_interval=_BEAT, timeout=_LEASE + _BEAT
    )
    try:
        # Whoever touches it lives: there is nothing to wait for.
        lease.acquire(cancel_check=lambda: _touched(marker) not in (seen, None))
    except filelock.Timeout:
        raise StoreError("store.building", folder=str(store)) from None
    try:
        for left in (one for one in store.iterdir() if one.name.startswith(_UNFINISHED)):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lease.release()


def _touched(marker: Path) -> tuple[int, int] | None:
    try:
        seen = marker.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_ino


def save_built(
    store: Path,
    month: str,
    inputs: Mapping[str, Any],
    write: Callable[[Path], Mapping[Path, str]],
) -> Built:
    """Let `write` write the tables of a month to a new folder, then move its pointer; an old folder goes last.

    It returns the SHA-256 of each file. A reader that has opened the old month keeps its files until
    the next build of that month.
    """
    digest = digest_of(inputs)
    home = store / FOLDER
    before = _pointed(store, month)
    shown = before[0].folder.name if before else ""
    named = (f"{month}.{digest[:12]}", f"{month}.{digest[:12]}.again")
    folder = home / next(name for name in named if name != shown)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        files = write(folder)
        built = Built(month, folder, digest, inputs)
        _point(store, built, {one.relative_to(folder).as_posix(): files[one] for one in files})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    kept = {folder.name, shown}
    for old in home.glob(f"{month}.*"):
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
    return built


def keep_sums(store: Path, month: str) -> int:
    """Remove of a built month all but its SUMS, for good; returns how many files went."""
    pointed = _pointed(store, month)
    if pointed is None:
        return 0
    built, files = pointed
    kept = {name: digest for name, digest in files.items() if _table(name) in SUMS}
    _point(store, built, kept)
    gone = [built.folder / name for name in files if name not in kept]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def rewrite_built(store: Path, month: str, change: Callable[[pa.Table], pa.Table | None]) -> int:
    """Write tables of a built month anew where `change` gives other rows; returns how many.

    SUMS are of no household and stay.
    """
    pointed = _pointed(store, month)
    if pointed is None:
        return 0
    built, files = pointed
    told = dict(files)
    for name in files:
        file = built.folder / name
        rows = change(pq.read_table(file)) if _table(name) not in SUMS else None
        if rows is not None:
            fresh = file.with_name(f".{file.name}.new")
            pq.write_table(rows, fresh, compression="zstd")
            os.replace(fresh, file)
            told |= digests(built.folder, (name,))
    _point(store, built, told)
    return sum(told[name] != files[name] for name in files)


def _table(name: str) -> str:
    """Return the table that a file of a month belongs to, by its name in the pointer."""
    return Path(Path(name).parts[0]).stem


def _point(store: Path, built: Built, files: Mapping[str, str]) -> None:
    content = {"folder": built.folder.name, "digest": built.digest}
    described = {**content, "inputs": built.inputs, "files": files}
    text = json.dumps(described, sort_keys=True, ensure_ascii=False, indent=1)
    write_durably(store / FOLDER / f"{built.month}.json", text.encode())
