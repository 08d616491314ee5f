"""Where the end of the chain is noted outside the database: beside the key, and in a second place."""

from __future__ import annotations

import hashlib
import json
import logging
import logging.handlers
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import filelock

from geodata.access.keyring import KeyRing, SealKey

SYSLOG = "syslog"
_LOG = logging.getLogger("guatu.audit")


@dataclass(frozen=True)
class Noted:
    """One note: the number and hash of the last record there was, when (UTC), and its seal."""

    database: str
    seq: int
    hash: str
    at: str
    seal: str = ""

    def content(self) -> str:
        """Return what is sealed."""
        return json.dumps([self.database, self.seq, self.hash, self.at])

    def line(self) -> str:
        """Return the note as one line of JSON."""
        return json.dumps(vars(self), ensure_ascii=False)

    def is_sealed(self, keys: tuple[SealKey, ...]) -> bool:
        """Return whether a holder of one of the keys made it."""
        return SealKey.fits(keys, self.content(), self.seal)


class HeadNotes:
    """The notes about one database.

    Beside the key stands the last record of all; in the second place a line for each day and each
    stop. `second` is a file, best on another disk, or ``syslog``; empty for none.
    """

    def __init__(self, ring: KeyRing, database: str, second: str = "") -> None:
        self._ring, self._database, self.second = ring, database, second
        name = hashlib.sha256(database.encode("utf-8", "surrogatepass")).hexdigest()[:24]
        self.beside = ring.file.parent / "heads" / f"{name}.json"
        self._day = ""

    def note(self, seq: int, head: str, at: str, *, also: bool = False) -> None:
        """Note a record that was committed; the first of a day, and with `also`, in the second place.

        A note that cannot be written hinders nobody: it is in the log, and the check misses it.
        """
        bare = Noted(self._database, seq, head, at)
        noted = Noted(**(vars(bare) | {"seal": self._ring.current.seal(bare.content())}))
        try:
            self._replace(noted)
            if also or at[:10] != self._day:
                self._day = at[:10]
                self._append(noted)
        except (OSError, filelock.Timeout):
            _LOG.warning("", extra={"what": "the end of the audit could not be noted"})

    def last(self) -> Noted | None:
        """Return the note beside the key, or None."""
        try:
            return Noted(**json.loads(self.beside.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return Noted(self._database, 0, "", "")  # its seal fits nothing

    def in_second_place(self) -> Iterator[Noted]:
        """Yield the notes of the second place, where it is a file; one that is none has no seal."""
        if not self.second or self.second == SYSLOG:
            return
        try:
            lines = Path(self.second).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return
        for line in lines:
            try:
                noted = Noted(**json.loads(line))
            except (ValueError, TypeError):
                noted = Noted(self._database, 0, "", "")
            if noted.database == self._database:
                yield noted

    def forget(self) -> None:
        """Take the note beside the key away: what is there now is the beginning of the notes."""
        self.beside.unlink(missing_ok=True)

    def _replace(self, noted: Noted) -> None:
        """Write the note beside the key, unless another process has noted a later record."""
        folder = self.beside.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with filelock.FileLock(self.beside.with_suffix(".lock"), timeout=1, mode=0o600):
            known = self.last()
            if known is not None and known.seq >= noted.seq:
                return
            part = self.beside.with_suffix(".part")
            part.touch(mode=0o600)
            part.write_text(noted.line(), encoding="utf-8")
            part.replace(self.beside)

    def _append(self, noted: Noted) -> None:
        if self.second == SYSLOG:
            record = logging.LogRecord("guatu", logging.INFO, "", 0, noted.line(), (), None)
            handler = logging.handlers.SysLogHandler("/dev/log")
            handler.handle(record)
            handler.close()
        elif self.second:
            file = Path(self.second)
            file.touch(mode=0o600)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(noted.line() + "\n")
