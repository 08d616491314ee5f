"""Apache Spark as a second engine, with the extra guatu[spark] and Java; same texts, same answers.

What is kept or written is written by the executors, into the store where they share it: rows pass
through this process only where `rows` and `frame` ask for them.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import pyarrow as pa

from geodata.config import IN_PROCESS, SparkSettings
from geodata.errors import StoreError
from geodata.store.cluster import OpenedSpark, check_store, is_cluster, open_spark
from geodata.store.engine import WORK, no_rows, quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class SparkEngine:
    """An Engine over the Spark session of the process; every object has its own views.

    On a cluster `store` is the folder that all share, in which the tables that are kept lie until `close`.
    """

    name = "spark"

    def __init__(self, settings: SparkSettings = IN_PROCESS, store: Path | None = None) -> None:
        self._opened = open_spark(settings)
        self._session = self._opened.session.newSession()
        self._root = (store or _scratch_of(self._opened)).resolve()
        self._address = settings.store.rstrip("/") or f"file:{self._root}"
        if is_cluster(settings):
            if store is None:
                raise ValueError("a cluster needs the store that its workers share")
            check_store(self._opened, self._root, self._address)
        self._work = self._root / f"{WORK}{uuid.uuid4().hex}"
        self._kept = 0
        self._views: set[str] = set()

    def add_files(self, view: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Name the rows of Parquet files; columns (name to SQL type) a file lacks are NULL."""
        if not files:
            self.add_view(view, no_rows(columns))
            return
        paths = [_PATTERN.sub(r"\\\g<0>", self._place(file)) for file in files]
        # With the columns given Spark opens no file to find them, and a missing one is NULL.
        types = ", ".join(f"{quoted(n)} {_TYPES.get(kind, kind)}" for n, kind in columns.items())
        frame = self._asked(lambda: self._session.read.schema(types).parquet(*paths))
        self._name(view, frame)

    def add_rows(self, view: str, rows: pa.Table | pd.DataFrame) -> None:
        """Name the rows of a table in memory."""
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows)
        plain = table.replace_schema_metadata(None)
        made = self._asked(lambda: self._session.createDataFrame(plain))
        self._name(view, made)

    def add_view(self, view: str, sql: str) -> None:
        """Name the rows of a query."""
        self._name(view, self._query(sql))

    def add_table(self, view: str, sql: str) -> None:
        """Keep the rows of a query in files.

        Cut from the query they come from: Spark would plan all that lies below again for each use.
        As files they outlive the executor that made them.
        """
        from pyspark.sql.functions import col
        from pyspark.sql.types import NullType

        frame = self._query(sql)
        untyped = {one.name for one in frame.schema if isinstance(one.dataType, NullType)}
        kinds = [col(n).cast("int").alias(n) if n in untyped else col(n) for n in frame.columns]
        self._kept += 1
        place = self._place(self._work / f"{quoted(view)}-{self._kept}")
        kept = frame.select(kinds)
        self._asked(lambda: kept.write.parquet(place))
        read = self._session.read.schema(kept.schema).parquet(_PATTERN.sub(r"\\\g<0>", place))
        self._name(view, read)

    def _name(self, view: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(quoted(view))
        self._views.add(view)

    def write(self, sql: str, file: Path, order: Sequence[str]) -> dict[Path, str]:
        """Let the executors write the sorted rows of a query; returns the SHA-256 of each file.

        `file` becomes a folder of files whose names are in the order of their rows.
        """
        from pyspark.sql.functions import col

        frame = self._query(sql)
        sorting = [col(name).asc_nulls_last() for name in order]
        rows = frame.select(_plain(frame)).orderBy(*sorting)
        place = self._place(file)
        self._asked(lambda: rows.write.option("compression", "zstd").parquet(place))
        listed = self._session.read.format("binaryFile").load(_PATTERN.sub(r"\\\g<0>", place))
        digest = listed.selectExpr("element_at(split(path, '/'), -1) AS name", "sha2(content, 256)")
        return {file / name: sha256 for name, sha256 in self._asked(digest.collect)}

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""
        frame: pd.DataFrame = self.rows(sql).to_pandas()
        return frame

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        return self._asked(lambda: self._query(sql).toArrow())

    def close(self) -> None:
        """Forget the views and what was kept; the engine must not be used afterwards."""
        if self._opened.alive:
            for view in self._views:
                self._session.catalog.dropTempView(view)
        shutil.rmtree(self._work, ignore_errors=True)

    def _place(self, path: Path) -> str:
        """Return where the executors find a file: below the address of the store when it lies in it."""
        whole = path.resolve()
        if whole.is_relative_to(self._root):
            return f"{self._address}/{whole.relative_to(self._root).as_posix()}"
        return f"file:{whole}"

    def _query(self, sql: str) -> DataFrame:
        return self._asked(lambda: self._session.sql(sql))

    def _asked(self, question: Callable[[], _Made]) -> _Made:
        """Return the answer; raises StoreError with Spark's name for what it cannot do.

        Its own message stays out: it may quote rows.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        try:
            return question()
        except (PySparkException, Py4JError, ConnectionError) as refused:
            said = str(refused)
            if _FULL in said:
                raise StoreError("store.disk_full", folder=str(self._root)) from None
            if self._opened.deserted.is_set() or any(words in said for words in _LOST):
                master = self._opened.settings.master
                raise StoreError("store.spark_lost", master=master) from None
            known = isinstance(refused, PySparkException) and refused.getCondition()
            reason = _REASON.search(said)
            why = known or (reason[0] if reason else type(refused).__name__)
            raise StoreError("store.engine_refused", engine="Spark", why=why) from None


_Made = TypeVar("_Made")
_TYPES = {"VARCHAR": "STRING"}
# Signs in the name of a file that Spark would read as a pattern.
_PATTERN = re.compile(r"[\\*?{}\[\]^]")
_FULL = "No space left on device"
_LOST = ("SparkContext was shut down", "stopped SparkContext", "Master removed our application")
# What of Spark's message names an exception, and no row.
_REASON = re.compile(r"\w+(?:Exception|Error)\b")


def _scratch_of(opened: OpenedSpark) -> Path:
    return Path(str(opened.session.sparkContext.getConf().get("spark.local.dir")))


def _plain(frame: DataFrame) -> list[Column]:
    """Return the columns with one type for whole numbers, fractions and texts, as on any engine."""
    from pyspark.sql.functions import col
    from pyspark.sql.types import DecimalType, FractionalType, IntegralType, NullType

    columns = []
    for one in frame.schema:
        kind, column = one.dataType, col(one.name)
        whole = isinstance(kind, DecimalType) and kind.scale == 0
        if isinstance(kind, IntegralType | NullType) or whole:
            column = column.cast("bigint").alias(one.name)
        elif isinstance(kind, FractionalType):
            column = column.cast("double").alias(one.name)
        columns.append(column)
    return columns
