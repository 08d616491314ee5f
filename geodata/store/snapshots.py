"""A county's snapshots: dated, immutable, listed in one pointer file.

Reading needs no lock: the pointer is read once, and the files it names are never changed or removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geodata.errors import StoreError
from geodata.store.durable import digest_of
from geodata.store.history import Entry, History, read_history, write_history
from geodata.store.locking import writing
from geodata.store.manifest import Manifest, read_manifest

SNAPSHOTS = "snapshots"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a snapshot: key of its sentence (`store.KIND`) and the file it is in."""

    snapshot: str
    kind: str
    file: str


class SnapshotStore:
    """The snapshots of one folder.

    `history` is what the pointer said when the object was made; `refreshed` reads it again. One
    object therefore always shows one whole state, also while an import is running.
    """

    def __init__(self, folder: Path, history: History | None = None) -> None:
        self.folder = Path(folder)
        self.history = read_history(self.folder) if history is None else history

    def refreshed(self) -> SnapshotStore:
        """Return the store as the pointer shows it now."""
        return SnapshotStore(self.folder)

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
        """Return the Parquet files of one table of a snapshot, none when it has no such table."""
        folder = self._folder_of(snapshot)
        return tuple(
            folder / stored.path
            for stored in self.manifest(snapshot).files
            if stored.table == table
        )

    def verify(self, snapshot: str) -> tuple[Fault, ...]:
        """Return what does not match the manifest: files missing, changed or not listed."""
        self._check_known(snapshot)
        folder = self._folder_of(snapshot)
        try:
            manifest = self.manifest(snapshot)
        except StoreError:
            return (Fault(snapshot, "manifest_damaged", MANIFEST),)
        faults = [] if self._manifest_agrees(manifest) else ["manifest_changed"]
        found = [Fault(snapshot, kind, MANIFEST) for kind in faults]
        for stored in manifest.files:
            path = folder / stored.path
            if not path.is_file():
                found.append(Fault(snapshot, "file_missing", stored.path))
            elif digest_of(path) != stored.sha256:
                found.append(Fault(snapshot, "file_changed", stored.path))
        listed = {MANIFEST, *(stored.path for stored in manifest.files)}
        present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
        extra = sorted(name for name in present - listed if (folder / name).is_file())
        return tuple(found + [Fault(snapshot, "file_not_listed", name) for name in extra])

    def restore(self, snapshot: str, *, who: str, at: str) -> SnapshotStore:
        """Let the month of a snapshot show it again; nothing is copied and nothing is removed.

        Raises StoreError when the snapshot is unknown or no longer matches its manifest.
        """
        faults: Sequence[Fault] = self.verify(snapshot)
        if faults:
            raise StoreError("store.not_whole", snapshot=snapshot, file=faults[0].file)
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
        entry: Entry = self.history.snapshots[manifest.snapshot]
        return manifest.digest() == entry.manifest

    def _folder_of(self, snapshot: str) -> Path:
        return self.folder / SNAPSHOTS / snapshot
