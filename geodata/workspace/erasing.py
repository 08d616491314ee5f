"""What is held about one household or person: listed, and made to say no more who it is.

The rows stay under a code that nobody can lead back, with month and village, so that every figure
of the past stays as it was, also when it is computed again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from geodata.access import Actor, AuditEntry, Guard
from geodata.errors import StoreError
from geodata.rules.binding import parse
from geodata.rules.feature import shared_sets
from geodata.store.encryption import Seals, seals_of
from geodata.store.rewriting import HeldRows, held_rows, rewrite_rows
from geodata.tables import Column, Table
from geodata.workspace.inputs import Setup
from geodata.workspace.retiring import tell_servers
from geodata.workspace.saved import built_months, rewrite_built

HOUSEHOLD, PERSON = "household_code", "person_code"
# The text of a row that was set aside.
CELLS = "cells"
# In tables that are made from a month a household is a subject among others.
_SUBJECT, _KIND = "subject", "subject_kind"
# The rest of the 20 or 22 signs of a disability card is kind and grade, and no number of a person.
_NUMBER = 18


@dataclass(frozen=True)
class Held:
    """What is held about somebody: rows by snapshot and table, entries, months with raw files."""

    rows: tuple[HeldRows, ...]
    entries: int
    raw: tuple[str, ...]


@dataclass(frozen=True)
class _Veil:
    """Gives for a text another, the same for the same text; the secret is kept nowhere."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def text(self, value: str) -> str:
        told = hashlib.blake2b(value.encode(), key=self.secret).hexdigest()
        return f"x{told[: _NUMBER - 1]}"

    def number(self, value: str) -> str:
        return self.text(value[:_NUMBER]) + value[_NUMBER:]


def held_about(setup: Setup, guard: Guard, household: str, person: str = "") -> Held:
    """Return what is held about a household, or about one of its persons.

    Raises StoreError when no snapshot knows it.
    """
    seals = seals_of(setup.config.store)

    def count(_: str, rows: pa.Table) -> int:
        own = _own(seals.opened(rows, [CELLS]), household, person)
        return int(pc.sum(own).as_py() or 0)

    found = tuple(held_rows(setup.store, count))
    if not found:
        raise StoreError("workspace.erase_unknown", household=household, person=person or "-")
    months = sorted({one.snapshot[:7] for one in found})
    raw = tuple(month for month in months if any((setup.config.raw / month).glob("[!.]*")))
    return Held(found, 0 if person else guard.writes.count(household), raw)


def erase(setup: Setup, guard: Guard, household: str, person: str = "", *, actor: Actor) -> str:
    """Make a household or one of its persons unknown in snapshots, built months and entries.

    Returns the code that stands for it from now on. The act is on record before; what the audit
    says of the time before stays, as the law wants it.
    """
    veil = _Veil()
    alias = veil.text(person or household)
    detail = {"person": person, "as": alias}
    guard.trail.record(
        AuditEntry.by(actor, "erase", subject=household, outcome="done", detail=detail)
    )
    named, seals = _named(setup), seals_of(setup.config.store)
    at = guard.trail.clock().astimezone(UTC).isoformat(timespec="seconds")

    def change(name: str, rows: pa.Table) -> pa.Table | None:
        sealed = sealed_columns(setup, name)
        rows = seals.opened(rows, sealed)
        own = _own(rows, household, person)
        if not pc.any(own).as_py():
            return None
        known = setup.tables.get(name)
        told = _veiled(rows, own, known, named, veil, person=bool(person))
        return seals.sealed(told, sealed)

    rewrite_rows(setup.config.store, change, who=actor.name, at=at)
    if not person:
        for month in built_months(setup.config.store):
            rewrite_built(setup.config.store, month, lambda rows: _renamed(rows, household, alias))
        guard.writes.veil(household, alias)
    tell_servers(setup)
    return alias


def sealed_columns(setup: Setup, table: str) -> tuple[str, ...]:
    """Return the columns of a stored table that lie sealed where the settings want it."""
    known = setup.tables.get(table)
    return (CELLS,) if known is None else tuple(n for n, c in known.columns.items() if c.sealed)


