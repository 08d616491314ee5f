"""Local accounts: who there is, signing in, and the lock after too many failures."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.database import METADATA
from geodata.access.keyring import SealKey
from geodata.access.limits import AccessLimits
from geodata.access.passwords import hash_password, is_password, password_faults
from geodata.access.scope import Actor
from geodata.access.second_factor import SecondFactors
from geodata.errors import AccountError
from geodata.escaping import capped, storable

_ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("role", String(40), nullable=False),
    Column("prefixes", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("changed", String(40), nullable=False),
    # What only a holder of the audit's key can make of the row.
    Column("seal", String(64)),
)
# Failures are counted for every name typed, known or not, under its hash: the answer is the same
# for both, and a password typed into the wrong field is not kept readable. They are counted with
# where they came from, so that nobody locks another out from outside.
_FAILURES = Table(
    "sign_in_failures",
    METADATA,
    Column("who", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", String(40), nullable=False),
)
# From where a name has signed in before: there, failures from elsewhere do not count.
_KNOWN = Table("sign_in_known", METADATA, Column("who", String(64), primary_key=True))
LONGEST_NAME = 64
_NAME = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True)
class Account:
    """One account without its password; `changed` is when the password was set (UTC).

    `session` and `address` are those it is used from, where it was found by a session. An `altered`
    one was written past these functions, which nobody may use: it counts as disabled.
    """

    name: str
    role: str
    prefixes: tuple[str, ...]
    disabled: bool
    must_change: bool
    changed: str
    session: str = ""
    address: str = ""
    altered: bool = False

    @property
    def actor(self) -> Actor:
        """Return the person at work under this account."""
        return Actor(self.name, self.role, self.prefixes, self.session, self.address)


class Accounts:
    """The accounts of one database; every change is in the audit, in the same transaction."""

    def __init__(
        self, trail: AuditTrail, limits: AccessLimits, *, words: Sequence[str] = ()
    ) -> None:
        """Keep the accounts beside the audit; `words` are the county's own, no password's."""
        self._trail, self._limits, self._words = trail, limits, words
        self._database = trail.database
        self._database.create(_ACCOUNTS, _FAILURES, _KNOWN)
        self.factors = SecondFactors(trail, limits.factor_roles)
        self._seal_older()

    def add(self, actor: Actor, password: str, *, by: str, now: datetime) -> Account:
        """Make an account for `actor`; its first password must be changed at the first sign-in."""
        name = account_name(actor.name)
        self._check_password(password, name)
        account = Account(name, actor.role, actor.scope.prefixes, False, True, _text(now))
        row = {column.name: getattr(account, column.name, "") for column in _ACCOUNTS.c}
        row |= {"prefixes": ",".join(account.prefixes)}
        kept = hash_password(password)
        with self._database.writing() as connection:
            if _found(connection, name) is not None:
                raise AccountError("access.account_exists", name=name)
            detail = {"role": account.role, "places": list(account.prefixes), "sealed": True}
            self._trail.append(
                connection, AuditEntry(by, "user_add", subject=name, outcome="done", detail=detail)
            )
            connection.execute(insert(_ACCOUNTS).values(**(row | {"password": kept})))
            self._seal(connection, name)
        return account

    def set_password(self, name: str, password: str, *, by: str, now: datetime) -> None:
        """Set a password; set by anyone but its owner, it must be changed at the next sign-in."""
        name = account_name(name)
        self._check_password(password, name)
        changes = {
            "password": hash_password(password),
            "must_change": by != name,
            "changed": _text(now),
        }
        with self._database.writing() as connection:
            old = _required(connection, name)
            if by == name and is_password(password, old.password):
                raise AccountError("access.password_same")
            self._change(connection, name, AuditEntry(by, "user_reset"), **changes)
            connection.execute(delete(_FAILURES).where(_FAILURES.c.who.startswith(_half(name))))

    def set_disabled(self, name: str, disabled: bool, *, by: str) -> None:
        """Shut an account out, or let it in again."""
        act = "user_disable" if disabled else "user_enable"
        with self._database.writing() as connection:
            self._change(connection, account_name(name), AuditEntry(by, act), disabled=disabled)

    def all(self) -> list[Account]:
        """Return every account by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(_ACCOUNTS).order_by(_ACCOUNTS.c.name)).all()
        keys = self._trail.ring.keys
        return [_account(row, keys) for row in rows]

    def altered(self) -> list[str]:
        """Return the names of the accounts that were written past these functions."""
        return [account.name for account in self.all() if account.altered]

    def get(self, name: str) -> Account | None:
        """Return one account, or None."""
        with self._database.reading() as connection:
            row = _found(connection, account_name(name, strict=False))
        return None if row is None else self._account(row)

    def sign_in(
        self,
        name: str,
        password: str,
        *,
        now: datetime,
        origin: str = "",
        code: str | None = "",
    ) -> Account:
        """Return the account when name, password and code are right and neither locked nor disabled.

        `code` is that of the second factor; None does not ask for it, of somebody who is in already.
        Everything else raises AccountError: the same sentence, after the same work, for a wrong
        password, a wrong code, an unknown name and a disabled account. Both ends are in the audit.
        """
        key = account_name(name, strict=False)
        who = _who(key, origin)
        # The attempt is counted before it is tried, so that guesses at the same time all count.
        locked = self._is_locked(key, origin, now)
        with self._database.reading() as connection:
            row = _found(connection, key)
        right = is_password(password, row.password if row is not None else None)
        known = key if row is not None else f"?{who[:12]}"
        entry = AuditEntry(known, "sign_in", address=origin)
        if locked:
            self._trail.record(replace(entry, outcome="refused", reason="locked"))
            raise AccountError("access.locked", minutes=self._limits.lock_minutes)
        shut = row is not None and self._account(row).disabled
        if right and not shut and code is not None:
            # Counted as a failure already, a code is not tried out faster than a password.
            right = self.factors.passes(row.name, row.role, code, now=now)
            entry = entry if right else replace(entry, reason="second factor")
        if not right or shut:
            self._trail.record(replace(entry, outcome="failed"))
            raise AccountError(
                "access.sign_in_failed",
                failures=self._limits.failures,
                minutes=self._limits.lock_minutes,
            )
        with self._database.writing() as connection:
            self._trail.append(connection, replace(entry, role=row.role, outcome="done"))
            connection.execute(delete(_FAILURES).where(_FAILURES.c.who == who))
            if connection.execute(select(_KNOWN).where(_KNOWN.c.who == who)).first() is None:
                connection.execute(insert(_KNOWN).values(who=who))
                # It was no guess: the first sign-ins of many behind one address do not close it.
                for wide in {_who("", origin), _who(key, "*")} - {who}:
                    fewer = update(_FAILURES).where(_FAILURES.c.who == wide)
                    connection.execute(fewer.values(count=_FAILURES.c.count - 1))
                connection.execute(delete(_FAILURES).where(_FAILURES.c.count <= 0))
        return self._account(row)

    def admit(self, name: str, *, now: datetime, origin: str = "") -> Account:
        """Return the account of a name that an identity provider vouches for.

        A first password that was never changed ends with it: nobody signs in with it any more.
        The name must be the account's, letter for letter: no other form of a letter stands for it.
        Raises AccountError for a name without an account and for a disabled one.
        """
        key = storable(capped(name, LONGEST_NAME))
        entry = AuditEntry(key, "sign_in", outcome="done", detail={"way": "openid"}, address=origin)
        with self._database.writing() as connection:
            row = _found(connection, key)
            if row is not None and not self._account(row).disabled:
                self._trail.append(connection, replace(entry, role=row.role))
                if row.must_change:
                    ended = {"password": hash_password(secrets.token_urlsafe(32))}
                    change = update(_ACCOUNTS).where(_ACCOUNTS.c.name == key)
                    connection.execute(change.values(must_change=False, **ended))
                    self._seal(connection, key)
                return self._account(_required(connection, key))
        raise AccountError("server.openid_unknown")

    def _is_locked(self, name: str, origin: str, now: datetime) -> bool:
        """Count one more attempt; returns whether this name must wait here.

        It must after some failures under the name from this address, and where it never signed in
        from here, after many from this address under any names. While there are many under the name
        from anywhere, a strange address has one attempt: guesses from many addresses are few, and
        none of them takes the owner's own attempt from him.
        """
        over = _text(now - timedelta(minutes=self._limits.lock_minutes))
        here, many = _who(name, origin), self._limits.address_failures
        anywhere = _who(name, "*")
        with self._database.writing() as connection:
            connection.execute(delete(_FAILURES).where(_FAILURES.c.last <= over))
            known = connection.execute(select(_KNOWN).where(_KNOWN.c.who == here)).first()
            counted = {here: self._limits.failures}
            if origin and known is None:
                # Without a name, the address is what is counted already.
                counted = dict.fromkeys((_who("", origin), anywhere), many) | counted
            counts = {who: _failures(connection, who) for who in counted}
            full = {who for who, most in counted.items() if counts[who] >= most}
            if full - {anywhere} or (full and counts[here]):
                return True  # the lock runs from the last real attempt and ends by itself
            for who, count in counts.items():
                mine = update(_FAILURES).where(_FAILURES.c.who == who)
                row = {"count": count + 1, "last": _text(now)}
                change = mine if count else insert(_FAILURES)
                connection.execute(change.values(**(row if count else row | {"who": who})))
        return False

    def _check_password(self, password: str, name: str) -> None:
        faults = password_faults(password, name, self._limits, words=self._words)
        if faults:
            raise AccountError("access.password_weak", faults="".join(faults))

    def _change(
        self, connection: Connection, name: str, entry: AuditEntry, **values: object
    ) -> None:
        account = self._account(_required(connection, name))
        if account.altered:
            # Whoever takes the row for good as it stands is held to what stood there.
            stood = {"role": account.role, "places": list(account.prefixes), "altered": True}
            entry = replace(entry, detail=stood)
        self._trail.append(connection, replace(entry, subject=name, outcome="done"))
        connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.name == name).values(**values))
        self._seal(connection, name)

    def _account(self, row: Any) -> Account:
        """Return the account of a row, read with the keys that there are now."""
        return _account(row, self._trail.ring.keys)

    def _seal(self, connection: Connection, name: str) -> None:
        sealed = self._trail.ring.current.seal(_content(_required(connection, name)))
        mine = update(_ACCOUNTS).where(_ACCOUNTS.c.name == name)
        connection.execute(mine.values(seal=sealed))

    def _seal_older(self) -> None:
        """Seal the accounts from before there were seals, once and on record."""
        with self._database.reading() as connection:
            rows = connection.execute(select(_ACCOUNTS)).all()
        # The audit is searched only where no account has a seal: this is done at each opening.
        if not rows or any(row.seal for row in rows):
            return
        made = (*self._trail.records(act="user_add"), *self._trail.records(act="user_seal"))
        if any("sealed" in one.detail for one in made):
            return
        with self._database.writing() as connection:
            detail = {"sealed": [row.name for row in rows]}
            self._trail.append(connection, AuditEntry("guatu", "user_seal", detail=detail))
            for row in rows:
                self._seal(connection, row.name)


