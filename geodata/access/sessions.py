"""Signed-in sessions on the server: ended by signing out, by idling, by disabling the account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, String, Table, delete, insert, select, update

from geodata.access.accounts import Account, Accounts
from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.database import METADATA
from geodata.access.limits import AccessLimits
from geodata.errors import AccessError

_SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("started", String(40), nullable=False),
    Column("seen", String(40), nullable=False),
)
# A session is noted as seen at most this often, so that a busy page does not write all the time.
_NOTE_SECONDS = 20


class Sessions:
    """The sessions of all serving processes; only the hash of a token is kept."""

    def __init__(self, accounts: Accounts, trail: AuditTrail, limits: AccessLimits) -> None:
        self._accounts, self._trail, self._limits = accounts, trail, limits
        self._failed = ""
        trail.database.create(_SESSIONS)

    def start(self, account: Account, now: datetime) -> str:
        """Return the secret token of a new session; long-idle sessions are forgotten."""
        token = secrets.token_urlsafe(32)
        row = {
            "token": _kept(token),
            "name": account.name,
            "started": _text(now),
            "seen": _text(now),
        }
        with self._trail.database.writing() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.seen <= self._over(now)))
            connection.execute(insert(_SESSIONS).values(**row))
        return token

    def seen(self, token: str, now: datetime, *, used: bool = True) -> Account | None:
        """Return the account of a live session and note that it is used; None when it has ended.

        A session ends after the idle time, when its account is disabled or has a new password.
        `used` False only asks, and does not put off the end.
        """
        key = _kept(token)
        with self._trail.database.reading() as connection:
            row = connection.execute(
                select(_SESSIONS).where(_SESSIONS.c.token == key)
            ).one_or_none()
        if row is None or row.seen <= self._over(now):
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


def session_of(token: str) -> str:
    """Return the name of a session in the audit, from which its token cannot be made."""
    return _kept(token)[:12]


def _kept(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
