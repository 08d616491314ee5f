"""The audit: every act is written down before it happens, and nothing is taken away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from geodata.access.chain import (
    START,
    Entry,
    Fault,
    Record,
    Verification,
    detail_text,
    verify_records,
)
from geodata.access.database import METADATA, Database
from geodata.access.origin import COMMAND, process_origin
from geodata.access.shown import SHOWN, Shown, digest, read_shown, shows
from geodata.errors import AccessError
from geodata.escaping import storable

_AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False, index=False),
    *(Column(name, Text, nullable=False) for name in ("actor", "role", "act", "place", "subject")),
    *(Column(name, Text, nullable=False) for name in ("outcome", "reason", "detail")),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("session", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
)
# One row: the end of the chain, and the last record that was put away with its time of keeping.
_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("base_seq", Integer, nullable=False),
    Column("base_hash", String(64), nullable=False),
)
_SQLITE = (
    "INSERT OR IGNORE INTO audit_head VALUES (1, 0, '{start}', 0, '{start}')",
    "CREATE INDEX IF NOT EXISTS audit_at ON audit (at)",
    "CREATE INDEX IF NOT EXISTS audit_subject ON audit (subject)",
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit "
    "WHEN old.seq > (SELECT base_seq FROM audit_head) "
    "BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END",
)
_POSTGRESQL = (
    "INSERT INTO audit_head VALUES (1, 0, '{start}', 0, '{start}') ON CONFLICT DO NOTHING",
    "CREATE INDEX IF NOT EXISTS audit_at ON audit (at)",
    "CREATE INDEX IF NOT EXISTS audit_subject ON audit (subject)",
    "CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger AS $$ BEGIN "
    "IF TG_OP = 'DELETE' AND old.seq <= (SELECT base_seq FROM audit_head) THEN RETURN old; END IF; "
    "RAISE EXCEPTION 'audit records are never changed'; END $$ LANGUAGE plpgsql",
    "CREATE OR REPLACE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_keep()",
)


def utc_now() -> datetime:
    """Return the time now; the one clock of the trail unless another is given."""
    return datetime.now(UTC)


class Trail:
    """The audit of one database; any number of processes may write to one chain."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.clock = clock
        also = _SQLITE if database.is_sqlite else _POSTGRESQL
        statements = tuple(line.format(start=START) for line in also)
        database.create(_AUDIT, _HEAD, SHOWN, also=statements)

    def record(self, entry: Entry, shown: Shown | None = None) -> Record:
        """Write an entry and commit it; raises AccessError when it cannot, and then nothing may go on.

        What was `shown` is kept beside the chain, and its digest and count in the record.
        """
        with self.database.writing() as connection:
            return self.append(connection, entry, shown)

    def append(self, connection: Connection, entry: Entry, shown: Shown | None = None) -> Record:
        """Write an entry within a transaction, so that it is kept exactly when the act is."""
        if entry.actor.startswith(COMMAND) and not entry.session:
            session, address = process_origin()
            entry = replace(entry, session=session, address=address)
        content = storable(shown.content) if shown is not None else ""
        if content:
            entry = replace(entry, detail={**entry.detail, "shown": digest(content)})
        head = connection.execute(select(_HEAD).with_for_update()).one_or_none()
        if head is None:
            raise AccessError("access.audit_damaged", database=self.database.name)
        fields = asdict(entry) | {"detail": detail_text(entry.detail)}
        clean = {name: storable(value) for name, value in fields.items()}
        at = self.clock().astimezone(UTC).isoformat(timespec="microseconds")
        draft = Record(seq=head.seq + 1, at=at, previous=head.hash, hash="", **clean)
        record = Record(**(asdict(draft) | {"hash": draft.computed()}))
        connection.execute(insert(_AUDIT).values(**asdict(record)))
        connection.execute(update(_HEAD).values(seq=record.seq, hash=record.hash))
        if content:
            connection.execute(insert(SHOWN).values(seq=record.seq, content=content))
        return record

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
        query = select(_AUDIT).order_by(_AUDIT.c.seq.desc())
        if showing:
            listed = _AUDIT.c.seq.in_(select(SHOWN.c.seq).where(shows(showing)))
            query = query.where((_AUDIT.c.subject == showing) | listed)
        if since is not None:
            query = query.where(_AUDIT.c.at >= since.astimezone(UTC).isoformat())
        if until is not None:
            query = query.where(_AUDIT.c.at < until.astimezone(UTC).isoformat())
        if under:
            query = query.where(_AUDIT.c.place.startswith(under, autoescape=True))
        equal = {"act": act, "actor": actor, "subject": subject, "outcome": outcome}
        for name, value in equal.items():
            if value:
                query = query.where(_AUDIT.c[name] == value)
        if newest is not None:
            query = query.limit(newest)
        with self.database.reading() as connection:
            found = [Record(**row) for row in connection.execute(query).mappings()]
        return found[::-1]

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
        """Check the whole chain; `noted` is a head hash written down earlier."""
        with self._chain() as (records, head):
            if head is None:
                return Verification(0, 1, 0, START, (Fault(0, "tail"),))
            found = verify_records(
                records,
                base=(head.base_seq, head.base_hash),
                head=(head.seq, head.hash),
                noted=noted,
            )
        faults = [*found.faults, *self._shown_faults()]
        if head.base_seq and not self._put_away_recorded(head.base_seq, head.base_hash):
            faults.insert(0, Fault(head.base_seq, "missing"))
        return replace(found, faults=tuple(faults))

    def _shown_faults(self) -> Iterator[Fault]:
        """Yield the records whose content beside the chain is not the one they hold the digest of."""
        beside = select(_AUDIT.c.seq, _AUDIT.c.detail, SHOWN.c.content)
        beside = beside.join(SHOWN, SHOWN.c.seq == _AUDIT.c.seq, isouter=True)
        held = beside.where(_AUDIT.c.detail.contains('"shown":')).order_by(_AUDIT.c.seq)
        with self.database.reading() as connection:
            for row in connection.execution_options(yield_per=5000).execute(held):
                if digest(row.content or "") != json.loads(row.detail).get("shown"):
                    yield Fault(row.seq, "shown")

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
            return verify_records(
                written(), base=base, head=(head.seq, head.hash) if head else (0, "")
            )

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
            kept = select(func.min(_AUDIT.c.seq)).where(_AUDIT.c.at >= limit).scalar_subquery()
            last = connection.execute(
                select(_AUDIT.c.seq, _AUDIT.c.hash)
                .where(_AUDIT.c.seq < func.coalesce(kept, _HEAD.c.seq + 1))
                .order_by(_AUDIT.c.seq.desc())
                .limit(1)
            ).one_or_none()
            if last is None:
                return 0
            detail = {"to": last.seq, "hash": last.hash, "archive": archive.name}
            self.append(connection, Entry(actor, "audit_put_away", detail=detail))
            connection.execute(update(_HEAD).values(base_seq=last.seq, base_hash=last.hash))
            connection.execute(delete(SHOWN).where(SHOWN.c.seq <= last.seq))
            gone = delete(_AUDIT).where(_AUDIT.c.seq <= last.seq)
            return connection.execute(gone).rowcount

    def count(self) -> int:
        """Return how many records there are."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(_AUDIT)).scalar_one()

    @contextmanager
    def _chain(self):  # type: ignore[no-untyped-def]
        with self.database.reading() as connection:
            head = connection.execute(select(_HEAD)).one_or_none()
            rows = connection.execution_options(yield_per=5000).execute(
                select(_AUDIT).order_by(_AUDIT.c.seq)
            )
            yield (Record(*row) for row in rows), head


def read_export(file: Path) -> Iterator[Record]:
    """Yield the records of an exported file, for a check on another machine."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            fields = json.loads(line)
            fields.pop("showed", None)
            yield Record(**fields)
