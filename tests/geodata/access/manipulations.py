"""What whoever owns the database file might do to the audit, one at random by a seed.

He has the file and all our code, but neither the key nor the notes outside the database.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

from geodata.access import AuditEntry, AuditTrail, Database, HeadNotes, KeyRing, Record, Shown
from geodata.access.chain import START, head_text
from geodata.errors import AccessError
from tests.geodata.access.county import NOW

RECORDS = 40
FIELDS = ("at", "actor", "role", "act", "place", "subject", "outcome", "reason", "detail")
FIELDS += ("previous", "hash", "session", "address")


class Audited:
    """An audit of RECORDS records with its key and notes elsewhere, and a copy of each earlier state."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "access.sqlite"
        self.ring = KeyRing(folder / "key" / "audit.key")
        self.second = folder / "elsewhere.heads"
        trail = self.trail()
        for number in range(RECORDS):
            shown = Shown(codes=(f"h{number}", f"h{number + 1}"))
            trail.record(AuditEntry("officer", "rows", place="990101001200"), shown)
            trail.database.close()
            self._checkpoint()
            shutil.copy(self.file, self._copy(number + 1))
        trail.note_head()
        trail.database.close()

    def trail(self) -> AuditTrail:
        return AuditTrail(
            Database(self.file), clock=lambda: NOW, ring=self.ring, second=str(self.second)
        )

    def _copy(self, records: int) -> Path:
        return self.folder / f"copy-{records}.sqlite"

    def _checkpoint(self) -> None:
        with sqlite3.connect(self.file) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()

    def restore(self, records: int = RECORDS) -> None:
        """Put back a copy of an earlier state."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        shutil.copy(self._copy(records), self.file)

    def is_found(self) -> bool:
        """Return whether the check finds that something was done."""
        noted = HeadNotes(self.ring, str(self.file.resolve())).last()
        if not self.file.is_file():
            return noted is not None  # the command then says that it is gone
        try:
            trail = self.trail_as_is()
            found = not trail.verify().whole
            trail.database.close()
        except AccessError:
            return True
        return found

    def trail_as_is(self) -> AuditTrail:
        """Open the audit without putting anything back."""
        trail = AuditTrail.__new__(AuditTrail)
        trail.database, trail.clock, trail.ring = Database(self.file), lambda: NOW, self.ring
        trail.notes = HeadNotes(self.ring, trail.database.identity, str(self.second))
        return trail


def manipulate(audited: Audited, seed: int) -> str:
    """Do one of the manipulations to a whole audit and return which."""
    audited.restore()
    chance = random.Random(seed)
    name = chance.choice(sorted(MANIPULATIONS))
    if name == "file deleted":
        audited.file.unlink()
    elif name == "old copy restored":
        audited.restore(chance.randrange(1, RECORDS))
    elif name == "file begun anew":
        audited.file.unlink()
        forged = AuditTrail(Database(audited.file), clock=lambda: NOW, ring=_strange_ring(audited))
        for number in range(chance.randrange(1, 2 * RECORDS)):
            forged.record(AuditEntry("officer", "rows", subject=f"x{number}"))
        forged.database.close()
    else:
        with sqlite3.connect(audited.file) as raw:
            if name != "guards dropped":
                _drop_guards(raw)
            MANIPULATIONS[name](raw, chance)
            if name != "guards dropped" and chance.random() < 0.9:
                _guards_again(raw)
        raw.close()
    return name


def _strange_ring(audited: Audited) -> KeyRing:
    return KeyRing(audited.folder / "his" / "audit.key")


_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_kept: dict[str, str] = {}


def _drop_guards(raw: sqlite3.Connection) -> None:
    _kept.update(dict(raw.execute(_GUARDS).fetchall()))
    for name in _kept:
        raw.execute(f"DROP TRIGGER {name}")


def _guards_again(raw: sqlite3.Connection) -> None:
    for sql in _kept.values():
        raw.execute(sql)


def _records(raw: sqlite3.Connection) -> list[Record]:
    return [Record(*row) for row in raw.execute("SELECT * FROM audit ORDER BY seq")]


def _write(raw: sqlite3.Connection, records: list[Record]) -> None:
    raw.execute("DELETE FROM audit")
    marks = ",".join("?" * len(FIELDS)) + ",?"
    raw.executemany(f"INSERT INTO audit VALUES ({marks})", map(astuple, records))


def _chain_again(raw: sqlite3.Connection, records: list[Record], chance: random.Random) -> None:
    """Write records with new numbers and hashes as he would: with a key of his own, or with none."""
    key = None
    if chance.random() < 0.5:
        key = KeyRing(
            Path(raw.execute("PRAGMA database_list").fetchone()[2]).with_name("his.key")
        ).current
    previous, written = START, []
    for seq, record in enumerate(records, 1):
        draft = replace(record, seq=seq, previous=previous)
        written.append(replace(draft, hash=draft.computed(key)))
        previous = written[-1].hash
    _write(raw, written)
    seal = key.seal(head_text((len(written), previous), (0, START), key.name)) if key else ""
    raw.execute(
        "UPDATE audit_head SET seq = ?, hash = ?, key = ?, seal = ?",
        (len(written), previous, key.name if key else "", seal),
    )


def _edit(raw: sqlite3.Connection, chance: random.Random) -> None:
    raw.execute(
        f"UPDATE audit SET {chance.choice(FIELDS)} = ? WHERE seq = ?",
        (f"x{chance.random()}", chance.randrange(1, RECORDS + 1)),
    )


def _remove(raw: sqlite3.Connection, chance: random.Random) -> None:
    raw.execute("DELETE FROM audit WHERE seq = ?", (chance.randrange(1, RECORDS + 1),))


def _swap(raw: sqlite3.Connection, chance: random.Random) -> None:
    first, second = chance.sample(range(1, RECORDS + 1), 2)
    for old, new in ((first, -1), (second, first), (-1, second)):
        raw.execute("UPDATE audit SET seq = ? WHERE seq = ?", (new, old))


def _cut_tail(raw: sqlite3.Connection, chance: random.Random) -> None:
    last = chance.randrange(1, RECORDS)
    raw.execute("DELETE FROM audit WHERE seq > ?", (last,))
    raw.execute("DELETE FROM audit_shown WHERE seq > ?", (last,))
    if chance.random() < 0.8:
        (end,) = raw.execute("SELECT hash FROM audit WHERE seq = ?", (last,)).fetchone()
        raw.execute("UPDATE audit_head SET seq = ?, hash = ?", (last, end))


def _replace_middle(raw: sqlite3.Connection, chance: random.Random) -> None:
    records = _records(raw)
    first = chance.randrange(0, RECORDS - 1)
    for at in range(first, min(first + chance.randrange(1, 6), RECORDS)):
        records[at] = replace(records[at], actor="nobody", subject="h-other")
    _chain_again(raw, records, chance)


def _take_out(raw: sqlite3.Connection, chance: random.Random) -> None:
    records = _records(raw)
    del records[chance.randrange(RECORDS)]
    _chain_again(raw, records, chance)


def _insert(raw: sqlite3.Connection, chance: random.Random) -> None:
    records = _records(raw)
    at = chance.randrange(RECORDS + 1)
    records.insert(at, replace(records[min(at, RECORDS - 1)], actor="somebody else"))
    _chain_again(raw, records, chance)


def _move_base(raw: sqlite3.Connection, chance: random.Random) -> None:
    base = chance.randrange(1, RECORDS)
    (end,) = raw.execute("SELECT hash FROM audit WHERE seq = ?", (base,)).fetchone()
    raw.execute("UPDATE audit_head SET base_seq = ?, base_hash = ?", (base, end))
    raw.execute("DELETE FROM audit WHERE seq <= ?", (base,))


def _change_head(raw: sqlite3.Connection, chance: random.Random) -> None:
    column = chance.choice(("seq", "hash", "base_seq", "base_hash", "key", "seal"))
    value = chance.randrange(1, 99) + RECORDS if column.endswith("seq") else f"{chance.random()}"
    raw.execute(f"UPDATE audit_head SET {column} = ?", (value,))


def _change_shown(raw: sqlite3.Connection, chance: random.Random) -> None:
    seq = chance.randrange(1, RECORDS + 1)
    change = chance.choice(
        ("DELETE FROM audit_shown", "UPDATE audit_shown SET content = replace(content, 'h', 'g')")
    )
    raw.execute(f"{change} WHERE seq = ?", (seq,))


def _drop(raw: sqlite3.Connection, chance: random.Random) -> None:
    name = chance.choice(("audit_no_update", "audit_no_delete"))
    (sql,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    raw.execute(f"DROP TRIGGER {name}")
    if chance.random() < 0.5:  # one that does nothing in its place
        raw.execute(sql.replace("RAISE(ABORT,", "coalesce('',"))


MANIPULATIONS: dict[str, Callable[[sqlite3.Connection, random.Random], None]] = {
    "edited": _edit,
    "removed": _remove,
    "swapped": _swap,
    "tail cut": _cut_tail,
    "middle replaced": _replace_middle,
    "taken out and chained again": _take_out,
    "inserted and chained again": _insert,
    "base moved": _move_base,
    "head changed": _change_head,
    "shown changed": _change_shown,
    "guards dropped": _drop,
    "file deleted": lambda raw, chance: None,
    "old copy restored": lambda raw, chance: None,
    "file begun anew": lambda raw, chance: None,
}
