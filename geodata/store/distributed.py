"""Apache Spark as a second engine, with the extra guatu[spark] and Java; same texts, same answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import pyarrow as pa

from geodata.errors import StoreError
from geodata.store.queries import no_rows, quoted
from geodata.store.session import spark_session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_Made = TypeVar("_Made")


class SparkEngine:
    """An Engine over the Spark session of the process; every object has its own views."""

    name = "spark"

    def __init__(self) -> None:
        self._session = spark_session().newSession()

    def add_files(self, view: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Name the rows of Parquet files; columns (name to SQL type) a file lacks are NULL."""
        if not files:
            self.add_view(view, no_rows(columns))
            return
        paths = [_PATTERN.sub(r"\\\g<0>", str(file.resolve())) for file in files]
        # With the columns given Spark opens no file to find them, and a missing one is NULL.
        types = ", ".join(f"{quoted(n)} {_TYPES.get(kind, kind)}" for n, kind in columns.items())
        found = _asked(lambda: self._session.read.schema(types).parquet(*paths))
        found.createOrReplaceTempView(quoted(view))

    def add_rows(self, view: str, rows: pa.Table | pd.DataFrame) -> None:
        """Name the rows of a table in memory."""
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows)
        made = _asked(lambda: self._session.createDataFrame(table.replace_schema_metadata(None)))
        made.createOrReplaceTempView(quoted(view))

    def add_view(self, view: str, sql: str) -> None:
        """Name the rows of a query."""
        self._query(sql).createOrReplaceTempView(quoted(view))

    def add_table(self, view: str, sql: str) -> None:
        """Keep the rows of a query in memory, or on disk where that is too small.

        Cut from the query they come from: Spark would plan all that lies below again for each use.
        """
        kept = _asked(lambda: self._query(sql).localCheckpoint(eager=True))
        kept.createOrReplaceTempView(quoted(view))

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""
        return self.rows(sql).to_pandas()

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        return _asked(lambda: self._query(sql).toArrow())

    def close(self) -> None:
        """Forget the views; the engine must not be used afterwards."""
        for table in self._session.catalog.listTables():
            if table.isTemporary:
                self._session.catalog.dropTempView(table.name)

    def _query(self, sql: str) -> DataFrame:
        return _asked(lambda: self._session.sql(sql))


_TYPES = {"VARCHAR": "STRING"}
# Signs in the name of a file that Spark would read as a pattern.
_PATTERN = re.compile(r"[\\*?{}\[\]^]")


def _asked(question: Callable[[], _Made]) -> _Made:
    """Return the answer; raises StoreError with Spark's name for what it cannot do.

    Its own message stays out: it may quote rows.
    """
    from pyspark.errors import PySparkException

    try:
        return question()
    except PySparkException as refused:
        why = refused.getCondition() or type(refused).__name__
        raise StoreError("store.engine_refused", engine="Spark", why=why) from None