def account_name(name: str, *, strict: bool = True) -> str:
    """Return the one form of an account's name; raises AccountError when it can be none."""
    # One character can become 18 of the normal form.
    given = capped(name, LONGEST_NAME)
    same = unicodedata.normalize("NFKC", storable(given)).strip().casefold()
    if strict and not _NAME.fullmatch(same):
        raise AccountError("access.bad_account_name", name=given)
    return same


def _found(connection: Connection, name: str):  # type: ignore[no-untyped-def]
    return connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.name == name)).one_or_none()


def _required(connection: Connection, name: str):  # type: ignore[no-untyped-def]
    row = _found(connection, name)
    if row is None:
        raise AccountError("access.no_account", name=name)
    return row


def _account(row: Any, keys: tuple[SealKey, ...]) -> Account:
    """Return the account of a row, disabled where none of the keys made the row's seal."""
    altered = not SealKey.fits(keys, _content(row), row.seal or "")
    prefixes = tuple(filter(None, row.prefixes.split(",")))
    shut = row.disabled or altered
    return Account(
        row.name, row.role, prefixes, shut, row.must_change, row.changed, altered=altered
    )


def _content(row: Any) -> str:
    """Return what is sealed of an account: all that decides who gets in and what is seen."""
    names = ("name", "role", "prefixes", "password", "disabled", "must_change", "changed")
    return json.dumps([getattr(row, name) for name in names], ensure_ascii=False)


def _failures(connection: Connection, who: str) -> int:
    counted = select(_FAILURES.c.count).where(_FAILURES.c.who == who).with_for_update()
    return connection.execute(counted).scalar_one_or_none() or 0


def _who(name: str, origin: str) -> str:
    """Return under what failures are counted: a half for the name, a half for the address."""
    return _half(name) + _half(_network(origin))


def _network(origin: str) -> str:
    """Return what of an address is one sender's: of IPv6 the first 64 bits, all else as it is."""
    try:
        address = ipaddress.IPv6Address(origin)
    except ValueError:
        return origin
    return str(address.ipv4_mapped or ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))


def _half(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
