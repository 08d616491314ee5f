"""What people did and wrote on the page, as rows of the tables that a county delivers: one ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from geodata.access import AuditTrail, Database, Writes, Written, database_of
from geodata.access.entry_kinds import EntryKind, kinds
from geodata.store.entered import REPORTED, EnteredRows
from geodata.tables import Table

_DECISION = "decision"
T = TypeVar("T")


def entered_rows(folder: Path, tables: Mapping[str, Table]) -> dict[str, EnteredRows]:
    """Return by table the rows that people entered in a workspace; none where there are no records.

    Raises AccessError when the records cannot be read.
    """
    told = [one for one in kinds().values() if one.table in tables]
    written = _standing(folder, [kind.name for kind in told])
    by_kind = {kind.name: kind for kind in told}
    rows: dict[str, list[dict[str, str | None]]] = {}
    for one in written:
        kind = by_kind[one.kind]
        rows.setdefault(kind.table, []).append(_row(kind, one, tables[kind.table]))
    match = {kind.table: kind.match for kind in told}
    return {
        name: EnteredRows(pd.DataFrame(each, dtype=object), match[name])
        for name, each in rows.items()
    }


def written_decisions(folder: Path) -> list[Written]:
    """Return the decisions of meetings that stand in the records of a folder, oldest first."""
    return _standing(folder, [_DECISION])


def deeds_stamp(folder: Path) -> tuple[int, int]:
    """Return what tells whether deeds and decisions in the records of a folder are the same as before."""
    names = [kind.name for kind in kinds().values() if kind.table]
    return _read(folder, lambda writes: writes.stamp([*names, _DECISION]), (0, 0))


def _standing(folder: Path, names: Sequence[str]) -> list[Written]:
    """Return the entries of some kinds that count, oldest first; none where there are no records."""
    none: list[Written] = []
    written = _read(folder, lambda writes: [o for n in names for o in writes.standing(n)], none)
    return sorted(written, key=lambda one: one.id)


def _read(folder: Path, read: Callable[[Writes], T], nothing: T) -> T:
    """Return what is read of the records of a folder; `nothing` where there are none."""
    database = database_of(folder)
    if isinstance(database, Path) and not database.is_file():
        return nothing
    records = Database(database)
    try:
        return read(Writes(AuditTrail(records)))
    finally:
        records.close()


def _row(kind: EntryKind, one: Written, table: Table) -> dict[str, str | None]:
    """Return an entry as a row; it counts from the month of its day."""
    row: dict[str, str | None] = dict.fromkeys((*table.columns, REPORTED))
    about = {"place_code": one.place, "household_code": one.household or None}
    row |= {name: value for name, value in about.items() if name in table.columns}
    row |= kind.row
    row |= {column: one.fields.get(name) for name, column in kind.columns.items()}
    if kind.by:
        row[kind.by] = one.by
    row[REPORTED] = one.fields["day"][:7]
    return row


def digest_until(entered: Mapping[str, EnteredRows], month: str) -> str:
    """Return the digest of what was entered up to a month; empty without any."""
    known = (
        (name, one.frame[one.frame[REPORTED] <= month]) for name, one in sorted(entered.items())
    )
    told = "\n".join(f"{name} {one.to_json(orient='values')}" for name, one in known if len(one))
    return hashlib.sha256(told.encode()).hexdigest() if told else ""
