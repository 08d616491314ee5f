"""The audit: every act is written down before it happens, and nothing is taken away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, update

from geodata.access.audit_tables import AUDIT, HEAD, missing_guards, statements
from geodata.access.chain import (
    START,
    AuditEntry,
    ChainFault,
    Record,
    Verification,
    detail_text,
    head_text,
    verify_records,
)
from geodata.access.database import Database
from geodata.access.head_notes import HeadNotes
from geodata.access.keyring import KeyRing, SealKey
from geodata.access.process_origin import COMMAND, process_origin
from geodata.access.shown import SHOWN, Shown, digest, read_shown, shows
from geodata.errors import AccessError
from geodata.escaping import storable


def utc_now() -> datetime:
    """Return the time now; the one clock of the trail unless another is given."""
    return datetime.now(UTC)


class AuditTrail:
    """The audit of one database; any number of processes may write to one chain."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = utc_now,
        ring: KeyRing | None = None,
        second: str = "",
    ) -> None:
        self.database, self.clock = database, clock
        self.ring = ring or KeyRing.usual()
        self.notes = HeadNotes(self.ring, database.identity, second)
        sqlite = database.is_sqlite
        with database.reading() as connection:
            missing = missing_guards(connection, sqlite=sqlite)
        database.create(AUDIT, HEAD, SHOWN, also=statements(sqlite=sqlite))
        if missing:
            self.record(AuditEntry("guatu", "audit_repair", detail={"missing": list(missing)}))

    @cached_property
    def _key(self) -> SealKey:
        return self.ring.current

    def record(self, entry: AuditEntry, shown: Shown | None = None) -> Record:
        """Write an entry and commit it; raises AccessError when it cannot, and then nothing may go on.

        What was `shown` is kept beside the chain, and its digest and count in the record.
        """
        with self.database.writing() as connection:
            return self.append(connection, entry, shown)

    def append(
        self, connection: Connection, entry: AuditEntry, shown: Shown | None = None
    ) -> Record:
        """Write an entry within a transaction, so that it is kept exactly when the act is."""
        if entry.actor.startswith(COMMAND) and not entry.session:
            session, address = process_origin()
            entry = replace(entry, session=session, address=address)
        content = storable(shown.content) if shown is not None else ""
        if content:
            entry = replace(entry, detail={**entry.detail, "shown": digest(content)})
        head = connection.execute(select(HEAD).with_for_update()).one_or_none()
        if head is None:
            raise AccessError("access.audit_damaged", database=self.database.name)
        fields = asdict(entry) | {"detail": detail_text(entry.detail)}
        clean = {name: storable(value) for name, value in fields.items()}
        at = self.clock().astimezone(UTC).isoformat(timespec="microseconds")
        draft = Record(seq=head.seq + 1, at=at, previous=head.hash, hash="", **clean)
        record = replace(draft, hash=draft.computed(self._key))
        connection.execute(insert(AUDIT).values(**asdict(record)))
        self._move_head(connection, record.seq, record.hash, (head.base_seq, head.base_hash))
        if content:
            connection.execute(insert(SHOWN).values(seq=record.seq, content=content))
        return record

    def _move_head(
        self, connection: Connection, seq: int, head: str, base: tuple[int, str]
    ) -> None:
        """Write the sealed end of the chain, and note it elsewhere once it is committed."""
        sealed = self._key.seal(head_text((seq, head), base, self._key.name))
        values = {"seq": seq, "hash": head, "base_seq": base[0], "base_hash": base[1]}
        connection.execute(update(HEAD).values(**values, key=self._key.name, seal=sealed))
        at = self.clock().astimezone(UTC).isoformat(timespec="seconds")
        self.database.after_commit(connection, lambda: self.notes.note(seq, head, at))

    def note_head(self) -> None:
        """Note the end of the chain in the second place as well: at a stop, and after a check."""
        with self.database.reading() as connection:
            head = connection.execute(select(HEAD)).one_or_none()
        if head is not None and head.seq:
            at = self.clock().astimezone(UTC).isoformat(timespec="seconds")
            self.notes.note(head.seq, head.hash, at, also=True)

    def records(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        under: str = "",
        newest: int | None = None,
        act: str = "",
        actor: str = "",
        subject: str = "",
        outcome: str = "",
        showing: str = "",
    ) -> list[Record]:
        """Return records in their order: from one time to before another, the newest n.

        `under` is the beginning of a place's code, `showing` a code that a record is about or that
        its list showed; the other fields must be equal where they are given.
        """
        query = select(AUDIT).order_by(AUDIT.c.seq.desc())
        if showing:
            listed = AUDIT.c.seq.in_(select(SHOWN.c.seq).where(shows(showing)))
            query = query.where((AUDIT.c.subject == showing) | listed)
        if since is not None:
            query = query.where(AUDIT.c.at >= since.astimezone(UTC).isoformat())
        if until is not None:
            query = query.where(AUDIT.c.at < until.astimezone(UTC).isoformat())
        if under:
            query = query.where(AUDIT.c.place.startswith(under, autoescape=True))
        equal = {"act": act, "actor": actor, "subject": subject, "outcome": outcome}
        for name, value in equal.items():
            if value:
                query = query.where(AUDIT.c[name] == value)
        if newest is not None:
            query = query.limit(newest)
        with self.database.reading() as connection:
            latest = [Record(**row) for row in connection.execute(query).mappings()]
        return latest[::-1]

    def shown(self, records: Sequence[Record]) -> dict[int, Shown]:
        """Return by number what records showed; those that showed nothing are not among them."""
        numbers = [record.seq for record in records if '"shown":' in record.detail]
        shown: dict[int, Shown] = {}
        with self.database.reading() as connection:
            for at in range(0, len(numbers), 500):
                some = select(SHOWN).where(SHOWN.c.seq.in_(numbers[at : at + 500]))
                shown |= {row.seq: read_shown(row.content) for row in connection.execute(some)}
        return shown

    def verify(self, *, noted: str | None = None) -> Verification:
        """Check the whole chain against its key and its notes; `noted` is a hash noted on paper."""
        with self.database.reading() as connection:
            missing = missing_guards(connection, sqlite=self.database.is_sqlite)
        restored = [(json.loads(one.detail)["seq"], one.at) for one in self.records(act="restore")]
        keys, notes, faults = self.ring.keys, [], []
        last = self.notes.last()
        for note in (last, *self.notes.in_second_place()):
            if note is not None and note.is_sealed(keys):
                # What was noted after a backup is not there once that was brought back.
                if not any(note.seq > seq and note.at <= at for seq, at in restored):
                    notes.append((note.seq, note.hash))
            elif note is not None:
                faults.append(ChainFault(note.seq, "note"))
        with self._chain() as (records, head):
            if head is None:
                return Verification(0, 1, 0, START, (ChainFault(0, "tail"), *faults))
            end, base = (head.seq, head.hash), (head.base_seq, head.base_hash)
            verification = verify_records(
                records, base=base, head=end, noted=noted, notes=notes, keys=keys
            )
        sealed = SealKey.fits(keys, head_text(end, base, head.key), head.seal)
        if head.key and not sealed:
            known = head.key in {key.name for key in keys}
            faults.append(ChainFault(head.seq, "head" if known else "key"))
        elif not head.key and verification.keyed:
            faults.append(ChainFault(head.seq, "head"))
        faults += [ChainFault(head.seq, "guards")] * bool(missing)
        faults += [*verification.faults, *self._shown_faults()]
        if head.base_seq and not self._put_away_recorded(head.base_seq, head.base_hash):
            faults.insert(0, ChainFault(head.base_seq, "missing"))
        repaired = [ChainFault(one.seq, "repaired") for one in self.records(act="audit_repair")]
        repaired += [ChainFault(one.seq, "restored") for one in self.records(act="restore")]
        # A chain that was moved, perhaps an old copy, has no end noted under the path where it lies.
        repaired += [ChainFault(head.seq, "unnoted")] * (last is None)
        return replace(
            verification, faults=tuple(faults), remarks=(*verification.remarks, *repaired)
        )

    def _shown_faults(self) -> Iterator[ChainFault]:
        """Yield the records whose content beside the chain is not the one they hold the digest of."""
        beside = select(AUDIT.c.seq, AUDIT.c.detail, SHOWN.c.content)
        beside = beside.join(SHOWN, SHOWN.c.seq == AUDIT.c.seq, isouter=True)
        held = beside.where(AUDIT.c.detail.contains('"shown":')).order_by(AUDIT.c.seq)
        with self.database.reading() as connection:
            for row in connection.execution_options(yield_per=5000).execute(held):
                if digest(row.content or "") != json.loads(row.detail).get("shown"):
                    yield ChainFault(row.seq, "shown")

    def _content(self, record: Record) -> str:
        """Return what a record showed as it is kept; empty for none."""
        if '"shown":' not in record.detail:
            return ""
        query = select(SHOWN.c.content).where(SHOWN.c.seq == record.seq)
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one_or_none() or ""

    def _put_away_recorded(self, seq: int, base_hash: str) -> bool:
        details = [json.loads(entry.detail) for entry in self.records(act="audit_put_away")]
        return any((each["to"], each["hash"]) == (seq, base_hash) for each in details)

    def export(self, file: Path) -> Verification:
        """Write every record as JSON lines, and return the check of exactly what was written."""
        with self._chain() as (records, head), file.open("w", encoding="utf-8") as lines:

            def written() -> Iterator[Record]:
                for record in records:
                    line = asdict(record) | {"showed": self._content(record)}
                    lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                    yield record

            base = (head.base_seq, head.base_hash) if head else (0, START)
            end = (head.seq, head.hash) if head else (0, "")
            return verify_records(written(), base=base, head=end, keys=self.ring.keys)

    def put_away(self, before: datetime, archive: Path, *, keep_from: datetime, actor: str) -> int:
        """Move records older than `before` to an archive file; returns how many.

        Raises AccessError when `before` lies after `keep_from`, the first day that must be kept.
        The chain goes on from the last record moved, and the move itself is recorded.
        """
        if before > keep_from:
            raise AccessError("access.kept_longer", day=keep_from.date().isoformat())
        verification = self.export(archive)
        if not verification.whole:
            raise AccessError("access.audit_damaged", database=self.database.name)
        limit = before.astimezone(UTC).isoformat()
        with self.database.writing() as connection:
            kept = select(func.min(AUDIT.c.seq)).where(AUDIT.c.at >= limit).scalar_subquery()
            last = connection.execute(
                select(AUDIT.c.seq, AUDIT.c.hash)
                .where(AUDIT.c.seq < func.coalesce(kept, HEAD.c.seq + 1))
                .order_by(AUDIT.c.seq.desc())
                .limit(1)
            ).one_or_none()
            if last is None:
                return 0
            detail = {"to": last.seq, "hash": last.hash, "archive": archive.name}
            put = self.append(connection, AuditEntry(actor, "audit_put_away", detail=detail))
            self._move_head(connection, put.seq, put.hash, (last.seq, last.hash))
            connection.execute(delete(SHOWN).where(SHOWN.c.seq <= last.seq))
            gone = delete(AUDIT).where(AUDIT.c.seq <= last.seq)
            return connection.execute(gone).rowcount

    def times(self, actor: str, act: str, since: datetime) -> int:
        """Return how often an actor was allowed an act since a time."""
        done = (AUDIT.c.actor == actor) & (AUDIT.c.act == act) & (AUDIT.c.outcome == "allowed")
        since_then = AUDIT.c.at >= since.astimezone(UTC).isoformat()
        counted = select(func.count()).select_from(AUDIT).where(done & since_then)
        with self.database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def count(self) -> int:
        """Return how many records there are."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(AUDIT)).scalar_one()

    @contextmanager
    def _chain(self):  # type: ignore[no-untyped-def]
        with self.database.reading() as connection:
            head = connection.execute(select(HEAD)).one_or_none()
            rows = connection.execution_options(yield_per=5000).execute(
                select(AUDIT).order_by(AUDIT.c.seq)
            )
            yield (Record(*row) for row in rows), head


def read_export(file: Path) -> Iterator[Record]:
    """Yield the records of an exported file, for a check on another machine."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            fields.pop("showed", None)
            yield Record(**fields)
