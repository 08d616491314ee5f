"""What a snapshot holds: its files with their digests, who made it, when and from what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class StoredFile:
    """One Parquet file of a snapshot; `path` is relative to the snapshot's folder."""

    path: str
    table: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class SourceFile:
    """One file the clerk delivered: rows read are rows stored and rows set aside together."""

    file: str
    sheet: str
    layout: str
    sha256: str
    rows: int
    stored: int
    set_aside: int


@dataclass(frozen=True)
class Manifest:
    """The description of one snapshot.

    `months` gives for each events table the months its rows belong to; `facts` holds the figures
    of the import (issues by severity, quality by township) that lists and reports show.
    """

    snapshot: str
    month: str
    who: str
    at: str
    files: tuple[StoredFile, ...]
    sources: tuple[SourceFile, ...] = ()
    months: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> dict[str, int]:
        """Return the number of rows of each table, sorted by table."""
        counts: dict[str, int] = {}
        for stored in sorted(self.files, key=lambda stored: stored.path):
            counts[stored.table] = counts.get(stored.table, 0) + stored.rows
        return counts

    def content(self) -> bytes:
        """Return the manifest as JSON; the same manifest gives the same bytes."""
        described = {"format": FORMAT, **asdict(self)}
        return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    def digest(self) -> str:
        """Return the SHA-256 of the manifest's content."""
        return hashlib.sha256(self.content()).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of a file; raises ValueError, KeyError or TypeError when it is damaged."""
    described = json.loads(path.read_bytes())
    if described.pop("format") != FORMAT:
        raise ValueError(f"{path}: unknown format of a manifest")
    described["files"] = tuple(StoredFile(**entry) for entry in described["files"])
    described["sources"] = tuple(SourceFile(**entry) for entry in described["sources"])
    described["months"] = {name: tuple(months) for name, months in described["months"].items()}
    return Manifest(**described)
