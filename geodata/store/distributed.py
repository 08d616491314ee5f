"""Apache Spark as a second engine, with the extra guatu[spark] and Java; same texts, same answers."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import pyarrow as pa

from geodata.errors import StoreError
from geodata.store.engine import no_rows, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


# Spark 4 needs it.
OLDEST = 17
_VERSION = re.compile(r'version "(\d+)(?:\.(\d+))?')


def find_java() -> Path:
    """Return the program java, of JAVA_HOME or else of PATH.

    Raises StoreError when there is none, or when it is older than OLDEST.
    """
    home = os.environ.get("JAVA_HOME")
    named = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if named is None:
        raise StoreError("store.java_missing", needed=OLDEST)
    version = java_version(Path(named))
    if version < OLDEST:
        raise StoreError("store.java_old", file=named, found=version or "?", needed=OLDEST)
    return Path(named)


def java_version(java: Path) -> int:
    """Return the feature release of a java program (8, 17, 21); 0 when it does not say."""
    try:
        asked = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = _VERSION.search(asked.stderr + asked.stdout)
    if match is None:
        return 0
    # Java 8 calls itself 1.8.
    return int(match[2] or 0) if match[1] == "1" else int(match[1])


_LOOPBACK = "127.0.0.1"


@cache
def spark_session() -> SparkSession:
    """Return the session of this process, started when first asked for.

    It runs in this process's own Java, listens on loopback only, has no web page, and writes to a
    temporary folder that goes with the process. Raises StoreError when pyspark or Java is missing.
    """
    java = find_java()
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise StoreError("store.spark_missing") from None
    scratch = Path(tempfile.mkdtemp(prefix="guatu-spark-"))
    os.environ.setdefault("JAVA_HOME", str(java.resolve().parent.parent))
    # Java would otherwise look up the name of this machine, and Spark the addresses it has.
    os.environ["SPARK_LOCAL_IP"] = _LOOPBACK
    builder = SparkSession.builder.master("local[*]").appName("guatu")
    for name, value in _settings(scratch).items():
        builder = builder.config(name, value)
    with _errors_into(scratch / "spark.log"), warnings.catch_warnings():
        # Rows come and go as Arrow tables; Spark's bridge to pandas is not used.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        session = builder.getOrCreate()
    atexit.register(_stop, session, scratch)
    return session


@contextmanager
def _errors_into(file: Path) -> Iterator[None]:
    """Let programs started inside write what they would write to the standard error to a file."""
    kept = os.dup(2)
    with file.open("wb") as opened:
        os.dup2(opened.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _settings(scratch: Path) -> dict[str, str]:
    return {
        "spark.ui.enabled": "false",
        "spark.driver.host": _LOOPBACK,
        "spark.driver.bindAddress": _LOOPBACK,
        "spark.driver.extraJavaOptions": (
            # Many short questions: compiling each a second time takes longer than it saves.
            f"-Djava.io.tmpdir={scratch} -Duser.timezone=UTC -XX:TieredStopAtLevel=1"
        ),
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.session.timeZone": "UTC",
        # A division by zero, or a text that is no number, is unknown and no failure, as in DuckDB.
        "spark.sql.ansi.enabled": "false",
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.debug.maxToStringFields": "0",
    }


def _stop(session: SparkSession, scratch: Path) -> None:
    session.stop()
    shutil.rmtree(scratch, ignore_errors=True)


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
        frame = _asked(lambda: self._session.read.schema(types).parquet(*paths))
        frame.createOrReplaceTempView(quoted(view))

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
        frame: pd.DataFrame = self.rows(sql).to_pandas()
        return frame

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
