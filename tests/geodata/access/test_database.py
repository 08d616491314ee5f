"""The database under faults: a wait that ends, no act into a file that is gone, and back by itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time

import pytest

from geodata.access import AuditEntry, AuditTrail, Database
from geodata.errors import AccessError
from tests.geodata.access.county import NOW, trail


def made(folder, wait_seconds: float = 10) -> AuditTrail:
    database = Database(folder / "access.sqlite", wait_seconds=wait_seconds)
    return AuditTrail(database, clock=lambda: NOW)


@pytest.fixture
def locked(tmp_path):
    """Return an audit whose database somebody else holds, and who does."""
    records = made(tmp_path, wait_seconds=0.4)
    records.record(AuditEntry("w", "card"))
    holder = sqlite3.connect(tmp_path / "access.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield records, holder
    holder.close()


def test_only_the_first_waits_for_a_lock_in_vain(locked):
    records, holder = locked
    started = time.monotonic()
    for _ in range(10):
        with pytest.raises(AccessError, match="正被占用"):
            records.record(AuditEntry("w", "card"))
    assert time.monotonic() - started < 0.4 + 10 * 0.2
    holder.execute("ROLLBACK")
    records.record(AuditEntry("w", "card"))
    assert (records.count(), records.database.is_busy) == (2, False)


def test_whether_it_can_be_written_takes_no_lock_and_waits_for_none(locked):
    records, holder = locked
    started = time.monotonic()
    assert records.database.is_writable  # nobody has waited in vain yet
    assert time.monotonic() - started < 0.3
    with pytest.raises(AccessError):
        records.record(AuditEntry("w", "card"))
    assert not records.database.is_writable
    holder.execute("ROLLBACK")
    records.record(AuditEntry("w", "card"))
    with sqlite3.connect(records.database.identity, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")  # would fail if being asked held the lock
        assert records.database.is_writable
        other.execute("ROLLBACK")
    other.close()


def test_nothing_is_written_into_a_file_that_was_taken_away_or_replaced(tmp_path):
    records = made(tmp_path)
    records.record(AuditEntry("w", "card"))
    records.database.close()
    file, away = tmp_path / "access.sqlite", tmp_path / "away"
    records.record(AuditEntry("w", "card"))
    shutil.copy(file, away)
    os.remove(file)
    for _ in range(2):
        with pytest.raises(AccessError, match="打不开"):
            records.record(AuditEntry("w", "card"))
        assert not file.exists()
        assert not records.database.is_writable
    shutil.copy(away, file)
    for ending in ("-wal", "-shm"):
        (tmp_path / f"access.sqlite{ending}").unlink(missing_ok=True)
    for _ in range(3):  # at most one act for each connection that was open
        try:
            records.record(AuditEntry("back", "card"))
            break
        except AccessError:
            continue
    assert [one.actor for one in trail(tmp_path).records()][-1] == "back"


def test_after_closing_a_plain_copy_holds_everything(tmp_path):
    records = made(tmp_path)
    for number in range(5):
        records.record(AuditEntry("w", "card", subject=str(number)))
    records.database.close()
    shutil.copy(tmp_path / "access.sqlite", tmp_path / "copy.sqlite")
    with sqlite3.connect(tmp_path / "copy.sqlite") as raw:
        assert raw.execute("SELECT count(*) FROM audit").fetchone() == (5,)
    raw.close()


def test_opening_a_database_that_is_whole_takes_no_lock(locked):
    records, _ = locked
    again = AuditTrail(Database(records.database.identity, wait_seconds=0.1), clock=lambda: NOW)
    assert again.count() == 1
