"""Where the rows of a month lie, and how tables that are made from others are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geodata.access.masking import Privacy
from geodata.store.engine import Engine
from geodata.store.snapshots import SnapshotStore
from geodata.tables import Table


@dataclass(frozen=True)
class Derived:
    """A table made inside the engine from those it needs; no row leaves while it is made."""

    needs: tuple[str, ...]
    make: Callable[[Engine], None] = field(repr=False)


@dataclass(frozen=True)
class MonthSource:
    """One month of a store: its snapshot, the folder of built tables, and the derived ones.

    `tables` are those there are. `key` names everything it was made from. `privacy` are the columns of every table as they are
    to a reader of households, `place_privacy` as they are to a reader of places. Rows of a place that
    has ended are those of the place that `successors` names for it.
    """

    store: SnapshotStore = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False)
    month: str
    folder: Path
    key: tuple[str, ...]
    derived: Mapping[str, Derived] = field(repr=False)
    privacy: Mapping[str, Mapping[str, Privacy]] = field(repr=False)
    place_privacy: Mapping[str, Mapping[str, Privacy]] = field(repr=False)
    successors: Mapping[str, str] = field(default_factory=dict, repr=False)
