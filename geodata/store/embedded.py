"""DuckDB inside the process, in memory, over the Parquet files of the store: the default engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd
import pyarrow as pa

from geodata.store.queries import no_rows, quoted


class DuckDBEngine:
    """An Engine of one process; every object has its own views, so readers never wait."""

    name = "duckdb"

    def __init__(self, *, memory: str | None = None, threads: int | None = None) -> None:
        settings = {
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
