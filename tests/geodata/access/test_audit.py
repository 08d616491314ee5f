"""The audit: one chain from many processes, every change found, no act without its record."""

from __future__ import annotations

import datetime
import json
import os
import signal
import sqlite3
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.access import (
    AuditEntry,
    AuditTrail,
    Database,
    HeadNotes,
    KeyRing,
    read_export,
    verify_records,
)
from geodata.access.chain import Record
from geodata.errors import AccessError
from tests.geodata.access.county import NOW, trail
from tests.geodata.access.manipulations import MANIPULATIONS, Audited, manipulate


def filled(folder: Path, count: int = 12) -> Path:
    records = trail(folder)
    for number in range(count):
        records.record(AuditEntry("officer", "card", place="990101001200", subject=f"h{number}"))
    records.database.close()
    return folder / "access.sqlite"


def tamper(file: Path, *statements: str) -> None:
    """Change a database as someone who owns the file could."""
    with sqlite3.connect(file) as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("DROP TRIGGER audit_no_delete")
        for statement in statements:
            raw.execute(statement)
    raw.close()


def test_a_chain_that_nobody_touched_is_whole(tmp_path):
    filled(tmp_path)
    found = trail(tmp_path).verify()
    assert (found.whole, found.records, found.first, found.last) == (True, 12, 1, 12)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor = 'other' WHERE seq = 5", (5, "edited")),
        ("UPDATE audit SET at = '2020-01-01' WHERE seq = 5", (5, "edited")),
        ("UPDATE audit SET detail = '{}x' WHERE seq = 5", (5, "edited")),
        ("DELETE FROM audit WHERE seq = 5", (5, "missing")),
        ("DELETE FROM audit WHERE seq = 1", (1, "missing")),
        ("DELETE FROM audit WHERE seq = 12", (12, "tail")),
        ("DELETE FROM audit WHERE seq > 4", (12, "tail")),
        ("DELETE FROM audit_head", (0, "tail")),
        ("UPDATE audit_head SET base_seq = 3, base_hash = 'x'", (3, "missing")),
    ],
)
def test_an_edit_or_removal_is_found_and_named(tmp_path, statement, fault):
    tamper(filled(tmp_path), statement)
    found = trail_as_is(tmp_path).verify()
    assert fault in [(each.seq, each.kind) for each in found.faults]


def trail_as_is(folder: Path) -> AuditTrail:
    """Open the audit without making what is missing."""
    records = AuditTrail.__new__(AuditTrail)
    records.database = Database(folder / "access.sqlite")
    records.clock, records.ring = lambda: NOW, KeyRing.usual()
    records.notes = HeadNotes(records.ring, records.database.identity)
    return records


def test_two_records_that_changed_places_are_found(tmp_path):
    swap = "UPDATE audit SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5)"
    tamper(filled(tmp_path), swap, "UPDATE audit SET seq = -seq WHERE seq < 0")
    kinds = {(each.seq, each.kind) for each in trail_as_is(tmp_path).verify().faults}
    assert {(4, "moved"), (4, "edited")} <= kinds


