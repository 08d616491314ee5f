"""Digests of files, so that damage is noticed and named, made again where it can be, and never shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files of a folder by name, sorted."""
    return {name: digest_of(folder / name) for name in sorted(names)}


def faulty(folder: Path, expected: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of files that are missing or do not have the digest expected.

    A file that has not been touched since it was last looked at is not read again.
    """
    return tuple(name for name, digest in expected.items() if _digest(folder / name) != digest)


def _digest(path: Path) -> str:
    try:
        seen = path.stat()
    except OSError:
        return ""
    return _read(path, seen.st_mtime_ns, seen.st_size, seen.st_ino)


@lru_cache(maxsize=4096)
def _read(path: Path, mtime: int, size: int, inode: int) -> str:
    try:
        return digest_of(path)
    except OSError:
        return ""
