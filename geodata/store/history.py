"""The one pointer file: which snapshot each month shows, and every step that led there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from geodata.errors import StoreError
from geodata.store.durable import write_durably

POINTER = "pointer.json"


@dataclass(frozen=True)
class Entry:
    """One step: a snapshot became the one its month shows, by an import or a restore."""

    snapshot: str
    month: str
    action: str
    who: str
    at: str
    manifest: str


@dataclass(frozen=True)
class History:
    """All steps in order, as they stood when the pointer was read."""

    entries: tuple[Entry, ...] = ()

    @property
    def current(self) -> dict[str, Entry]:
        """Return the entry each month shows, sorted by month."""
        latest = {entry.month: entry for entry in self.entries}
        return dict(sorted(latest.items()))

    @property
    def snapshots(self) -> dict[str, Entry]:
        """Return the entry that brought in each snapshot, in order of import."""
        return {entry.snapshot: entry for entry in self.entries if entry.action == "import"}

    def with_entry(self, entry: Entry) -> History:
        """Return the history with one more step."""
        return History((*self.entries, entry))


def read_history(store: Path) -> History:
    """Return the steps of a store, none when it has no pointer yet; raises StoreError if damaged."""
    pointer = store / POINTER
    try:
        content = pointer.read_bytes()
    except FileNotFoundError:
        return History()
    try:
        return History(tuple(Entry(**entry) for entry in json.loads(content)["entries"]))
    except (ValueError, KeyError, TypeError):
        raise StoreError("store.damaged_pointer", file=str(pointer)) from None


def write_history(store: Path, entries: Iterable[Entry]) -> None:
    """Replace the pointer in one step."""
    described = {"format": 1, "entries": [asdict(entry) for entry in entries]}
    content = json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n"
    write_durably(store / POINTER, content)
