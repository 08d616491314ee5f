"""The keys of the audit's chain, in a file apart from the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import AccessError

KEY_VARIABLE = "GUATU_AUDIT_KEY"
_LENGTH = 64


@dataclass(frozen=True)
class SealKey:
    """One secret, and the short name that says in the database which it is."""

    secret: bytes

    @property
    def name(self) -> str:
        """Return the name, from which the secret cannot be made."""
        return hashlib.sha256(b"name" + self.secret).hexdigest()[:16]

    @staticmethod
    def fits(keys: tuple[SealKey, ...], content: str, seal: str) -> bool:
        """Return whether one of the keys made this seal of a content."""
        return any(hmac.compare_digest(key.seal(content), seal) for key in keys)

    def seal(self, content: str) -> str:
        """Return what only a holder of the key can make of a content."""
        text = content.encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class KeyRing:
    """The keys of one file, a line each: the last is in use, those before it check what is older."""

    file: Path

    @classmethod
    def usual(cls, stated: str = "") -> KeyRing:
        """Return the ring of GUATU_AUDIT_KEY, else of `stated`, else of the user's own settings."""
        named = os.environ.get(KEY_VARIABLE) or stated
        if named:
            return cls(Path(named))
        home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return cls(Path(home) / "guatu" / "audit.key")

    @property
    def keys(self) -> tuple[SealKey, ...]:
        """Return the keys there are, the one in use first; none where there is no file.

        Raises AccessError when the file cannot be read or holds something else.
        """
        try:
            lines = self.file.read_text(encoding="ascii").split()
            kept = tuple(SealKey(bytes.fromhex(line)) for line in lines)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise AccessError("access.key_unreadable", file=str(self.file)) from error
        if any(len(line) != _LENGTH for line in lines):
            raise AccessError("access.key_unreadable", file=str(self.file))
        return kept[::-1]

    @property
    def current(self) -> SealKey:
        """Return the key in use; the first is made where there is none, readable by its owner alone."""
        keys = self.keys
        if keys:
            return keys[0]
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as lines:
                lines.write(secrets.token_hex(_LENGTH // 2) + "\n")
        except FileExistsError:
            pass  # another process made it first
        except OSError as error:
            raise AccessError("access.key_unreadable", file=str(self.file)) from error
        return self.keys[0]
