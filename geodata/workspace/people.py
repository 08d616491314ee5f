"""The one reader of rows about people: every list and card of a workspace comes through here.

It reads within the place prefixes it is given and decides nothing about who may see them; the
door of geodata.access calls it with the prefixes of an actor.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow.parquet as pq
from sqlglot import exp

from geodata.access import Request
from geodata.periods import shift_month
from geodata.store import DuckDBEngine, add_month
from geodata.tables import tables
from geodata.workspace.engines import MONTHS_BACK
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built

Read = Callable[[Request, tuple[str, ...]], pd.DataFrame]
_SIGNS = {"is": exp.EQ, "at_least": exp.GTE, "at_most": exp.LTE}


def people_reader(setup: Setup, built: Built) -> Callable[[Request, tuple[str, ...]], pd.DataFrame]:
    """Return a reader of one month's tables: those of the snapshot, the feature sets, the flags.

    A request for a table that is neither raises KeyError.
    """

    def read(request: Request, prefixes: tuple[str, ...]) -> pd.DataFrame:
        with DuckDBEngine() as engine:
            _add_table(engine, setup, built, request.table)
            query = _query(request, prefixes)
            return engine.frame(query.sql(dialect=engine.name))

    return read


def _add_table(engine: DuckDBEngine, setup: Setup, built: Built, name: str) -> None:
    if name in tables():
        since = shift_month(built.month, -MONTHS_BACK)
        add_month(engine, setup.store, built.month, names=[name], since=since)
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
    if comparison == "contains":
        found = exp.func("STRPOS", exp.column(column), exp.convert(value))
        return exp.GT(this=found, expression=exp.convert(0))
    return _SIGNS[comparison](this=exp.column(column), expression=exp.convert(value))
