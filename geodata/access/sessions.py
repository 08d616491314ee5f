"""Signed-in sessions on the server: ended by signing out, by idling, by disabling the account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, String, Table, Text, delete, insert, select, update

from geodata.access.accounts import Account, Accounts
from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.database import METADATA
from geodata.access.limits import AccessLimits
from geodata.access.scope import Actor
from geodata.errors import AccessError

_SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("started", String(40), nullable=False),
    Column("seen", String(40), nullable=False),
    Column("address", Text, nullable=False, server_default=""),
)
# A session is noted as seen at most this often, so that a busy page does not write all the time.
_NOTE_SECONDS = 20


# So many signs of a kept token name its session.
_SHOWN = 12


@dataclass(frozen=True)
class OwnSession:
    """One session of an account: its name in the audit, begin and last use (UTC), address."""

    name: str
    started: str
    seen: str
    address: str


class Sessions:
    """The sessions of all serving processes; only the hash of a token is kept."""

    def __init__(self, accounts: Accounts, trail: AuditTrail, limits: AccessLimits) -> None:
        self._accounts, self._trail, self._limits = accounts, trail, limits
        self._failed = ""
        trail.database.create(_SESSIONS)

    def start(self, account: Account, now: datetime, *, address: str = "") -> str:
        """Return the secret token of a new session; sessions that are over are forgotten.

        Beyond what one account may have at a time, its oldest end.
        """
        token = secrets.token_urlsafe(32)
        row = {
            "token": _kept(token),
            "name": account.name,
            "started": _text(now),
            "seen": _text(now),
            "address": address,
        }
        mine = select(_SESSIONS.c.token).where(_SESSIONS.c.name == account.name)
        newest = mine.order_by(_SESSIONS.c.started.desc(), _SESSIONS.c.seen.desc())
        with self._trail.database.writing() as connection:
            over = (_SESSIONS.c.seen <= self._over(now)) | (_SESSIONS.c.started <= self._end(now))
            connection.execute(delete(_SESSIONS).where(over))
            tokens = list(connection.execute(newest).scalars())
            surplus = tokens[self._limits.sessions_per_account - 1 :]
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.token.in_(surplus)))
            connection.execute(insert(_SESSIONS).values(**row))
        return token

    def of(self, account: Account, now: datetime) -> list[OwnSession]:
        """Return the live sessions of an account, the newest first."""
        mine = select(_SESSIONS).where(_SESSIONS.c.name == account.name)
        with self._trail.database.reading() as connection:
            rows = connection.execute(mine.order_by(_SESSIONS.c.started.desc())).all()
        return [
            OwnSession(row.token[:_SHOWN], row.started, row.seen, row.address)
            for row in rows
            if row.seen > self._over(now) and row.started > self._end(now)
        ]

    def end_own(self, account: Account, name: str) -> bool:
        """End a session of an account by its name in the audit; returns whether there was one."""
        mine = (_SESSIONS.c.name == account.name) & _SESSIONS.c.token.startswith(
            name, autoescape=True
        )
        if len(name) != _SHOWN:
            return False
        with self._trail.database.writing() as connection:
            ended = connection.execute(delete(_SESSIONS).where(mine)).rowcount > 0
            entry = AuditEntry.by(account.actor, "session_end", subject=name, outcome="done")
            if ended:
                self._trail.append(connection, entry)
        return ended

    def end_all(self, account: Account, *, by: Actor) -> int:
        """End every session of an account; returns how many there were."""
        mine = delete(_SESSIONS).where(_SESSIONS.c.name == account.name)
        with self._trail.database.writing() as connection:
            ended = connection.execute(mine).rowcount
            entry = AuditEntry.by(by, "session_end", subject=account.name, outcome="done")
            self._trail.append(connection, entry)
        return ended

    def seen(self, token: str, now: datetime, *, used: bool = True) -> Account | None:
        """Return the account of a live session and note that it is used; None when it has ended.

        A session ends after the idle time, at its longest time, when its account is disabled or has a
        new password.
        `used` False only asks, and does not put off the end.
        """
        key = _kept(token)
        with self._trail.database.reading() as connection:
            row = connection.execute(
                select(_SESSIONS).where(_SESSIONS.c.token == key)
            ).one_or_none()
        if row is None or row.seen <= self._over(now) or row.started <= self._end(now):
            return None
        account = self._accounts.get(row.name)
        if account is None or account.disabled or account.changed > row.started:
            return None
        if used and max(row.seen, self._failed) < _text(now - timedelta(seconds=_NOTE_SECONDS)):
            self._note(key, now)
        return replace(account, session=session_of(token))

    def _note(self, key: str, now: datetime) -> None:
        """Note that a session is used; while another writer holds the database, try again later."""
        mine = update(_SESSIONS).where(_SESSIONS.c.token == key)
        try:
            with self._trail.database.writing() as connection:
                connection.execute(mine.values(seen=_text(now)))
        except AccessError:
            # The end is not put off, that is all; what records an act still refuses it.
            self._failed = _text(now)

    def end(self, token: str) -> None:
        """End a session; ending it twice does nothing more."""
        key = _kept(token)
        with self._trail.database.writing() as connection:
            query = select(_SESSIONS.c.name).where(_SESSIONS.c.token == key)
            name = connection.execute(query).scalar_one_or_none()
            if name is not None:
                gone = AuditEntry(name, "sign_out", outcome="done", session=session_of(token))
                self._trail.append(connection, gone)
                connection.execute(delete(_SESSIONS).where(_SESSIONS.c.token == key))

    def _over(self, now: datetime) -> str:
        return _text(now - timedelta(minutes=self._limits.idle_minutes))

    def _end(self, now: datetime) -> str:
        return _text(now - timedelta(hours=self._limits.session_hours))


def session_of(token: str) -> str:
    """Return the name of a session in the audit, from which its token cannot be made."""
    return _kept(token)[:_SHOWN]


def _kept(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
