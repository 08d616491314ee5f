"""DuckDB in memory over the Parquet files of the store: the default engine; engines by name."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from geodata.config import IN_PROCESS, SparkSettings
from geodata.errors import StoreError
from geodata.store.checksums import digest_of
from geodata.store.engine import WORK, Engine, in_order_of, no_rows, quoted

_FULL = os.strerror(errno.ENOSPC)
# As many as a row group of a written file has.
_ROWS_AT_ONCE = 1_000_000
# What a query raises of files that are no longer where they were.
FILES_GONE = duckdb.IOException


class DuckDBEngine:
    """An Engine of one process; every object has its own views, so readers never wait."""

    name = "duckdb"

    def __init__(
        self, *, memory: str = "", threads: int | None = None, work: Path | None = None
    ) -> None:
        """Open an engine; what is more than `memory` goes to the folder `work`, which ends with it."""
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
        if work:
            settings["temp_directory"] = str(work)
        self._work = work
        try:
            self._connection = duckdb.connect(config=settings)
        except duckdb.Error:
            # The other settings are written here.
            raise StoreError("store.duckdb_memory", memory=memory) from None
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
        with self._room():
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(view)} AS {sql}")

    def write(self, sql: str, file: Path, order: Sequence[str]) -> dict[Path, str]:
        """Write the sorted rows of a query to one Parquet file, some at a time; returns its SHA-256."""
        with self._room(file.parent):
            file.parent.mkdir(parents=True, exist_ok=True)
            self._write(in_order_of(sql, order), file)
        return {file: digest_of(file)}

    @contextmanager
    def _room(self, folder: Path | None = None) -> Iterator[None]:
        """Raise StoreError where memory or disk are too small, which is no fault of a query."""
        try:
            yield
        except duckdb.OutOfMemoryException:
            raise StoreError("store.memory_short") from None
        except (OSError, duckdb.Error) as error:
            if getattr(error, "errno", None) != errno.ENOSPC and _FULL not in str(error):
                raise
            raise StoreError("store.disk_full", folder=str(folder or self._work or "")) from None

    def _write(self, sql: str, file: Path) -> None:
        reader = self._connection.sql(sql).to_arrow_reader(_ROWS_AT_ONCE)
        schema = plain_schema(reader.schema)
        with parquet.ParquetWriter(file, schema, compression="zstd") as opened:
            for batch in reader:
                opened.write_table(pa.Table.from_batches([batch]).cast(schema))

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""
        # As a relation the query would be bound twice.
        with self._room():
            return self._connection.execute(sql).df()

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        with self._room():
            return self._connection.sql(sql).to_arrow_table()

    def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        """Run a statement of DuckDB's own; returns the connection, which has its rows."""
        return self._connection.execute(sql)

    def close(self) -> None:
        """Give back memory; the engine must not be used afterwards."""
        self._connection.close()
        if self._work:
            shutil.rmtree(self._work, ignore_errors=True)

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the columns with one type for whole numbers, fractions and texts, on any engine."""
    return pa.schema([(column.name, _plain_type(column.type)) for column in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    return pa.string() if pa.types.is_large_string(kind) else kind


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


def open_engine(
    name: str = "duckdb",
    *,
    threads: int | None = None,
    memory: str = "",
    spark: SparkSettings = IN_PROCESS,
    store: Path | None = None,
) -> Engine:
    """Return a new engine, Spark with all threads; raises StoreError for an unknown name or what the engine lacks.

    `spark` says where Spark runs and `memory` what DuckDB may take; `store` is the folder of the store, in
    which both work.
    """
    check_engine(name)
    if name == "spark":
        from geodata.store.distributed import SparkEngine

        return SparkEngine(spark, store)
    work = store / f"{WORK}{uuid.uuid4().hex}" if store else None
    return DuckDBEngine(memory=memory, threads=threads, work=work)
