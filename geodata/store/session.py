"""One Spark session for a process: on this machine alone, quiet, and gone with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import StoreError
from geodata.store.java import find_java

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

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
