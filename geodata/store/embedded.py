"""DuckDB in memory over the Parquet files of the store: the default engine; engines by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd
import pyarrow as pa

from geodata.errors import StoreError
from geodata.store.engine import Engine, no_rows, quoted

# What a query raises of files that are no longer where they were.
FILES_GONE = duckdb.IOException


class DuckDBEngine:
    """An Engine of one process; every object has its own views, so readers never wait."""

    name = "duckdb"

    def __init__(self, *, memory: str | None = None, threads: int | None = None) -> None:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A division by zero is unknown, and not infinite.
            "ieee_floating_point_ops": "false",
            "error_on_division_by_zero": "false",
        }
        if memory:
            settings["memory_limit"] = memory
        if threads:
            settings["threads"] = str(threads)
        self._connection = duckdb.connect(config=settings)
        # In a process started by another, DuckDB takes itself for a console and draws a bar. Where
        # it draws none it is not told so: in a notebook it refuses even that without ipywidgets.
        shown = self._connection.execute("SELECT current_setting('enable_progress_bar')")
        if shown.fetchall() == [(True,)]:
            self._connection.execute("SET enable_progress_bar = false")

    def add_files(self, view: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Name the rows of Parquet files; columns (name to SQL type) a file lacks are NULL."""
        if not files:
            self.add_view(view, no_rows(columns))
            return
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        source = f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false)"
        present = set(self._connection.sql(f"SELECT * FROM {source} LIMIT 0").columns)
        picked = ", ".join(
            quoted(name) if name in present else f"CAST(NULL AS {kind}) AS {quoted(name)}"
            for name, kind in columns.items()
        )
        self.add_view(view, f"SELECT {picked} FROM {source}")

    def add_rows(self, view: str, rows: pa.Table | pd.DataFrame) -> None:
        """Name the rows of a table in memory."""
        self._connection.register(view, rows)

    def drop_rows(self, view: str) -> None:
        """Forget the rows of a table in memory."""
        self._connection.unregister(view)

    def add_view(self, view: str, sql: str) -> None:
        """Name the rows of a query."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {quoted(view)} AS {sql}")

    def add_table(self, view: str, sql: str) -> None:
        """Keep the rows of a query in a temporary table."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(view)} AS {sql}")

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""
        # As a relation the query would be bound twice.
        return self._connection.execute(sql).df()

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        return self._connection.sql(sql).to_arrow_table()

    def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run a statement of DuckDB's own; returns the connection, which has its rows."""
        return self._connection.execute(sql)

    def close(self) -> None:
        """Give back memory; the engine must not be used afterwards."""
        self._connection.close()

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


# Rows that were asked leave traces in the table, so that it is made anew after as many.
_ANSWERS = 300
_ROW = "row_asked"


class RowEngine:
    """Asks queries of a table that holds the asked row alone, and nothing after the answer.

    `file` is a Parquet file with the columns of the table. For several threads, one at a time.
    """

    name = DuckDBEngine.name

    def __init__(self, table: str, file: Path) -> None:
        self._table, self._file = table, str(file).replace("'", "''")
        self._alone = threading.Lock()
        self._planned: dict[str, str] = {}
        self._answers = 0
        self._open()

    def answer(self, sql: str, row: pa.Table) -> dict[str, object]:
        """Return the one row that a query over the table gives for a row with its columns."""
        with self._alone:
            if self._answers >= _ANSWERS:
                self._engine.close()
                self._open()
            self._answers += 1
            run, name = self._engine.execute, self._plan(sql)
            self._engine.add_rows(_ROW, row)
            try:
                run(f"INSERT INTO {quoted(self._table)} BY NAME SELECT * FROM {_ROW}")
                result = run(f"EXECUTE {name}")
                (values,) = result.fetchall()
                return dict(zip((one[0] for one in result.description), values, strict=True))
            finally:
                run(f"DELETE FROM {quoted(self._table)}")
                self._engine.drop_rows(_ROW)

    def _open(self) -> None:
        self._engine = DuckDBEngine(threads=1)
        self._engine.add_table(self._table, f"SELECT * FROM read_parquet('{self._file}') LIMIT 0")
        self._planned, self._answers = {}, 0

    def _plan(self, sql: str) -> str:
        if sql not in self._planned:
            name = f"planned_{len(self._planned)}"
            self._engine.execute(f"PREPARE {name} AS {sql}")
            self._planned[sql] = name
        return self._planned[sql]


ENGINES = ("duckdb", "spark")


def check_engine(name: str) -> None:
    """Raise StoreError when there is no engine of this name."""
    if name not in ENGINES:
        raise StoreError("store.unknown_engine", engine=name, known=", ".join(ENGINES))


def open_engine(name: str = "duckdb", *, threads: int | None = None) -> Engine:
    """Return a new engine, Spark with all threads; raises StoreError for an unknown name or what the engine lacks."""
    check_engine(name)
    if name == "spark":
        from geodata.store.distributed import SparkEngine

        return SparkEngine()
    return DuckDBEngine(threads=threads)
