"""The bulletins that were issued: number, place, day, and what each said, beside the audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint, insert, select

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry, detail_text
from geodata.access.database import METADATA
from geodata.access.scope import Actor
from geodata.errors import WriteError

_BULLETINS = Table(
    "bulletins",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("place", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("day", String(10), nullable=False),
    Column("month", String(7), nullable=False),
    Column("late", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", String(40), nullable=False),
    UniqueConstraint("kind", "place", "number"),
)


@dataclass(frozen=True)
class IssuedBulletin:
    """One bulletin: its kind (such as week), place, number, the day and month as of which it tells.

    `late` says that it tells of data that came after the one before; `file` is the name of its
    paper, `told` what it said, to be compared with.
    """

    kind: str
    place: str
    number: int
    day: date
    month: str
    late: bool
    file: str
    told: Mapping[str, Any]
    by: str
    at: str


class BulletinList:
    """The list of bulletins in one database; each is entered with its record in one transaction."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail
        trail.database.create(_BULLETINS)

    def last(self, kind: str, place: str) -> IssuedBulletin | None:
        """Return the newest bulletin of a kind about a place; None before the first."""
        query = select(_BULLETINS).where(
            (_BULLETINS.c.kind == kind) & (_BULLETINS.c.place == place)
        )
        with self._trail.database.reading() as connection:
            row = connection.execute(query.order_by(_BULLETINS.c.number.desc()).limit(1)).first()
        return None if row is None else _as_issued(row)

    def add(self, actor: Actor, bulletin: IssuedBulletin) -> None:
        """Enter a bulletin; raises WriteError where another one took its number meanwhile."""
        values = {
            **vars(bulletin),
            "day": bulletin.day.isoformat(),
            "late": int(bulletin.late),
            "told": detail_text(bulletin.told),
        }
        same = (_BULLETINS.c.kind == bulletin.kind) & (_BULLETINS.c.place == bulletin.place)
        detail = {"kind": bulletin.kind, "number": bulletin.number, "day": bulletin.day.isoformat()}
        with self._trail.database.writing() as connection:
            taken = select(_BULLETINS.c.by).where(same & (_BULLETINS.c.number == bulletin.number))
            by = connection.execute(taken).scalar_one_or_none()
            if by is not None:
                raise WriteError("access.bulletin_taken", number=bulletin.number, by=by)
            connection.execute(insert(_BULLETINS).values(**values))
            entry = AuditEntry.by(
                actor, "bulletin", place=bulletin.place, outcome="done", detail=detail
            )
            self._trail.append(connection, entry)

    def seen_by(self, actor: Actor) -> list[IssuedBulletin]:
        """Return the bulletins about places whose rows the actor may see, the newest first."""
        query = select(_BULLETINS).order_by(_BULLETINS.c.day.desc(), _BULLETINS.c.id.desc())
        with self._trail.database.reading() as connection:
            kept = [_as_issued(row) for row in connection.execute(query)]
        seen = actor.scope.filter(pd.Series([one.place for one in kept], dtype="str"), "rows")
        return [one for one, allowed in zip(kept, seen, strict=True) if allowed]


def time_text(now: datetime) -> str:
    """Return a moment as bulletins and entries keep it."""
    return now.astimezone(UTC).isoformat(timespec="seconds")


def _as_issued(row: Any) -> IssuedBulletin:
    told = dict(row._mapping)
    del told["id"]
    changed = {
        "day": date.fromisoformat(row.day),
        "late": bool(row.late),
        "told": json.loads(row.told),
    }
    return IssuedBulletin(**told | changed)
