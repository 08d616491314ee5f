"""A workspace in one file, with the digest of all in it, and brought back as it was."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from geodata.access import AuditEntry, audit_ring, command_actor, database_of, open_trail
from geodata.config import read_config
from geodata.errors import BackupError
from geodata.store.encryption import key_file

_MANIFEST = "guatu-backup.json"
_DATABASE = "audit/access.sqlite"
# What SQLite has open, locks, and briefings that go after an hour anyway.
_LEFT_OUT = ("-wal", "-shm", ".lock", ".part")
_DESK = ("briefings", ".desk")


@dataclass(frozen=True)
class Backup:
    """What a backup holds: when it was made (UTC), its files, and the last record of the audit."""

    at: str
    files: int
    seq: int


@dataclass(frozen=True)
class Restored:
    """What was brought back, and how many records of the audit were made after it, until when."""

    backup: Backup
    lost: int
    until: str


def write_backup(folder: Path, file: Path, *, keys: Path | None = None) -> Backup:
    """Write a workspace into one file, and its audit keys into another where `keys` is given.

    The keys of encrypted snapshots go beside those, with the ending `.store`.

    It may be served meanwhile: the database is copied as of one moment. Raises BackupError where
    the database is PostgreSQL, whose own tools save it, and where a target lies in the workspace.
    """
    folder = folder.resolve()
    database = database_of(folder)
    if not isinstance(database, Path):
        raise BackupError("workspace.backup_postgresql")
    for target in filter(None, (file, keys)):
        if target.resolve().is_relative_to(folder):
            raise BackupError("workspace.backup_inside", file=str(target))
    trail = open_trail(folder)
    # On record first, so that the backup holds that it was made.
    seq = trail.record(AuditEntry.by(command_actor(), "backup", outcome="done")).seq
    at = trail.clock().astimezone(UTC).isoformat(timespec="seconds")
    trail.database.close()
    part = file.with_name(f".{file.name}.part")
    digests: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as held, _closed(part) as packed:
        copy = Path(held) / "access.sqlite"
        source, copied = sqlite3.connect(database), sqlite3.connect(copy)
        with contextlib.closing(source), contextlib.closing(copied):
            source.backup(copied)
        for path, name in [*_files(folder), (copy, _DATABASE)]:
            packed.write(path, name)
            digests[name] = _digest(path)
        manifest = {"at": at, "seq": seq, "files": digests}
        packed.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, sort_keys=True))
    os.replace(part, file)
    if keys is not None:
        _keep(audit_ring(folder).file, keys)
        stored = key_file(read_config(folder).storing.key)
        if stored.is_file():
            _keep(stored, keys.with_name(f"{keys.name}.store"))
    return Backup(at, len(digests), seq)


def _keep(key: Path, to: Path) -> None:
    shutil.copyfile(key, to)
    to.chmod(0o600)


def restore_backup(file: Path, folder: Path) -> Restored:
    """Bring a workspace back into a folder that is absent or empty, whole or not at all.

    Every file is checked by its digest. That it was restored is in its audit, with the records that
    were made after the backup and are lost. Raises BackupError.
    """
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        raise BackupError("workspace.restore_not_empty", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".restoring-") as held:
        made = Path(held) / "workspace"
        backup = _unpack(file, made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return _on_record(folder, backup)


def _on_record(folder: Path, backup: Backup) -> Restored:
    trail = open_trail(folder)
    noted = trail.notes.last()
    trail.notes.forget()
    lost, until = (max(noted.seq - backup.seq, 0), noted.at) if noted else (0, "")
    detail = {"made": backup.at, "seq": backup.seq, "lost": lost, "until": until}
    trail.record(AuditEntry.by(command_actor(), "restore", outcome="done", detail=detail))
    trail.database.close()
    return Restored(backup, lost, until)


def _unpack(file: Path, made: Path) -> Backup:
    """Write the files of a backup that are what its manifest says; raises BackupError for any other."""
    made.mkdir(mode=0o700)
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read(_MANIFEST))
            for name, digest in manifest["files"].items():
                if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                    raise BackupError("workspace.restore_damaged", file=str(file), part=name)
                target = made / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with packed.open(name) as source, target.open("wb") as written:
                    shutil.copyfileobj(source, written)
                target.chmod(0o600)
                if _digest(target) != digest:
                    raise BackupError("workspace.restore_damaged", file=str(file), part=name)
            return Backup(manifest["at"], len(manifest["files"]), manifest["seq"])
    except (OSError, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BackupError("workspace.restore_damaged", file=str(file), part="") from error


@contextlib.contextmanager
def _closed(part: Path) -> Iterator[zipfile.ZipFile]:
    """Hold a packed file that its owner alone may read; nothing is left of it when that fails."""
    try:
        part.touch(mode=0o600)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
            yield packed
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        passing = inside.name.endswith(_LEFT_OUT) or inside.parts[:2] == _DESK
        passing = passing or path.is_symlink() or inside.as_posix() == _DATABASE
        if path.is_file() and not passing:
            yield path, inside.as_posix()


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def lost_minutes(restored: Restored) -> int:
    """Return how many minutes lie between a backup and the last record that was noted after it."""
    if not restored.lost:
        return 0
    begin, end = (datetime.fromisoformat(at) for at in (restored.backup.at, restored.until))
    return max(round((end - begin).total_seconds() / 60), 0)
