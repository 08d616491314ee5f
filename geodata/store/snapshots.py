"""A county's snapshots: dated, immutable, listed in one pointer file, written by one at a time.

Reading needs no lock: the pointer is read once, and the files it names are never changed; they are
removed when their time of keeping is over (geodata.store.retired).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import filelock

from geodata.errors import StoreError
from geodata.store.checksums import digest_of, faulty


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new, never a part."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    flush_folder(path.parent)


def flush_file(path: Path) -> None:
    """Wait until the content of a written file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows does this by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold the store's write lock; raises StoreError when another process holds it.

    The system gives the lock back when its process ends, also when it is killed.
    """
    store.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(store / ".writing.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StoreError("store.busy", folder=str(store)) from None
    try:
        yield
    finally:
        lock.release()


FORMAT = 1


@dataclass(frozen=True)
class StoredFile:
    """One Parquet file of a snapshot; `path` is relative to the snapshot's folder.

    `retired` says when it was removed because its time of keeping was over; empty while it is there.
    """

    path: str
    table: str
    rows: int
    size: int
    sha256: str
    retired: str = ""


@dataclass(frozen=True)
class SourceFile:
    """One file the clerk delivered: rows read are rows stored and rows set aside together."""

    file: str
    sheet: str
    layout: str
    sha256: str
    rows: int
    stored: int
    set_aside: int


@dataclass(frozen=True)
class Manifest:
    """The description of one snapshot.

    `months` gives for each events table the months its rows belong to; `facts` holds the figures
    of the import (issues by severity, quality by township) that lists and reports show.
    """

    snapshot: str
    month: str
    who: str
    at: str
    files: tuple[StoredFile, ...]
    sources: tuple[SourceFile, ...] = ()
    months: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> dict[str, int]:
        """Return the number of rows of each table, sorted by table."""
        counts: dict[str, int] = {}
        for stored in sorted(self.files, key=lambda stored: stored.path):
            counts[stored.table] = counts.get(stored.table, 0) + stored.rows
        return counts

    def content(self) -> bytes:
        """Return the manifest as JSON; the same manifest gives the same bytes."""
        described: dict[str, Any] = {"format": FORMAT, **asdict(self)}
        for file in described["files"]:
            # What was written before files could be retired keeps its digest.
            if not file["retired"]:
                del file["retired"]
        return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    def digest(self) -> str:
        """Return the SHA-256 of the manifest's content."""
        return hashlib.sha256(self.content()).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a file; raises ValueError, KeyError or TypeError when it is damaged."""
    described = json.loads(path.read_bytes())
    if described.pop("format") != FORMAT:
        raise ValueError(f"{path}: unknown format of a manifest")
    described["files"] = tuple(StoredFile(**entry) for entry in described["files"])
    described["sources"] = tuple(SourceFile(**entry) for entry in described["sources"])
    described["months"] = {name: tuple(months) for name, months in described["months"].items()}
    return Manifest(**described)


POINTER = "pointer.json"


@dataclass(frozen=True)
class HistoryEntry:
    """One step: a snapshot became the one its month shows, by an import or a restore.

    With the action "retire" tables of it were removed, and `manifest` is the digest since then.
    """

    snapshot: str
    month: str
    action: str
    who: str
    at: str
    manifest: str


@dataclass(frozen=True)
class History:
    """All steps in order, as they stood when the pointer was read."""

    entries: tuple[HistoryEntry, ...] = ()

    @property
    def current(self) -> dict[str, HistoryEntry]:
        """Return the entry each month shows, sorted by month."""
        latest = {entry.month: entry for entry in self.entries if entry.action != "retire"}
        return dict(sorted(latest.items()))

    @property
    def snapshots(self) -> dict[str, HistoryEntry]:
        """Return the entry that brought in each snapshot, in order of import."""
        return {entry.snapshot: entry for entry in self.entries if entry.action == "import"}

    @property
    def retired(self) -> dict[str, HistoryEntry]:
        """Return for each snapshot of which tables were removed the entry that did so last."""
        return {entry.snapshot: entry for entry in self.entries if entry.action == "retire"}

    def before(self, month: str) -> str | None:
        """Return the snapshot that a month goes back to, None without one; going back is no step on."""
        shown: list[str] = []
        for entry in self.entries:
            if entry.month != month or entry.action == "retire":
                continue
            if entry.snapshot in shown:
                del shown[shown.index(entry.snapshot) + 1 :]
            else:
                shown.append(entry.snapshot)
        return shown[-2] if len(shown) > 1 else None

    def with_entry(self, entry: HistoryEntry) -> History:
        """Return the history with one more step."""
        return History((*self.entries, entry))


def read_history(store: Path) -> History:
    """Return the steps of a store, none when it has no pointer yet; raises StoreError if damaged."""
    pointer = store / POINTER
    try:
        content = pointer.read_bytes()
    except FileNotFoundError:
        return History()
    try:
        return History(tuple(HistoryEntry(**entry) for entry in json.loads(content)["entries"]))
    except (ValueError, KeyError, TypeError):
        raise StoreError("store.damaged_pointer", file=str(pointer)) from None


def write_history(store: Path, entries: Iterable[HistoryEntry]) -> None:
    """Replace the pointer in one step."""
    described = {"format": 1, "entries": [asdict(entry) for entry in entries]}
    content = json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n"
    write_durably(store / POINTER, content)


SNAPSHOTS = "snapshots"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class SnapshotFault:
    """One thing wrong with a snapshot: key of its sentence (`store.KIND`) and the file it is in."""

    snapshot: str
    kind: str
    file: str


class SnapshotStore:
    """The snapshots of one folder.

    `history` is what the pointer said when the object was made. One
    object therefore always shows one whole state, also while an import is running.
    """

    def __init__(self, folder: Path, history: History | None = None) -> None:
        self.folder = Path(folder)
        self.history = read_history(self.folder) if history is None else history

    def months(self) -> tuple[str, ...]:
        """Return the months that have a snapshot, sorted."""
        return tuple(self.history.current)

    def snapshot_of(self, month: str) -> str:
        """Return the snapshot a month shows; raises StoreError naming the months there are."""
        if month not in self.history.current:
            known = "、".join(self.months()[-6:]) or "—"
            raise StoreError("store.no_month", month=month, known=known)
        return self.history.current[month].snapshot

    def manifest(self, snapshot: str) -> Manifest:
        """Return the manifest of a snapshot; raises StoreError when unknown or damaged."""
        self._check_known(snapshot)
        path = self._folder_of(snapshot) / MANIFEST
        try:
            return read_manifest(path)
        except (OSError, ValueError, KeyError, TypeError):
            raise StoreError("store.damaged_manifest", snapshot=snapshot, file=str(path)) from None

    def files(self, snapshot: str, table: str) -> tuple[Path, ...]:
        """Return the Parquet files of one table of a snapshot, none when it has no such table.

        Raises StoreError for a file that is missing or not as it was stored; of each file that is
        looked at once for as long as it is not touched.
        """
        folder = self._folder_of(snapshot)
        listed = {
            stored.path: stored.sha256
            for stored in self.manifest(snapshot).files
            if stored.table == table and not stored.retired
        }
        for name in faulty(folder, listed):
            raise StoreError("store.damaged_file", snapshot=snapshot, month=snapshot[:7], file=name)
        return tuple(folder / name for name in listed)

    def retired(self, snapshot: str) -> frozenset[str]:
        """Return the tables of a snapshot whose rows were removed, their time of keeping being over."""
        return frozenset(one.table for one in self.manifest(snapshot).files if one.retired)

    def verify(self, snapshot: str) -> tuple[SnapshotFault, ...]:
        """Return what does not match the manifest: files missing, changed or not listed."""
        self._check_known(snapshot)
        folder = self._folder_of(snapshot)
        try:
            manifest = self.manifest(snapshot)
        except StoreError:
            return (SnapshotFault(snapshot, "manifest_damaged", MANIFEST),)
        faults = [] if self._manifest_agrees(manifest) else ["manifest_changed"]
        faults_found = [SnapshotFault(snapshot, kind, MANIFEST) for kind in faults]
        kept = [stored for stored in manifest.files if not stored.retired]
        for stored in kept:
            path = folder / stored.path
            if not path.is_file():
                faults_found.append(SnapshotFault(snapshot, "file_missing", stored.path))
            elif digest_of(path) != stored.sha256:
                faults_found.append(SnapshotFault(snapshot, "file_changed", stored.path))
        listed = {MANIFEST, *(stored.path for stored in kept)}
        present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
        extra = sorted(name for name in present - listed if (folder / name).is_file())
        return tuple(
            faults_found + [SnapshotFault(snapshot, "file_not_listed", name) for name in extra]
        )

    def restore(self, snapshot: str, *, who: str, at: str) -> SnapshotStore:
        """Let the month of a snapshot show it again; nothing is copied and nothing is removed.

        Raises StoreError when the snapshot is unknown, no longer matches its manifest, or has lost
        rows whose time of keeping was over.
        """
        faults: Sequence[SnapshotFault] = self.verify(snapshot)
        if faults:
            raise StoreError("store.not_whole", snapshot=snapshot, file=faults[0].file)
        if self.retired(snapshot):
            at = self.history.retired[snapshot].at[:10]
            raise StoreError("store.retired_snapshot", snapshot=snapshot, day=at)
        with writing(self.folder):
            history = read_history(self.folder)
            entry = history.snapshots[snapshot]
            step = replace(entry, action="restore", who=who, at=at)
            history = history.with_entry(step)
            write_history(self.folder, history.entries)
        return SnapshotStore(self.folder, history)

    def _check_known(self, snapshot: str) -> None:
        if snapshot not in self.history.snapshots:
            known = "、".join(list(self.history.snapshots)[-6:]) or "—"
            raise StoreError("store.no_snapshot", snapshot=snapshot, known=known)

    def _manifest_agrees(self, manifest: Manifest) -> bool:
        known = {**self.history.snapshots, **self.history.retired}
        return manifest.digest() == known[manifest.snapshot].manifest

    def _folder_of(self, snapshot: str) -> Path:
        return self.folder / SNAPSHOTS / snapshot
