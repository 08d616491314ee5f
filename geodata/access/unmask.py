"""Breaking the glass: one household readable to one actor, for a reason and a few hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Integer, String, Table, Text, insert, select

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.database import METADATA
from geodata.access.limits import AccessLimits
from geodata.access.scope import Actor
from geodata.errors import AccessError
from geodata.escaping import capped, storable

LONGEST_REASON = 500
# What a household is read in full for; the words say more.
GROUNDS = ("visit", "check", "correction", "help", "complaint", "inspection")

_GRANTS = Table(
    "unmask_grants",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False, index=True),
    Column("household", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", String(40), nullable=False),
    Column("until", String(40), nullable=False),
)


@dataclass(frozen=True)
class Grant:
    """What was opened: household, its place, why, and from when until when (UTC)."""

    actor: str
    household: str
    place: str
    reason: str
    since: datetime
    until: datetime


class Unmasking:
    """The grants in one database, each written to the audit in the same transaction."""

    def __init__(self, trail: AuditTrail, limits: AccessLimits) -> None:
        self._trail, self._limits = trail, limits
        trail.database.create(_GRANTS)

    def open(
        self,
        actor: Actor,
        household: str,
        *,
        place: str,
        ground: str,
        reason: str,
        now: datetime,
    ) -> Grant:
        """Open one household and return the grant; refusals are written to the audit as well.

        Raises ScopeError outside the actor's right, AccessError without a ground of GROUNDS and
        real words, and beyond what one account may open in a day. Before that the auditor is alerted.
        """
        reason = storable(capped(reason, LONGEST_REASON)).strip()
        entry = AuditEntry.by(
            actor,
            "unmask",
            place=place,
            subject=household,
            reason=reason,
            detail={"ground": ground if ground in GROUNDS else ""},
        )
        verdict = actor.allows(place, "unmask")
        if not verdict:
            self._refuse(entry)
            raise verdict.error()
        if ground not in GROUNDS:
            self._refuse(entry)
            raise AccessError("access.no_ground")
        # Signs that are repeated say nothing.
        said = {sign for sign in reason.casefold() if sign.isalnum()}
        if len(said) < self._limits.reason_length:
            self._refuse(entry)
            raise AccessError("access.reason_too_short", least=self._limits.reason_length)
        opened = self._trail.times(actor.name, "unmask", now - timedelta(days=1))
        if opened >= self._limits.unmask_per_day:
            self._refuse(entry)
            raise AccessError("access.unmask_quota", most=self._limits.unmask_per_day)
        until = now + timedelta(hours=self._limits.unmask_hours)
        grant = Grant(actor.name, household, place, reason, now, until)
        row = vars(grant) | {"since": _text(now), "until": _text(until)}
        with self._trail.database.writing() as connection:
            self._trail.append(
                connection,
                replace(entry, detail={**entry.detail, "until": _text(until)}),
            )
            if opened >= self._limits.unmask_alert:
                detail = {"times": opened + 1}
                alert = AuditEntry.by(actor, "alert", subject=actor.name, detail=detail)
                self._trail.append(connection, alert)
            connection.execute(insert(_GRANTS).values(**row))
        return grant

    def is_open(self, actor: Actor, household: str, *, place: str, now: datetime) -> bool:
        """Return whether the actor may read this household now; the right itself is asked again."""
        if not actor.allows(place, "unmask"):
            return False
        return (household, place) in {(one.household, one.place) for one in self.of(actor, now)}

    def of(self, actor: Actor, now: datetime) -> list[Grant]:
        """Return what is open to an actor now."""
        mine = _GRANTS.c.actor == actor.name
        return self._found(mine & (_GRANTS.c.since <= _text(now)) & (_GRANTS.c.until > _text(now)))

    def _found(self, condition) -> list[Grant]:  # type: ignore[no-untyped-def]
        query = select(_GRANTS).where(condition).order_by(_GRANTS.c.id)
        with self._trail.database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Grant(
                row["actor"],
                row["household"],
                row["place"],
                row["reason"],
                datetime.fromisoformat(row["since"]),
                datetime.fromisoformat(row["until"]),
            )
            for row in rows
        ]

    def _refuse(self, entry: AuditEntry) -> None:
        self._trail.record(replace(entry, outcome="refused"))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
