"""Numbers of people that lie sealed in snapshots, by a key that lies outside the workspace.

AES-SIV (RFC 5297): authenticated, and the same value gives the same seal, so that rules join and
count by sealed columns on any engine; only a page that may show a value opens it. Parquet's own
encryption is not used: DuckDB 2.0 fails at files of PyArrow whose rows it filters while it reads.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from geodata.config import find_workspace, read_config
from geodata.config.settings import FILE_NAME, StoreSettings
from geodata.errors import ConfigError, StoreError

KEY_VARIABLE = "GUATU_STORE_KEY"
_BYTES = 32
MARK = "sealed:"
# The two signs after the 18 of a disability card are kind and grade, which rules read: they stay.
_NUMBER, _CARD = 18, 20
_SEAL = re.compile(rf"{MARK}[0-9a-f]{{12}}:[\w=-]*(?::.{{2}})?", re.ASCII)


@dataclass(frozen=True)
class StoreKey:
    """One secret of 256 bits; its name stands in what it sealed."""

    secret: bytes = field(repr=False)

    @cached_property
    def name(self) -> str:
        """Return the name, from which the secret cannot be made."""
        return hashlib.sha256(b"guatu store" + self.secret).hexdigest()[:12]

    @cached_property
    def _cipher(self) -> AESSIV:
        return AESSIV(self.secret)

    def seal(self, value: str) -> str:
        """Return what stands for a value: MARK, the key's name, the seal, kind and grade of a card."""
        number, card = (
            (value[:_NUMBER], f":{value[_NUMBER:]}") if len(value) == _CARD else (value, "")
        )
        sealed = self._cipher.encrypt(number.encode(), None) if number else b""
        return f"{MARK}{self.name}:{base64.urlsafe_b64encode(sealed).decode()}{card}"

    def open(self, sealed: str) -> str:
        """Return the value of a seal of this key; raises StoreError when it was changed."""
        _, _, token, *card = sealed.split(":")
        try:
            raw = base64.urlsafe_b64decode(token)
            return (self._cipher.decrypt(raw, None).decode() if raw else "") + "".join(card)
        except (InvalidTag, ValueError) as error:
            raise StoreError("store.seal_broken") from error


@dataclass(frozen=True)
class Seals:
    """The keys of a workspace, the one in use first, and whether it seals what is written."""

    keys: tuple[StoreKey, ...]
    sealing: bool
    file: Path

    def seal(self, value: str | None) -> str | None:
        """Return a value as it is written: sealed by the key in use, or as it is."""
        if value is None:
            return None
        if self.sealing:
            return self.keys[0].seal(value)
        # What only looks like a seal would not open.
        return value.replace(MARK, "", 1) if _SEAL.fullmatch(value) else value

    def open(self, value: str | None) -> str | None:
        """Return the value of what was sealed, anything else as it is.

        Raises StoreError when its key is not there or it was changed.
        """
        if value is None or _SEAL.fullmatch(value) is None:
            return value
        name = value.removeprefix(MARK).partition(":")[0]
        for key in self.keys:
            if key.name == name:
                return key.open(value)
        raise StoreError("store.key_missing", key=name, file=str(self.file))

    def forms(self, value: str) -> tuple[str, ...]:
        """Return every form in which a value may be stored, itself among them."""
        return (value, *(key.seal(value) for key in self.keys))

    def sealed(self, rows: pa.Table, columns: Iterable[str]) -> pa.Table:
        """Return rows with the values of columns as they are written."""
        return _mapped(rows, columns, self.seal)

    def resealed(self, rows: pa.Table, columns: Iterable[str]) -> pa.Table:
        """Return stored rows with columns as they would be written now, whichever key sealed them."""
        return _mapped(rows, columns, lambda value: self.seal(self.open(value)))

    def opened(self, rows: pa.Table, columns: Iterable[str]) -> pa.Table:
        """Return rows with the values of columns that were sealed."""
        return _mapped(rows, columns, self.open)

    def opened_frame(self, frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
        """Return a frame with the values of columns that were sealed; each text is opened once."""
        for name in set(columns).intersection(frame.columns):
            told = {one: self.open(one) for one in frame[name].dropna().unique()}
            if any(one != value for one, value in told.items()):
                values = frame[name].map(told).astype(frame[name].dtype)
                frame = frame.assign(**{name: values})
        return frame


def seals_of(inside: Path) -> Seals:
    """Return the seals of the workspace around a folder or file; without one nothing is sealed.

    The first key is made where the settings want one and there is none, readable by its owner
    alone. Raises StoreError when the file of keys cannot be read or made.
    """
    try:
        folder = find_workspace(inside)
    except ConfigError:
        return Seals((), False, key_file())
    settings = _settings_of(folder, (folder / FILE_NAME).stat().st_mtime_ns)
    file = key_file(settings.key)
    if settings.encrypted:
        _make_first(file)
    return Seals(read_keys(file), settings.encrypted, file)


def key_file(stated: str = "") -> Path:
    """Return the file of keys: of GUATU_STORE_KEY, else `stated`, else among the user's own settings."""
    named = os.environ.get(KEY_VARIABLE) or stated
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "guatu" / "store.key"


def read_keys(file: Path) -> tuple[StoreKey, ...]:
    """Return the keys of a file, a line of 64 digits each, the last line first; none without a file.

    Raises StoreError when it cannot be read or holds something else.
    """
    try:
        lines = file.read_text(encoding="ascii").split()
        keys = tuple(StoreKey(bytes.fromhex(line)) for line in lines)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise StoreError("store.key_unreadable", file=str(file)) from error
    if not keys or any(len(key.secret) != _BYTES for key in keys):
        raise StoreError("store.key_unreadable", file=str(file))
    return keys[::-1]


def _make_first(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as lines:
            lines.write(secrets.token_hex(_BYTES) + "\n")
    except FileExistsError:
        return  # there already, or another process made it first
    except OSError as error:
        raise StoreError("store.key_unreadable", file=str(file)) from error


def _mapped(
    rows: pa.Table, columns: Iterable[str], give: Callable[[str | None], str | None]
) -> pa.Table:
    """Return rows with the texts of columns as `give` has them; each text is asked for once."""
    for name in columns:
        if name not in rows.column_names:
            continue
        at, coded = rows.column_names.index(name), rows[name].combine_chunks().dictionary_encode()
        told = pa.array([give(one) for one in coded.dictionary.to_pylist()], pa.string())
        new = pa.DictionaryArray.from_arrays(coded.indices, told).cast(pa.string())
        rows = rows.set_column(at, rows.schema.field(at), new.cast(rows[name].type))
    return rows


@lru_cache(maxsize=64)
def _settings_of(folder: Path, written: int) -> StoreSettings:
    return read_config(folder).storing
