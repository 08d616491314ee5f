"""The second factor: codes of an app by the clock (RFC 6238), and codes for the day it is lost."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Column, Integer, String, Table, Text, delete, insert, select, update

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.database import METADATA
from geodata.errors import AccountError
from geodata.escaping import capped

_FACTORS = Table(
    "second_factors",
    METADATA,
    Column("name", String(64), primary_key=True),
    # Sealed by a key that is apart from the database.
    Column("secret", Text, nullable=False),
    # The newest step of the clock whose code was used: none is good twice.
    Column("last", Integer, nullable=False),
    # The hashes of the recovery codes that are left, as JSON.
    Column("codes", Text, nullable=False),
)
# What every app can do: six digits of SHA-1, a new code each half minute.
_DIGITS, _SECONDS, _BYTES = 6, 30, 20
# A clock may be half a minute off.
_STEPS = (0, -1, 1)
_RECOVERY, _RECOVERY_BYTES = 8, 8
_LONGEST = 40


@dataclass(frozen=True)
class Enrolment:
    """What an account's owner is given once: the address for the app, and the recovery codes."""

    address: str = field(repr=False)
    secret: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


class SecondFactors:
    """The second factors of the accounts of one database."""

    def __init__(self, trail: AuditTrail, roles: frozenset[str]) -> None:
        """Keep them beside the audit; accounts of these roles do not come in without one."""
        self._trail, self._roles = trail, roles
        trail.database.create(_FACTORS)

    def enrol(self, name: str, *, by: str, issuer: str) -> Enrolment:
        """Give an account a new second factor; one that it had before opens nothing any more."""
        secret = secrets.token_bytes(_BYTES)
        codes = tuple(_written(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(_RECOVERY))
        row = {"name": name, "secret": self._seal(name, secret), "last": 0}
        row["codes"] = json.dumps([_hash(code) for code in codes])
        with self._trail.database.writing() as connection:
            entry = AuditEntry(by, "user_factor", subject=name, outcome="done")
            self._trail.append(connection, entry)
            connection.execute(delete(_FACTORS).where(_FACTORS.c.name == name))
            connection.execute(insert(_FACTORS).values(**row))
        address = _totp(secret).get_provisioning_uri(name, issuer)
        return Enrolment(address, base64.b32encode(secret).decode(), codes)

    def remove(self, name: str, *, by: str) -> bool:
        """Take an account's second factor away; returns whether it had one."""
        with self._trail.database.writing() as connection:
            gone = connection.execute(delete(_FACTORS).where(_FACTORS.c.name == name)).rowcount > 0
            if gone:
                entry = AuditEntry(by, "user_factor_remove", subject=name, outcome="done")
                self._trail.append(connection, entry)
        return gone

    def in_use(self) -> bool:
        """Return whether anybody is asked for a code."""
        with self._trail.database.reading() as connection:
            return (
                bool(self._roles) or connection.execute(select(_FACTORS.c.name)).first() is not None
            )

    def has(self, name: str) -> bool:
        """Return whether an account has a second factor."""
        with self._trail.database.reading() as connection:
            mine = select(_FACTORS.c.name).where(_FACTORS.c.name == name)
            return connection.execute(mine).first() is not None

    def passes(self, name: str, role: str, code: str, *, now: datetime) -> bool:
        """Return whether a code lets an account in, which it then never does again.

        An account without a second factor needs none; raises AccountError where its role wants one.
        """
        with self._trail.database.writing() as connection:
            mine = select(_FACTORS).where(_FACTORS.c.name == name).with_for_update()
            row = connection.execute(mine).one_or_none()
            if row is None:
                if role in self._roles:
                    raise AccountError("access.factor_missing", name=name)
                return True
            given = "".join(capped(code, _LONGEST).upper().split())
            step = self._step(name, row.secret, given, now)
            kept = json.loads(row.codes)
            if step is not None and step > row.last:
                values: dict[str, object] = {"last": step}
            elif _hash(given) in kept:
                left = [one for one in kept if one != _hash(given)]
                values = {"codes": json.dumps(left)}
                entry = AuditEntry(
                    name, "recovery_code", outcome="done", detail={"left": len(left)}
                )
                self._trail.append(connection, entry)
            else:
                return False
            connection.execute(update(_FACTORS).where(_FACTORS.c.name == name).values(**values))
            return True

    def _step(self, name: str, sealed: str, code: str, now: datetime) -> int | None:
        """Return the step of the clock that a code is of, None for a wrong one."""
        totp = _totp(self._open(name, sealed))
        at = int(now.astimezone(UTC).timestamp())
        for off in _STEPS:
            moment = at + off * _SECONDS
            if secrets.compare_digest(totp.generate(moment), code.encode()):
                return moment // _SECONDS
        return None

    def _seal(self, name: str, secret: bytes) -> str:
        sealed = _cipher(self._trail.ring.current.secret).encrypt(secret, [name.encode()])
        return base64.b64encode(sealed).decode()

    def _open(self, name: str, sealed: str) -> bytes:
        for key in self._trail.ring.keys:
            try:
                return _cipher(key.secret).decrypt(base64.b64decode(sealed), [name.encode()])
            except InvalidTag:
                continue
        raise AccountError("access.factor_unreadable", name=name)


def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(hashlib.sha256(b"second factor" + secret).digest())


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _SECONDS)  # what every app can do


def _written(code: bytes) -> str:
    """Return a recovery code in two groups that can be read out."""
    text = base64.b32encode(code).decode().rstrip("=")
    return f"{text[:7]}-{text[7:]}"


def _hash(code: str) -> str:
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()
