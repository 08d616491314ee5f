"""The tables of a month in an engine, read as they are: for geodata.access alone.

Nothing here decides who may see what. An import rule keeps every other module out.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
from sqlglot import exp

from geodata.access.month_source import MonthSource
from geodata.access.request import Request
from geodata.errors import StoreError
from geodata.kept import Kept
from geodata.periods import shift_month
from geodata.store.embedded import FILES_GONE, DuckDBEngine
from geodata.store.encryption import seals_of
from geodata.store.engine import table_files
from geodata.store.months import add_month

_SIGNS = {"is": exp.EQ, "at_least": exp.GTE, "at_most": exp.LTE}
# Months whose tables stay open in one process; all sessions read the same.
_MONTHS_OPEN = 3
# How far back a card tells of events: the month itself and the 35 before.
_MONTHS_TOLD = 36
# The list of places tells of each under its own code.
_REGISTER = "place"


class MonthTables:
    """The tables of one month in one engine, opened once and read by all sessions in turn.

    Nothing about who reads is kept: every query is made from its own request and prefixes.
    """

    def __init__(self, source: MonthSource) -> None:
        self._source = source
        self._engine = DuckDBEngine()
        self._known: set[str] = set()
        # The name to read each table by: with the places that ended under their successors.
        self._read_as: dict[str, str] = {}
        self._alone = threading.RLock()
        self._seals = seals_of(source.store.folder)
        known = (column for table in source.tables.values() for column in table.columns.values())
        self._sealed = frozenset(column.name for column in known if column.sealed)

    def read(self, request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
        """Return the rows of a request; raises KeyError for a table that the month does not have."""
        with self._alone:
            try:
                return self._read(request, prefixes)
            except FILES_GONE:
                # They were written anew, or removed, since they were opened.
                self._known.clear()
                self._read_as.clear()
                return self._read(request, prefixes)

    def _read(self, request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
        self._add(request.table)
        for _, comparison, table in request.filters:
            if comparison == "among":
                self._add(str(table).partition(":")[0])
        query = _query(self._sought(request), prefixes, self._named(request.table))
        frame = self._engine.frame(query.sql(dialect=self._engine.name))
        return self._seals.opened_frame(frame, self._sealed)

    def _sought(self, request: Request) -> Request:
        """Return a request in which a number that is looked for is so in every form it is stored in."""
        filters = [
            (column, "in", self._seals.forms(str(value)))
            if comparison == "is" and column in self._sealed
            else (column, comparison, value)
            for column, comparison, value in request.filters
        ]
        return replace(request, filters=tuple(filters))

    def prepare(self, name: str) -> None:
        """Open a table, so that the first who reads it does not wait."""
        with self._alone:
            self._add(name)
            self._named(name)

    def _named(self, table: str) -> str:
        """Return the name under which rows of places that ended are those of their successors.

        A table without such rows is read as it is, so that its files are searched by place.
        """
        if table not in self._read_as:
            self._read_as[table] = self._moved(table)
        return self._read_as[table]

    def _moved(self, table: str) -> str:
        successors = self._source.successors
        if not successors or table == _REGISTER:
            return table
        ended = exp.column("place_code").isin(*(_text(code) for code in successors))
        some = exp.select("place_code").from_(table).where(ended).limit(1)
        engine = self._engine
        if engine.frame(some.sql(dialect=engine.name)).empty:
            return table
        place = exp.Case(this=exp.column("place_code"), default=exp.column("place_code"))
        for code, successor in successors.items():
            place = place.when(_text(code), _text(successor))
        moved = exp.alias_(place, "place_code")
        star = exp.Star(replace=[moved])
        engine.add_view(f"{table}_now", exp.select(star).from_(table).sql(dialect=engine.name))
        return f"{table}_now"

    def _add(self, name: str) -> None:
        if name in self._known:
            return
        source, derived = self._source, self._source.derived.get(name)
        if derived is not None:
            for needed in derived.needs:
                self._add(needed)
            derived.make(self._engine)
        elif name in source.tables:
            if name in source.store.retired(source.store.snapshot_of(source.month)):
                raise StoreError("store.retired_rows", month=source.month)
            since = shift_month(source.month, 1 - _MONTHS_TOLD)
            add_month(
                self._engine,
                source.store,
                source.month,
                names=[name],
                since=since,
                known=source.tables,
            )
        else:
            files = table_files(source.folder, name) if name.isidentifier() else ()
            if not files:
                raise KeyError(f"no table {name!r} in {source.month}")
            columns = dict.fromkeys(pq.read_schema(files[0]).names, "VARCHAR")
            self._engine.add_files(name, files, columns)
        self._known.add(name)


# By what they were made from, so that a new import opens anew.
_MONTHS = Kept(_MONTHS_OPEN)


def month_tables(source: MonthSource) -> MonthTables:
    """Return the open tables of a month."""
    return _MONTHS.once(source.key, lambda: MonthTables(source))


def _query(request: Request, prefixes: tuple[str, ...], table: str) -> exp.Select:
    columns: list[exp.Expr] = [exp.column(name) for name in request.columns] or [exp.Star()]
    if request.counting:
        columns = [exp.alias_(exp.Count(this=exp.Star()), "rows")]
    query = exp.select(*columns).from_(table)
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


def _filter(column: str, comparison: str, value: object) -> exp.Expr:
    if comparison == "missing":
        return exp.column(column).is_(exp.null())
    if comparison == "among":
        table, of_point, key = str(value).partition(":")
        subjects = exp.select("subject").from_(exp.to_identifier(table))
        if of_point:
            subjects = subjects.where(exp.EQ(this=exp.column("point"), expression=_text(key)))
        return exp.In(this=exp.column(column), query=exp.Subquery(this=subjects))
    if comparison == "in":
        assert isinstance(value, (tuple, list))
        return exp.column(column).isin(*(exp.convert(each) for each in value))
    if comparison == "has":
        listed = exp.func("CONCAT", *(_text(","), exp.column(column), _text(",")))
        position = exp.func("STRPOS", listed, _text(f",{value},"))
        return exp.GT(this=position, expression=exp.convert(0))
    if comparison == "contains":
        position = exp.func("STRPOS", exp.column(column), exp.convert(value))
        return exp.GT(this=position, expression=exp.convert(0))
    return _SIGNS[comparison](this=exp.column(column), expression=exp.convert(value))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)
