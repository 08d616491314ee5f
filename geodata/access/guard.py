"""Everything of access of one folder, opened together: a workspace or a joined folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from geodata.access.accounts import Accounts
from geodata.access.audit import AuditTrail, utc_now
from geodata.access.database import Database
from geodata.access.head_notes import HeadNotes
from geodata.access.keyring import KeyRing
from geodata.access.limits import AccessLimits
from geodata.access.passwords import prepare
from geodata.access.sessions import Sessions
from geodata.access.unmask import Unmasking
from geodata.access.writes import Writes
from geodata.config import read_config
from geodata.config.settings import FILE_NAME, AuditSettings
from geodata.errors import AccessError
from geodata.policy import load_policy

DATABASE_VARIABLE = "GUATU_DATABASE"


@dataclass(frozen=True)
class Guard:
    """The records of one folder; opening them makes their tables where they are missing."""

    folder: Path
    limits: AccessLimits
    trail: AuditTrail
    accounts: Accounts
    sessions: Sessions
    unmasking: Unmasking
    writes: Writes

    def prepare_sign_in(self) -> None:
        """Make ready what the first sign-in needs, so that it takes no longer than any other."""
        prepare()

    def today(self) -> date:
        """Return the day of the records' clock, where this computer stands."""
        return self.trail.clock().astimezone().date()

    def has_accounts(self) -> bool:
        """Return whether anyone could sign in."""
        return any(not account.disabled for account in self.accounts.all())


def open_guard(folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Guard:
    """Return the records of a folder, in the database that `database_of` names.

    The limits are those of the parameters in force on the day of `clock`, for the county of the
    workspace, and with the workspace's own parameters over the shipped ones.
    """
    limits = _limits(folder, clock())
    trail = open_trail(folder, clock=clock)
    accounts = Accounts(trail, limits, words=_own_words(folder))
    return Guard(
        folder,
        limits,
        trail,
        accounts,
        Sessions(accounts, trail, limits),
        Unmasking(trail, limits),
        Writes(trail, exemption_months=limits.exemption_months),
    )


def open_trail(
    folder: Path, *, clock: Callable[[], datetime] = utc_now, made: bool = False
) -> AuditTrail:
    """Return the audit of a folder, with the key and second place that its settings name.

    With `made` it must be there already: AccessError says whether there was one once.
    """
    place, settings = database_of(folder), _audit_settings(folder)
    ring = KeyRing.usual(settings.key)
    if made and isinstance(place, Path) and not place.is_file():
        notes = HeadNotes(ring, str(place.resolve()))
        noted = notes.last()
        if noted is None:
            raise AccessError("access.no_audit", folder=str(folder))
        where = {"folder": str(folder), "file": str(notes.beside)}
        raise AccessError("access.audit_gone", seq=noted.seq, at=noted.at, **where)
    return AuditTrail(Database(place), clock=clock, ring=ring, second=settings.second)


def audit_ring(folder: Path) -> KeyRing:
    """Return the keys of the audit of a folder."""
    return KeyRing.usual(_audit_settings(folder).key)


def _audit_settings(folder: Path) -> AuditSettings:
    return read_config(folder).audit if (folder / FILE_NAME).is_file() else AuditSettings()


def _own_words(folder: Path) -> tuple[str, ...]:
    """Return what the county is called: its name, with and without its kind, and its code."""
    if not (folder / FILE_NAME).is_file():
        return ()
    county = read_config(folder).county
    return (county.name, county.name.rstrip("县市区旗"), county.code)


def database_of(folder: Path) -> Path | str:
    """Return the URL of GUATU_DATABASE, or else the file audit/access.sqlite of the folder."""
    return os.environ.get(DATABASE_VARIABLE) or folder / "audit" / "access.sqlite"


def _limits(folder: Path, now: datetime) -> AccessLimits:
    place = read_config(folder).county.code if (folder / FILE_NAME).is_file() else ""
    policy = load_policy(folder / "parameters", others=True)
    return AccessLimits.of(lambda key: policy.at(key, place, now.date()).value)


def guard_of_accounts(folder: Path) -> Guard | None:
    """Return the records of a folder when accounts were ever made there, else None."""
    database = database_of(folder)
    if isinstance(database, Path) and not database.is_file():
        return None
    guard = open_guard(folder)
    return guard if guard.accounts.all() else None
