"""A workspace that is destroyed comes back from its backup as it was, and what is lost is said."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from geodata.access import Actor, AuditEntry, KeyRing, open_guard, open_trail
from geodata.config import make_workspace
from geodata.errors import BackupError
from geodata.workspace.backup import lost_minutes, restore_backup, write_backup

PASSWORD = "Mashang-tu-47"


@pytest.fixture
def workspace(tmp_path):
    folder = make_workspace(tmp_path / "county", code="990101")
    (folder / "store" / "built").mkdir()
    for name in ("store/built/figures.parquet", "raw/花名册.csv", "parameters/own.txt"):
        (folder / name).write_bytes(os.urandom(5000))
    guard = open_guard(folder)
    now = guard.trail.clock()
    guard.accounts.add(Actor("li.na", "leader", ("990101",)), PASSWORD, by="test", now=now)
    guard.trail.database.close()
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of every file but the database, which goes on being written."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "audit" not in path.relative_to(folder).parts
    }


def test_a_destroyed_workspace_comes_back_equal_and_what_was_lost_is_said(workspace, tmp_path):
    before = contents(workspace)
    backup = write_backup(workspace, tmp_path / "b.zip", keys=tmp_path / "b.keys")
    trail = open_trail(workspace)
    for _ in range(3):
        trail.record(AuditEntry("li.na", "card"))
    trail.note_head()
    trail.database.close()
    shutil.rmtree(workspace)
    restored = restore_backup(tmp_path / "b.zip", workspace)
    assert contents(workspace) == before
    assert (restored.backup, restored.lost, lost_minutes(restored)) == (backup, 3, 0)
    guard = open_guard(workspace)
    assert guard.accounts.sign_in("li.na", PASSWORD, now=guard.trail.clock()).role == "leader"
    verification = guard.trail.verify()
    assert verification.whole
    assert "restored" in [one.kind for one in verification.remarks]
    guard.trail.database.close()
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "b.zip", tmp_path / "b.keys")}
    assert modes == {0}
    assert KeyRing(tmp_path / "b.keys").keys == guard.trail.ring.keys
    assert not any(path.stat().st_mode & 0o077 for path in workspace.rglob("*") if path.is_file())


def test_a_backup_made_while_people_write_is_of_one_moment(workspace, tmp_path):
    over = threading.Event()

    def write() -> None:
        trail = open_trail(workspace)
        while not over.is_set():
            trail.record(AuditEntry("li.na", "card"))
        trail.database.close()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        write_backup(workspace, tmp_path / "b.zip")
    finally:
        over.set()
        writing.join()
    restore_backup(tmp_path / "b.zip", tmp_path / "elsewhere")
    trail = open_trail(tmp_path / "elsewhere")
    assert trail.verify().whole
    trail.database.close()


def changed(file: Path, how: str) -> None:
    """Change a backup as a bad disk or a bad hand would."""
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-400])
    elif how == "no zip":
        file.write_bytes(b"no zip")
    else:
        with zipfile.ZipFile(file) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        if how == "part changed":
            parts["parameters/own.txt"] = b"other"
        elif how == "part missing":
            del parts["parameters/own.txt"]
        else:
            manifest = parts["guatu-backup.json"].decode()
            parts["guatu-backup.json"] = manifest.replace('"parameters/own', '"../own').encode()
        with zipfile.ZipFile(file, "w") as packed:
            for name, content in parts.items():
                packed.writestr(name, content)


@pytest.mark.parametrize("how", ["cut", "no zip", "part changed", "part missing", "climbs out"])
def test_a_damaged_backup_is_refused_whole(workspace, tmp_path, how):
    write_backup(workspace, tmp_path / "b.zip")
    changed(tmp_path / "b.zip", how)
    target = tmp_path / "new" / "county"
    with pytest.raises(BackupError, match="不是完整的备份"):
        restore_backup(tmp_path / "b.zip", target)
    assert list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "own.txt").exists()


def test_nothing_is_restored_over_files_and_no_backup_lies_in_the_workspace(workspace, tmp_path):
    write_backup(workspace, tmp_path / "b.zip")
    with pytest.raises(BackupError, match="已有文件"):
        restore_backup(tmp_path / "b.zip", workspace)
    with pytest.raises(BackupError, match="工作区里面"):
        write_backup(workspace, workspace / "b.zip")


def test_a_workspace_in_postgresql_says_what_to_use(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("GUATU_DATABASE", "postgresql+psycopg://x/y")
    with pytest.raises(BackupError, match="pg_dump"):
        write_backup(workspace, tmp_path / "b.zip")