def seal_anew(setup: Setup, seals: Seals, *, who: str, at: str) -> int:
    """Write what lies sealed by another key than that in use, or not as the settings want it, anew.

    Returns how many files were written.
    """

    def change(name: str, rows: pa.Table) -> pa.Table | None:
        sealed = seals.resealed(rows, sealed_columns(setup, name))
        return None if sealed.equals(rows) else sealed

    return rewrite_rows(setup.config.store, change, who=who, at=at)


def _own(rows: pa.Table, household: str, person: str) -> pa.ChunkedArray:
    """Return which rows are about a household, or about its person."""
    nobody = pa.chunked_array([pa.repeat(pa.scalar(False), rows.num_rows)])
    if CELLS in rows.column_names:
        told = [one or "" for one in rows[CELLS].to_pylist()]
        codes = [f'"{code}"' for code in (household, person) if code]
        return pa.chunked_array(
            [[all(code in text for code in codes) for text in told]], pa.bool_()
        )
    if HOUSEHOLD not in rows.column_names:
        return nobody
    own = pc.fill_null(pc.equal(rows[HOUSEHOLD].cast(pa.string()), household), False)
    if person:
        if PERSON not in rows.column_names:
            return nobody
        own = pc.and_(own, pc.fill_null(pc.equal(rows[PERSON].cast(pa.string()), person), False))
    return own


def _named(setup: Setup) -> frozenset[str]:
    """Return the columns that the SQL of features names: their values decide figures."""
    texts = [one.sql for one in (*shared_sets(), *setup.sets)]
    return frozenset(column.name for sql in texts for column in parse(sql).find_all(exp.Column))


def _veiled(
    rows: pa.Table,
    own: pa.ChunkedArray,
    table: Table | None,
    named: frozenset[str],
    veil: _Veil,
    *,
    person: bool,
) -> pa.Table:
    """Return rows in which nobody is told from the own ones; of a table without description all go."""
    if table is None:
        return rows.filter(pc.invert(own))
    key = PERSON if person else HOUSEHOLD
    for at, name in enumerate(rows.column_names):
        column = table.columns.get(name)
        if name == key:
            new = _mapped(rows[name], veil.text)
        elif column is None or not _tells(column, named):
            continue
        else:
            new = _less(rows[name], column, named, veil)
        kept = pc.if_else(own, new.cast(rows[name].type), rows[name])
        rows = rows.set_column(at, rows.schema.field(at), kept)
    return rows


def _tells(column: Column, named: frozenset[str]) -> bool:
    free = column.kind == "text" and column.privacy != "open" and column.name not in named
    return column.identifies or free or column.privacy == "ethnicity"


def _less(
    values: pa.ChunkedArray, column: Column, named: frozenset[str], veil: _Veil
) -> pa.ChunkedArray:
    """Return values that say less: none, or where figures need them others for them."""
    if column.name in named and column.kind == "day":
        # Ages are told at the end of a month: they stay what they are.
        return pc.cast(pc.floor_temporal(values, unit="month"), values.type)
    if column.name in named and column.stored_as == "VARCHAR":
        return _mapped(values, veil.number if column.kind == "certificate" else veil.text)
    return pa.chunked_array([pa.nulls(len(values), values.type)])


def _mapped(values: pa.ChunkedArray, give: Callable[[str], str]) -> pa.ChunkedArray:
    told = [None if one is None else give(one) for one in values.cast(pa.string()).to_pylist()]
    return pa.chunked_array([pa.array(told, pa.string())])


def _renamed(rows: pa.Table, household: str, alias: str) -> pa.Table | None:
    """Return the rows of a built table with another code for a household, None where it is not there."""
    changed = None
    for name in (HOUSEHOLD, _SUBJECT):
        if name not in rows.column_names:
            continue
        own = pc.fill_null(pc.equal(rows[name].cast(pa.string()), household), False)
        if name == _SUBJECT:
            own = pc.and_(own, pc.equal(rows[_KIND].cast(pa.string()), "household"))
        if pc.any(own).as_py():
            at, kind = rows.column_names.index(name), rows[name].type
            new = pc.if_else(own, pa.scalar(alias, pa.string()), rows[name].cast(pa.string()))
            rows = changed = rows.set_column(at, rows.schema.field(at), new.cast(kind))
    return changed
