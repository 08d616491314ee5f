"""Where Spark runs: in this process or on a cluster, checked before any work; needs guatu[spark] and Java."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from geodata.config import IN_PROCESS, SparkSettings
from geodata.errors import StoreError
from geodata.store.snapshots import write_durably

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


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
_LOCAL = re.compile(r"local(\[[^\]]+\])?")
_STANDALONE = re.compile(r"spark://([^\s/,:]+:\d+)(,[^\s/,:]+:\d+)*")
# What the answers depend on, and where they lie: no setting of a workspace may change it.
_FIXED = {
    "spark.sql.session.timeZone": "UTC",
    # A division by zero, or a text that is no number, is unknown and no failure, as in DuckDB.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    # No file of the store gets a companion that would be out of date when it is written anew.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}
# Which settings of Spark the words of [spark] stand for.
_WORDS = {
    "master": "spark.master",
    "address": "spark.driver.host",
    "memory": "spark.executor.memory",
    "driver_memory": "spark.driver.memory",
    "cores": "spark.cores.max",
}
SECRET = "GUATU_SPARK_SECRET"


def is_cluster(settings: SparkSettings) -> bool:
    """Return whether the work is done by other processes, which reach the store themselves."""
    return _LOCAL.fullmatch(settings.master) is None


def spark_options(settings: SparkSettings, *, address: str, scratch: Path) -> dict[str, str]:
    """Return the settings of Spark by name, for a driver with an address and a folder of its own.

    Raises StoreError for a name that is none of Spark's, or that is set by other means.
    """
    for name in settings.settings:
        if not name.startswith("spark.") or name in _FIXED or name in _WORDS.values():
            word = next((one for one, stands in _WORDS.items() if stands == name), "")
            key = "spark_setting_word" if word else "spark_setting"
            raise StoreError(f"store.{key}", name=name, word=word)
    cluster = is_cluster(settings)
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": address,
        "spark.driver.bindAddress": address,
        "spark.driver.extraJavaOptions": (
            # Many short questions: compiling each a second time takes longer than it saves.
            f"-Djava.io.tmpdir={scratch} -Duser.timezone=UTC -XX:TieredStopAtLevel=1"
        ),
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.debug.maxToStringFields": "0",
        # A file is read whole where its digest is made.
        "spark.sql.files.maxRecordsPerFile": "2000000",
        **_FIXED,
    }
    if not cluster:
        options["spark.sql.shuffle.partitions"] = str(os.cpu_count() or 1)
    if settings.memory and cluster:
        options["spark.executor.memory"] = settings.memory
    if settings.driver_memory:
        options["spark.driver.memory"] = settings.driver_memory
    if settings.cores:
        options["spark.cores.max"] = str(settings.cores)
    if cluster and os.environ.get(SECRET):
        options["spark.authenticate"] = "true"
    return options | {name: _text(value) for name, value in settings.settings.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class OpenedSpark:
    """The session of this process, what it was opened with, and the stores all workers were seen to reach."""

    settings: SparkSettings
    session: SparkSession
    # Of Java, which can be asked also when the session was stopped.
    context: Any = field(init=False)
    reached: set[Path] = field(default_factory=set)
    # Set when no worker was left for as long as one is waited for.
    deserted: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.context = self.session.sparkContext._jsc.sc()

    @property
    def alive(self) -> bool:
        """Return whether the session can still be asked."""
        return not self.context.isStopped()

    def workers(self) -> int:
        """Return how many executors there are; in one process the driver is its own."""
        known = int(self.context.getExecutorMemoryStatus().size())
        return known - 1 if is_cluster(self.settings) else known


_open: list[OpenedSpark] = []
_opening = threading.Lock()


def open_spark(settings: SparkSettings = IN_PROCESS) -> OpenedSpark:
    """Return the session of this process, started when first asked for or asked for otherwise.

    It runs in this process's own Java, has no web page, and writes to a temporary folder that goes
    with the process; without a cluster it listens on loopback only. Raises StoreError when pyspark
    or Java is missing, and when the cluster cannot be reached, is of another version or has no worker.
    """
    with _opening:
        if _open and _open[0].settings == settings and _open[0].alive:
            return _open[0]
        java = find_java()
        try:
            import pyspark
        except ImportError:
            raise StoreError("store.spark_missing") from None
        address = _LOOPBACK
        if is_cluster(settings):
            address = _check_master(settings, pyspark.__version__)
        while _open:
            _open.pop().session.stop()
        os.environ.setdefault("JAVA_HOME", str(java.resolve().parent.parent))
        # Java would otherwise look up the name of this machine, and Spark the addresses it has.
        os.environ["SPARK_LOCAL_IP"] = address
        opened = OpenedSpark(settings, _start(settings, address, pyspark.__version__))
        if is_cluster(settings):
            _wait_for_worker(opened)
            threading.Thread(target=_watch, args=(opened,), daemon=True).start()
        _open.append(opened)
        return opened


def _start(settings: SparkSettings, address: str, version: str) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    options = spark_options(settings, address=address, scratch=_scratch())
    builder = SparkSession.builder.master(settings.master).appName("guatu")
    for name, value in options.items():
        builder = builder.config(name, value)
    with _errors_into(_scratch() / "spark.log"), warnings.catch_warnings():
        # Rows come and go as Arrow tables; Spark's bridge to pandas is not used.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        try:
            SparkContext._ensure_initialized(conf=SparkConf().setAll(list(options.items())))
            # As properties of Java they would be those of the next session too.
            for name in options:
                _java(SparkContext).System.clearProperty(name)
            if "spark.authenticate" in options:
                # Told to a Java that runs: in its command line all could read it.
                builder = builder.config("spark.authenticate.secret", os.environ[SECRET])
            return builder.getOrCreate()
        except (Py4JError, PySparkException, OSError):
            master = settings.master
            raise StoreError("store.spark_refused", master=master, version=version) from None


@cache
def _scratch() -> Path:
    """Return the temporary folder of this process's Java, which outlives a session."""
    folder = Path(tempfile.mkdtemp(prefix="guatu-spark-"))
    atexit.register(_stop, folder)
    return folder


