"""The one service for what people write: checked, versioned, with who, when, old and new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry, detail_text
from geodata.access.database import METADATA
from geodata.access.entry_kinds import EntryKind, checked, kinds
from geodata.access.process_origin import COMMAND
from geodata.access.scope import Actor
from geodata.errors import WriteError
from geodata.periods import last_day, shift_month

_ENTRIES = Table(
    "entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("place", Text, nullable=False, index=True),
    Column("household", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
)
# Every version that ever was, with the one before it.
_HISTORY = Table(
    "entries_history",
    METADATA,
    Column("entry", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Column("state", String(20), nullable=False),
)


PROPOSED, OPEN, WITHDRAWN = "proposed", "open", "withdrawn"
# A text that may be so long is free words; a shorter one is a key, such as that of a rule.
_WORDS = 500
# An entry in one of these is seen; what counts is open.
STANDING = (OPEN, PROPOSED)


@dataclass(frozen=True)
class Written:
    """One entry as it stands: kind, place, household (or empty), version, fields, last writer."""

    id: int
    kind: str
    place: str
    household: str
    version: int
    fields: Mapping[str, str]
    by: str
    at: str
    state: str


class Writes:
    """Entries of one database. Each write and its audit record are one transaction."""

    def __init__(self, trail: AuditTrail, *, exemption_months: int | None = None) -> None:
        """Keep entries beside the audit; a limited day lies at most so many months ahead."""
        self._trail, self._months = trail, exemption_months
        trail.database.create(_ENTRIES, _HISTORY)

    def add(
        self,
        actor: Actor,
        kind: str,
        values: Mapping[str, object],
        *,
        place: str,
        now: datetime,
        household: str = "",
    ) -> Written:
        """Write a new entry and return it at version 1; one that needs a second person is proposed."""
        fields = self._checked(kind, values, now)
        self._check(actor, kind, place, household)
        row = {"kind": kind, "place": place, "household": household, "version": 1}
        row |= {"fields": detail_text(fields), "by": actor.name, "at": _text(now)}
        row["state"] = PROPOSED if kinds()[kind].approved else OPEN
        with self._trail.database.writing() as connection:
            _refuse_own_work(connection, kinds()[kind], fields, actor)
            new = insert(_ENTRIES).values(**row).returning(_ENTRIES.c.id)
            number = connection.execute(new).scalar_one()
            written = _written(connection, number)
            self._keep(connection, actor, written, old="{}")
        return written

    def change(
        self,
        actor: Actor,
        number: int,
        values: Mapping[str, object],
        *,
        version: int,
        now: datetime,
        state: str = "open",
    ) -> Written:
        """Replace the fields of an entry that is still at `version`; returns the next version.

        Raises WriteError naming who changed it when it is not, so that both texts can be put
        together. `state` "withdrawn" takes an entry back; its history stays.
        """
        with self._trail.database.reading() as connection:
            seen = _written(connection, number)
        if state == WITHDRAWN:
            fields = dict(seen.fields)
        else:
            fields = self._checked(seen.kind, values, now)
            state = PROPOSED if kinds()[seen.kind].approved else state
        self._check(actor, seen.kind, seen.place, seen.household)
        with self._trail.database.writing() as connection:
            changed = connection.execute(
                update(_ENTRIES)
                .where((_ENTRIES.c.id == number) & (_ENTRIES.c.version == version))
                .values(
                    version=version + 1,
                    fields=detail_text(fields),
                    by=actor.name,
                    at=_text(now),
                    state=state,
                )
            )
            written = _written(connection, number)
            if changed.rowcount != 1:
                texts = {"theirs": _text_of(written.fields), "yours": _text_of(fields)}
                raise WriteError("access.changed_meanwhile", by=written.by, at=written.at, **texts)
            before = select(_HISTORY.c.new).where(
                (_HISTORY.c.entry == number) & (_HISTORY.c.version == version)
            )
            old = connection.execute(before).scalar_one()
            self._keep(connection, actor, written, old=old)
        return written

    def approve(self, actor: Actor, number: int, *, version: int, now: datetime) -> Written:
        """Let stand what another person proposed, and return it with its approver.

        Raises ScopeError without the right, WriteError for one's own and for one that changed.
        """
        with self._trail.database.reading() as connection:
            seen = _written(connection, number)
        self._check(actor, seen.kind, seen.place, seen.household)
        if is_same_person(seen.by, actor.name):
            raise WriteError("access.second_person", by=seen.by)
        fields = {**seen.fields, "approver": actor.name}
        mine = (_ENTRIES.c.id == number) & (_ENTRIES.c.version == version)
        values = {"version": version + 1, "fields": detail_text(fields), "state": OPEN}
        with self._trail.database.writing() as connection:
            changed = connection.execute(
                update(_ENTRIES)
                .where(mine & (_ENTRIES.c.state == PROPOSED))
                .values(**values, at=_text(now), by=actor.name)
            )
            written = _written(connection, number)
            if changed.rowcount != 1:
                texts = {"theirs": _text_of(written.fields), "yours": _text_of(fields)}
                raise WriteError("access.changed_meanwhile", by=written.by, at=written.at, **texts)
            self._keep(connection, actor, written, old=detail_text(seen.fields))
        return written

    def _checked(self, kind: str, values: Mapping[str, object], now: datetime) -> dict[str, str]:
        """Return the fields as `checked` does; a limited day lies from today to the longest time."""
        fields = checked(kind, values)
        first = now.astimezone().date()
        for field in kinds()[kind].fields:
            if field.limited and self._months is not None and fields.get(field.name):
                last = last_day(shift_month(f"{first:%Y-%m}", self._months))
                if not first <= date.fromisoformat(fields[field.name]) <= last:
                    told = {"first": first.isoformat(), "last": last.isoformat()}
                    raise WriteError("access.until_limited", value=fields[field.name], **told)
        return fields

    def entries(self, actor: Actor, kind: str, *, household: str = "") -> list[Written]:
        """Return the entries of one kind at places whose rows the actor may see, oldest first."""
        if kind not in kinds():
            raise WriteError("access.unknown_kind", kind=kind, known=", ".join(kinds()))
        query = select(_ENTRIES).where(_ENTRIES.c.kind == kind).order_by(_ENTRIES.c.id)
        if household:
            query = query.where(_ENTRIES.c.household == household)
        with self._trail.database.reading() as connection:
            written = [_as_written(row) for row in connection.execute(query)]
        act = kinds()[kind].seen_by
        seen = actor.scope.filter(pd.Series([one.place for one in written], dtype="str"), act)
        return [one for one, allowed in zip(written, seen, strict=True) if allowed]

    def standing(self, kind: str) -> list[Written]:
        """Return every entry of a kind that is not withdrawn, oldest first, for rules and figures.

        Nobody looks at these; what a person sees comes from `entries`.
        """
        query = select(_ENTRIES).where((_ENTRIES.c.kind == kind) & (_ENTRIES.c.state == "open"))
        with self._trail.database.reading() as connection:
            return [_as_written(row) for row in connection.execute(query.order_by(_ENTRIES.c.id))]

    def stamp(self, names: Sequence[str]) -> tuple[int, int]:
        """Return how many entries of some kinds there ever were and their versions; any write changes it."""
        counted = select(func.count(), func.coalesce(func.sum(_ENTRIES.c.version), 0))
        with self._trail.database.reading() as connection:
            count, versions = connection.execute(counted.where(_ENTRIES.c.kind.in_(names))).one()
        return int(count), int(versions)

    def history(self, actor: Actor, number: int) -> list[dict[str, object]]:
        """Return every version of an entry: who, when, old and new fields, state."""
        with self._trail.database.reading() as connection:
            seen = _written(connection, number)
            verdict = actor.allows(seen.place, kinds()[seen.kind].act)
            if not verdict and not actor.allows(seen.place, "audit"):
                raise verdict.error()
            query = select(_HISTORY).where(_HISTORY.c.entry == number).order_by(_HISTORY.c.version)
            rows = connection.execute(query).mappings().all()
        return [
            dict(row) | {"old": json.loads(row["old"]), "new": json.loads(row["new"])}
            for row in rows
        ]

    def count(self, household: str) -> int:
        """Return how many entries there are about a household."""
        counted = (
            select(func.count()).select_from(_ENTRIES).where(_ENTRIES.c.household == household)
        )
        with self._trail.database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def veil(self, household: str, alias: str) -> int:
        """Let all entries about a household stand under another code, without what was written freely.

        Returns how many there were. What an entry decides, such as the rule and end of an exemption,
        stays; so does who wrote it, and when.
        """
        with self._trail.database.writing() as connection:
            mine = select(_ENTRIES).where(_ENTRIES.c.household == household)
            rows = connection.execute(mine).all()
            for row in rows:
                written = {"household": alias, "fields": _without_words(row.kind, row.fields)}
                one = update(_ENTRIES).where(_ENTRIES.c.id == row.id)
                connection.execute(one.values(**written))
                versions = select(_HISTORY).where(_HISTORY.c.entry == row.id)
                for version in connection.execute(versions).all():
                    texts = {
                        n: _without_words(row.kind, getattr(version, n)) for n in ("old", "new")
                    }
                    which = _HISTORY.c.version == version.version
                    old = update(_HISTORY).where((_HISTORY.c.entry == row.id) & which)
                    connection.execute(old.values(**texts))
        return len(rows)

    def _check(self, actor: Actor, kind: str, place: str, household: str) -> None:
        act = kinds()[kind].act
        verdict = actor.allows(place, act)
        if not verdict:
            refused = AuditEntry.by(actor, act, place=place, subject=household, outcome="refused")
            self._trail.record(refused)
            raise verdict.error()

    def _keep(self, connection: Connection, actor: Actor, written: Written, *, old: str) -> None:
        """Write the version into the history and the act into the audit, without its text."""
        new = detail_text(written.fields)
        names = {*json.loads(old), *written.fields}
        changed = sorted(n for n in names if json.loads(old).get(n) != written.fields.get(n))
        row = {"entry": written.id, "version": written.version, "old": old, "new": new}
        row |= {"by": written.by, "at": written.at, "state": written.state}
        connection.execute(insert(_HISTORY).values(**row))
        detail = {"entry": written.id, "version": written.version, "changed": changed}
        act = kinds()[written.kind].act
        self._trail.append(
            connection,
            AuditEntry.by(
                actor,
                act,
                place=written.place,
                subject=written.household,
                outcome="done",
                detail=detail | {"state": written.state},
            ),
        )


def _refuse_own_work(
    connection: Connection, kind: EntryKind, fields: Mapping[str, str], actor: Actor
) -> None:
    """Raise WriteError where the actor wrote what this entry judges, in the transaction that writes it."""
    if not kind.apart:
        return
    query = select(_ENTRIES).where(
        _ENTRIES.c.kind.in_(kind.apart) & (_ENTRIES.c.state != WITHDRAWN)
    )
    for row in connection.execute(query):
        told = json.loads(row.fields)
        same = all(told.get(name) == fields.get(name) for name in kind.about)
        if same and is_same_person(row.by, actor.name):
            raise WriteError("access.own_work", by=row.by, day=row.at[:10])


def _without_words(kind: str, fields: str) -> str:
    """Return the fields of an entry as they are kept, without those that hold free words."""
    told = json.loads(fields)
    free = {
        one.name for one in kinds()[kind].fields if one.type == "text" and one.longest >= _WORDS
    }
    return detail_text({name: "" if name in free else value for name, value in told.items()})


def is_same_person(name: str, other: str) -> bool:
    """Return whether two names are one person's, who may also have worked at the command line."""
    return name.removeprefix(COMMAND) == other.removeprefix(COMMAND)


def _written(connection: Connection, number: int) -> Written:
    row = connection.execute(select(_ENTRIES).where(_ENTRIES.c.id == number)).one_or_none()
    if row is None:
        raise WriteError("access.no_entry", number=number)
    return _as_written(row)


def _as_written(row: Any) -> Written:
    return Written(**(dict(row._mapping) | {"fields": json.loads(row.fields)}))


def _text_of(fields: Mapping[str, str]) -> str:
    return "；".join(fields.values())


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
