"""Long queries over one row at a time, each planned once."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa

from geodata.store.embedded import DuckDBEngine
from geodata.store.queries import quoted

# Rows that were asked leave traces in the table, so that it is made anew after as many.
_ANSWERS = 300
_ROW = "row_asked"


class RowEngine:
    """Asks queries of a table that holds the asked row alone, and nothing after the answer.

    `file` is a Parquet file with the columns of the table. For several threads, one at a time.
    """

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
                found = run(f"EXECUTE {name}")
                (values,) = found.fetchall()
                return dict(zip((one[0] for one in found.description), values, strict=True))
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