def _stop(scratch: Path) -> None:
    while _open:
        _open.pop().session.stop()
    shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _errors_into(file: Path) -> Iterator[None]:
    """Let programs started inside write what they would write to the standard error to a file."""
    kept = os.dup(2)
    with file.open("ab") as opened:
        os.dup2(opened.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _check_master(settings: SparkSettings, version: str) -> str:
    """Return this machine's address for the workers; raises StoreError when there is no such master."""
    master = settings.master
    if master == "yarn" or master.startswith("k8s://"):
        return settings.address or socket.gethostbyname(socket.gethostname())
    if _STANDALONE.fullmatch(master) is None:
        raise StoreError("store.spark_master", master=master)
    for named in master.removeprefix("spark://").split(","):
        host, _, port = named.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=5) as line:
                facing = str(line.getsockname()[0])
        except OSError:
            continue
        there = _version_of(settings.rest or f"{host}:6066")
        if there and there != version:
            raise StoreError("store.spark_version", master=master, there=there, here=version)
        return settings.address or facing
    raise StoreError("store.spark_no_master", master=master)


def _version_of(rest: str) -> str:
    """Return the version that a master tells; empty where it tells none."""
    # A machine's own network needs no proxy.
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        try:
            with ask.open(f"http://{rest}/v1/submissions/status/none", timeout=5) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as refused:
            said = json.load(refused)
    except (OSError, ValueError):
        return ""
    return str(said.get("serverSparkVersion", "")) if isinstance(said, dict) else ""


def _wait_for_worker(opened: OpenedSpark) -> None:
    until = time.monotonic() + opened.settings.wait
    while opened.alive and time.monotonic() < until:
        if opened.workers():
            return
        time.sleep(0.2)
    alive, settings = opened.alive, opened.settings
    opened.session.stop()
    if not alive:
        version = opened.session.version
        raise StoreError("store.spark_refused", master=settings.master, version=version)
    memory = settings.memory or "1g"
    raise StoreError(
        "store.spark_no_worker", master=settings.master, seconds=settings.wait, memory=memory
    )


def _watch(opened: OpenedSpark) -> None:
    """End what waits for workers when none is left: Spark itself would wait for ever."""
    from py4j.protocol import Py4JError

    since = time.monotonic()
    try:
        while opened.alive:
            if opened.workers():
                since = time.monotonic()
            elif time.monotonic() - since > opened.settings.wait:
                opened.deserted.set()
                opened.context.cancelAllJobs()
                since = time.monotonic()
            time.sleep(2)
    except (OSError, Py4JError):
        # Java has ended, and nobody waits for it.
        return


def _java(context: Any) -> Any:
    """Return java.lang of the Java that runs."""
    return context._jvm.java.lang


def check_store(opened: OpenedSpark, store: Path, address: str) -> None:
    """Let every core of the cluster read and write a file of a store, once a session.

    `address` is where the workers find it. Raises StoreError when what they write is not there, when
    they do not find what is written here, are of another version, or files cannot be replaced.
    """
    if store in opened.reached:
        return
    folder = store / f".probe-{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        for content in (b"1", b"2"):
            write_durably(folder / "pointer", content)
        _probe(opened, folder, f"{address}/{folder.name}")
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise StoreError("store.cannot_replace", folder=str(store), why=said) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    opened.reached.add(store)


def _probe(opened: OpenedSpark, folder: Path, address: str) -> None:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    session, tasks = opened.session, opened.session.sparkContext.defaultParallelism
    # As many files as cores, so that each reads one.
    for number in range(tasks):
        pq.write_table(pa.table({"number": [number]}), folder / f"given-{number}.parquet")
    version = "java_method('org.apache.spark.package', 'SPARK_VERSION') AS version"
    try:
        # The folder may be there for the driver alone: each file is named.
        given = session.read.schema("number BIGINT").parquet(
            *(f"{address}/given-{number}.parquet" for number in range(tasks))
        )
        read = given.distinct().count()
        written = session.range(0, tasks, 1, tasks).selectExpr("id", version)
        written.write.parquet(f"{address}/written")
    except (PySparkException, Py4JError):
        raise StoreError("store.not_shared", folder=str(folder.parent), seen=0, of=tasks) from None
    parts = [pq.read_table(one) for one in sorted((folder / "written").glob("*.parquet"))]
    seen = min(read, sum(one.num_rows for one in parts))
    if seen < tasks:
        raise StoreError("store.not_shared", folder=str(folder.parent), seen=seen, of=tasks)
    for there in {text for one in parts for text in one["version"].to_pylist()}:
        if there != session.version:
            master = opened.settings.master
            raise StoreError(
                "store.spark_version", master=master, there=there, here=session.version
            )
