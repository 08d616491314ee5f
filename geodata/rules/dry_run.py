"""A month without rows: over it an engine tells whether it can run the SQL of a theme at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from geodata.codes import INVENTED_PREFIX
from geodata.periods import last_day
from geodata.policy import Policy
from geodata.rules.base_tables import HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER, add_base_tables
from geodata.rules.binding import Binding
from geodata.rules.feature import FeatureSet
from geodata.rules.rule import Rule
from geodata.rules.run import needed_keys
from geodata.store import stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.engine import no_rows
from geodata.tables import Table, tables

MONTH = "2025-06"
# What an engine raises for SQL that it cannot run.
ENGINE_ERRORS = (duckdb.Error,)


def engine_errors(name: str) -> tuple[type[Exception], ...]:
    """Return what an engine of a name raises for SQL that it cannot run."""
    if name != "spark":
        return ENGINE_ERRORS
    from pyspark.errors import PySparkException

    return (*ENGINE_ERRORS, PySparkException)


def empty_engine(known: Mapping[str, Table] | None = None) -> DuckDBEngine:
    """Return an engine in which every table of a month is there and has no rows.

    `known` are the tables there are, by default those of the product.
    """
    engine = DuckDBEngine()
    for name, table in (tables() if known is None else known).items():
        engine.add_view(name, no_rows(stored_columns(table)))
    for name in (HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER):
        engine.add_view(name, no_rows(stored_columns(tables()["household"])))
    return engine


@contextmanager
def empty_month(
    sets: Sequence[FeatureSet],
    rules: Collection[Rule],
    policy: Policy,
    known: Mapping[str, Table] | None = None,
) -> Iterator[tuple[DuckDBEngine, Binding]]:
    """Give an engine in which every table of MONTH is there and has no rows, and what names mean.

    `known` are the tables there are, by default those of the product.
    """
    keys = needed_keys(sets, rules)
    values = policy.comparable(keys, INVENTED_PREFIX, last_day(MONTH))
    with empty_engine(known) as engine:
        add_base_tables(engine, MONTH, {})
        yield engine, Binding(MONTH, values, texts=policy.texts(keys))


def engine_words(problem: Exception) -> str:
    """Return what an engine says of SQL that it cannot run, without the place in its text."""
    return str(problem).strip().splitlines()[0]