def test_a_chain_written_anew_is_found_by_a_hash_noted_before(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    filled(tmp_path / "old")
    noted = trail(tmp_path / "old").verify().head
    forged = trail(tmp_path / "new")
    for number in range(12):
        forged.record(AuditEntry("somebody", "card", subject=f"h{number}"))
    assert forged.verify().whole
    assert [each.kind for each in forged.verify(noted=noted).faults] == ["unknown_head"]


@given(st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_edit_removal_or_reorder_breaks_the_chain(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("chain")
    filled(folder, 6)
    records = trail(folder).records()
    head = (records[-1].seq, records[-1].hash)
    kind = data.draw(st.sampled_from(["edit", "remove", "swap"]))
    place = data.draw(st.integers(0, 5))
    changed = list(records)
    if kind == "edit":
        name = data.draw(st.sampled_from(["actor", "at", "place", "subject", "reason", "detail"]))
        value = data.draw(st.text().filter(lambda text: text != getattr(records[place], name)))
        changed[place] = type(records[0])(**(vars(records[place]) | {name: value}))
    elif kind == "remove":
        del changed[place]
    else:
        other = (place + 1) % 6
        changed[place], changed[other] = changed[other], changed[place]
    keys = KeyRing.usual().keys
    assert verify_records(records, head=head, keys=keys).whole
    assert not verify_records(changed, head=head, keys=keys).whole


def test_the_database_itself_refuses_to_change_a_record(tmp_path):
    with sqlite3.connect(filled(tmp_path)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            raw.execute("UPDATE audit SET actor = 'x' WHERE seq = 1")
        with pytest.raises(sqlite3.IntegrityError, match="never removed"):
            raw.execute("DELETE FROM audit WHERE seq = 1")
    raw.close()


def _write_many(folder: Path, name: str, count: int) -> None:
    records = trail(folder)
    for number in range(count):
        records.record(AuditEntry(name, "card", subject=str(number), detail={"n": number}))


def test_four_processes_at_once_keep_one_whole_chain(tmp_path):
    each, context = 250, get_context("spawn")
    trail(tmp_path).database.close()
    writers = [
        context.Process(target=_write_many, args=(tmp_path, f"w{n}", each)) for n in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    found = trail(tmp_path).verify()
    assert (found.whole, found.records) == (True, 4 * each)
    subjects = {(one.actor, one.subject) for one in trail(tmp_path).records()}
    assert len(subjects) == 4 * each


_VICTIM = """
import sys
from pathlib import Path
from geodata.access import AuditEntry
from tests.geodata.access.county import trail
folder = Path(sys.argv[1])
records = trail(folder)
with open(folder / "acts", "a") as acts:
    for number in range(100_000):
        records.record(AuditEntry("w", "card", subject=str(number)))
        acts.write(f"{number}\\n")
        acts.flush()
"""


@pytest.mark.parametrize("records_before", [1, 40, 160])
def test_a_killed_process_leaves_no_act_without_its_record(tmp_path, records_before):
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM, str(tmp_path)],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    acts = tmp_path / "acts"
    while not acts.exists() or acts.read_text().count("\n") < records_before:
        assert victim.poll() is None
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    done = acts.read_text().split("\n")[:-1]
    records = trail(tmp_path)
    assert records.verify().whole
    assert set(done) <= {one.subject for one in records.records()}
    assert 0 <= records.count() - len(done) <= 1


def test_a_locked_database_says_so_and_writes_nothing(tmp_path):
    file = filled(tmp_path, 1)
    records = AuditTrail(Database(file, wait_seconds=0.1), clock=lambda: NOW)
    with sqlite3.connect(file, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(AccessError, match="正被占用，这次操作没有执行"):
            records.record(AuditEntry("w", "card"))
        holder.execute("ROLLBACK")
    holder.close()
    assert records.count() == 1


def test_a_full_disk_says_so_and_leaves_the_chain_whole(tmp_path):
    records = trail(tmp_path)
    with records.database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 30")
    many = (records.record(AuditEntry("w", "card", reason="x" * 200)) for _ in range(5000))
    with pytest.raises(AccessError, match="磁盘已满"):
        list(many)
    assert records.verify().whole


def test_a_file_that_is_no_database_says_so(tmp_path):
    (tmp_path / "access.sqlite").write_bytes(b"not a database, but a text" * 100)
    with pytest.raises(AccessError, match="已损坏或不是数据库"):
        trail(tmp_path)


def test_the_export_is_verified_on_another_machine(tmp_path):
    filled(tmp_path)
    found = trail(tmp_path).export(tmp_path / "audit.jsonl")
    assert found.whole
    keys = KeyRing.usual().keys
    checked = verify_records(read_export(tmp_path / "audit.jsonl"), keys=keys)
    assert (checked.head, checked.whole) == (found.head, True)
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace("officer", "nobody")
    (tmp_path / "audit.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert not verify_records(read_export(tmp_path / "audit.jsonl"), keys=keys).whole


def test_records_are_put_away_only_after_their_time_and_the_chain_goes_on(tmp_path):
    month = datetime.timedelta(days=31)
    for age in (9, 8, 7, 2, 1):
        trail(tmp_path, NOW - age * month).record(AuditEntry("w", "card", subject=str(age)))
    records, keep_from = trail(tmp_path), NOW - 6 * month
    with pytest.raises(AccessError, match="仍须保存"):
        records.put_away(NOW - 5 * month, tmp_path / "a.jsonl", keep_from=keep_from, actor="admin")
    moved = records.put_away(keep_from, tmp_path / "a.jsonl", keep_from=keep_from, actor="admin")
    assert moved == 3
    assert [one.subject for one in records.records()] == ["2", "1", ""]
    assert records.verify().whole
    assert len(list(read_export(tmp_path / "a.jsonl"))) == 5


def test_awkward_text_is_kept_and_verified(tmp_path):
    records = trail(tmp_path)
    for text in (
        "<script>",
        "=1+1",
        "\u202e",
        "\x00",
        "\ud800",
        "\U00020000",
        "x" * 10_000,
        "'; --",
    ):
        records.record(AuditEntry(text, "card", reason=text, detail={"text": text}))
    assert records.verify().whole
    assert records.records()[-1].actor == "'; --"


def test_records_are_found_by_time_and_field(tmp_path):
    records = trail(tmp_path)
    records.record(AuditEntry("a", "card", subject="h1"))
    records.record(AuditEntry("b", "sign_in", outcome="failed"))
    assert [one.actor for one in records.records(outcome="failed")] == ["b"]
    assert [one.actor for one in records.records(newest=1)] == ["b"]
    assert records.records(since=NOW + datetime.timedelta(seconds=1)) == []
    assert json.loads(records.records()[0].detail) == {}


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    return Audited(tmp_path_factory.mktemp("audited"))


def test_whatever_the_owner_of_the_file_does_is_found(audited):
    audited.restore()
    assert not audited.is_found()
    done = {}
    for seed in range(60):
        name = manipulate(audited, seed)
        done[name] = done.get(name, 0) + 1
        assert audited.is_found(), (seed, name)
    assert set(done) == set(MANIPULATIONS)


def kinds(found) -> list[str]:
    return [each.kind for each in found.faults]


def test_without_the_key_nothing_is_taken_for_checked(tmp_path):
    ring = KeyRing(tmp_path / "key" / "audit.key")
    records = AuditTrail(Database(tmp_path / "a.sqlite"), clock=lambda: NOW, ring=ring)
    records.record(AuditEntry("w", "card"))
    assert records.verify().whole
    assert ring.file.stat().st_mode & 0o777 == 0o600
    ring.file.rename(tmp_path / "away")
    assert "key" in kinds(records.verify())
    other = AuditTrail(Database(tmp_path / "a.sqlite"), clock=lambda: NOW, ring=ring)
    other.record(AuditEntry("w", "card"))  # a new key is made
    assert not other.verify().whole


def test_a_new_key_goes_on_and_the_old_one_still_checks(tmp_path):
    ring = KeyRing(tmp_path / "audit.key")
    for _ in range(2):
        records = AuditTrail(Database(tmp_path / "a.sqlite"), clock=lambda: NOW, ring=ring)
        records.record(AuditEntry("w", "card"))
        with ring.file.open("a") as lines:
            lines.write("ab" * 32 + "\n")
    found = records.verify()
    assert (found.whole, found.records, found.keyed) == (True, 2, 2)


def test_a_key_that_is_none_stops_every_act(tmp_path):
    ring = KeyRing(tmp_path / "audit.key")
    ring.file.write_text("not a key")
    records = AuditTrail(Database(tmp_path / "a.sqlite"), clock=lambda: NOW, ring=ring)
    with pytest.raises(AccessError, match="密钥文件"):
        records.record(AuditEntry("w", "card"))
    assert records.count() == 0


def test_records_from_before_the_key_stay_whole_and_are_remarked(tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        keyed = Record.computed
        before.setattr(Record, "computed", lambda record, key: keyed(record, None))
        filled(tmp_path, 3)
    raw = sqlite3.connect(tmp_path / "access.sqlite")
    raw.execute("UPDATE audit_head SET key = '', seal = ''")
    raw.commit()
    raw.close()
    records = trail(tmp_path)
    records.record(AuditEntry("w", "card"))
    found = records.verify()
    assert (found.whole, found.keyed) == (True, 1)
    assert [each.kind for each in found.remarks] == ["unkeyed"]


def test_an_audit_from_before_session_and_address_is_taken_over(tmp_path):
    file = filled(tmp_path, 2)
    raw = sqlite3.connect(file)
    for column in ("session", "address"):
        raw.execute(f"ALTER TABLE audit DROP COLUMN {column}")
    raw.commit()
    raw.close()
    records = trail(tmp_path)
    records.record(AuditEntry("w", "card", session="s", address="10.0.0.1"))
    assert records.verify().whole
    assert [one.address for one in records.records()] == ["", "", "10.0.0.1"]


def test_a_clock_that_went_back_is_remarked(tmp_path):
    minute = datetime.timedelta(minutes=1)
    for now in (NOW, NOW + minute, NOW):
        trail(tmp_path, now).record(AuditEntry("w", "card"))
    found = trail(tmp_path).verify()
    assert (found.whole, [(one.seq, one.kind) for one in found.remarks]) == (True, [(3, "clock")])


def test_a_chain_under_a_path_without_a_note_is_remarked(tmp_path):
    filled(tmp_path / "first")
    assert trail(tmp_path / "first").verify().remarks == ()
    (tmp_path / "first").rename(tmp_path / "moved")
    found = trail(tmp_path / "moved").verify()
    assert (found.whole, [one.kind for one in found.remarks]) == (True, ["unnoted"])


def test_the_end_is_noted_in_the_second_place_each_day_and_at_a_stop(tmp_path):
    second = tmp_path / "second"
    day = datetime.timedelta(days=1)
    ring, database = KeyRing(tmp_path / "audit.key"), Database(tmp_path / "a.sqlite")
    moments = iter([])
    records = AuditTrail(database, clock=lambda: next(moments), ring=ring, second=str(second))
    moments = iter([NOW, NOW, NOW, NOW, NOW + day, NOW + day, NOW + day])
    for _ in range(3):
        records.record(AuditEntry("w", "card"))
    records.note_head()
    noted = [(one.seq, one.is_sealed(ring.keys)) for one in records.notes.in_second_place()]
    assert noted == [(1, True), (3, True), (3, True)]
    assert second.stat().st_mode & 0o777 == 0o600


def test_guards_that_were_put_back_stay_remarked(tmp_path):
    file = filled(tmp_path, 2)
    tamper(file)
    assert "guards" in kinds(trail_as_is(tmp_path).verify())
    found = trail(tmp_path).verify()
    assert (found.whole, [one.kind for one in found.remarks]) == (True, ["repaired"])
