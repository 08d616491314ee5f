"""The one reader of rows about people: every list and card of a workspace comes through here.

It reads within the place prefixes it is given and decides nothing about who may see them; the
door of geodata.access calls it with the prefixes of an actor.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import pandas as pd
import pyarrow.parquet as pq
from sqlglot import exp

from geodata.access import Privacy, Request, table_privacy
from geodata.periods import shift_month
from geodata.store import DuckDBEngine, add_month
from geodata.workspace.inputs import Setup
from geodata.workspace.listing import (
    HOUSEHOLD_LIST,
    INCOME_BY_PLACE,
    LIST_COLUMNS,
    LIST_TABLES,
    add_household_list,
    add_income_by_place,
)
from geodata.workspace.saved import Built

Read = Callable[[Request, tuple[str, ...]], pd.DataFrame]
# Of the table `flags`: every open or exempt finding of the month.
FLAG_COLUMNS = (
    "subject_kind",
    "subject",
    "place",
    "rule",
    "value",
    "threshold",
    "detail",
    "answer",
    "exemption",
    "exemption_ended",
    "place_code",
    "household_code",
)
_SIGNS = {"is": exp.EQ, "at_least": exp.GTE, "at_most": exp.LTE}
# Months whose tables stay open in one process; all sessions read the same.
_MONTHS_OPEN = 3
# How far back a card tells of events: the month itself and the 35 before.
_MONTHS_TOLD = 36


class MonthTables:
    """The tables of one month in one engine, opened once and read by all sessions in turn.

    Nothing about who reads is kept: every query is made from its own request and prefixes.
    """

    def __init__(self, setup: Setup, built: Built) -> None:
        self._setup, self._built = setup, built
        self._engine = DuckDBEngine()
        self._known: set[str] = set()
        self._alone = threading.RLock()

    def read(self, request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
        """Return the rows of a request; raises KeyError for a table that the month does not have."""
        with self._alone:
            self._add(request.table)
            query = _query(request, prefixes)
            return self._engine.frame(query.sql(dialect=self._engine.name))

    def _add(self, name: str) -> None:
        if name in self._known:
            return
        if name == HOUSEHOLD_LIST:
            for needed in LIST_TABLES:
                self._add(needed)
            add_household_list(self._engine, self._setup, self._built.month)
        elif name == INCOME_BY_PLACE:
            self._add("ledger")
            add_income_by_place(self._engine)
        else:
            _add_table(self._engine, self._setup, self._built, name)
        self._known.add(name)


class _Months:
    """The months that are open, by what they were made from, so that a new import opens anew."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._open: dict[tuple[str, ...], MonthTables] = {}

    def tables(self, setup: Setup, built: Built) -> MonthTables:
        snapshots = (entry.snapshot for entry in setup.store.history.current.values())
        key = (str(built.folder), built.digest, *snapshots)
        with self._alone:
            found = self._open.pop(key, None) or MonthTables(setup, built)
            self._open[key] = found
            while len(self._open) > _MONTHS_OPEN:
                self._open.pop(next(iter(self._open)))
        return found


_MONTHS = _Months()


def people_reader(setup: Setup, built: Built) -> Read:
    """Return a reader of one month: tables of the snapshot, feature sets, flags, household list.

    A request for a table that is none of these raises KeyError.
    """
    return _MONTHS.tables(setup, built).read


def month_privacy(setup: Setup) -> Mapping[str, Mapping[str, Privacy]]:
    """Return the privacy of every table of a month; features, flags and list are about households.

    The list's names are masked when it is made.
    """
    sets = {one.name: one.columns for one in setup.sets}
    sets |= {HOUSEHOLD_LIST: LIST_COLUMNS, "flags": FLAG_COLUMNS}
    about = Privacy("restricted", "hidden")
    return {
        **table_privacy(setup.tables),
        **{name: dict.fromkeys(c, about) for name, c in sets.items()},
    }


def _add_table(engine: DuckDBEngine, setup: Setup, built: Built, name: str) -> None:
    if name in setup.tables:
        since = shift_month(built.month, 1 - _MONTHS_TOLD)
        add_month(engine, setup.store, built.month, names=[name], since=since, known=setup.tables)
        return
    file = built.file(name)
    if not file.is_file():
        raise KeyError(f"no table {name!r} in {built.month}")
    kinds = dict.fromkeys(pq.read_schema(file).names, "VARCHAR")
    if name == "flags":
        engine.add_files("saved_flags", [file], kinds)
        engine.add_view(
            "flags",
            "SELECT *, place AS place_code, CASE WHEN subject_kind = 'household' THEN subject END"
            " AS household_code FROM saved_flags",
        )
        return
    engine.add_files(name, [file], kinds)


def _query(request: Request, prefixes: tuple[str, ...]) -> exp.Select:
    columns = [exp.column(name) for name in request.columns] or [exp.Star()]
    if request.counting:
        columns = [exp.alias_(exp.Count(this=exp.Star()), "rows")]
    query = exp.select(*columns).from_(request.table)
    inside = [
        exp.Like(this=exp.column("place_code"), expression=exp.Literal.string(f"{prefix}%"))
        for prefix in prefixes
    ]
    query = query.where(exp.or_(*inside) if inside else exp.false())
    if request.household:
        named = exp.Literal.string(request.household)
        query = query.where(exp.EQ(this=exp.column("household_code"), expression=named))
    for column, comparison, value in request.filters:
        query = query.where(_filter(column, comparison, value))
    for name in request.order:
        key = exp.column(name.removeprefix("-"))
        query = query.order_by(exp.Ordered(this=key, desc=name.startswith("-"), nulls_first=False))
    if request.limit is not None:
        query = query.limit(request.limit).offset(request.offset)
    return query


def _filter(column: str, comparison: str, value: object) -> exp.Expression:
    if comparison == "in":
        assert isinstance(value, (tuple, list))
        return exp.column(column).isin(*(exp.convert(one) for one in value))
    if comparison == "has":
        listed = exp.func("CONCAT", *(_text(","), exp.column(column), _text(",")))
        found = exp.func("STRPOS", listed, _text(f",{value},"))
        return exp.GT(this=found, expression=exp.convert(0))
    if comparison == "contains":
        found = exp.func("STRPOS", exp.column(column), exp.convert(value))
        return exp.GT(this=found, expression=exp.convert(0))
    return _SIGNS[comparison](this=exp.column(column), expression=exp.convert(value))


def _text(value: str) -> exp.Expression:
    return exp.Literal.string(value)
