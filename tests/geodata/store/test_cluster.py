"""Apache Spark on a cluster: a master and two workers, with a store that all share."""

from __future__ import annotations

import json
import shutil
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geodata.config import IN_PROCESS, SparkSettings
from geodata.errors import StoreError
from geodata.store import SnapshotStore, table_files
from geodata.store.cluster import SECRET, check_store, open_spark, spark_options
from geodata.store.distributed import SparkEngine
from geodata.store.engine import WORK
from geodata.workspace import open_workspace
from geodata.workspace.building import compute_month
from geodata.workspace.inputs import Setup
from tests.little_cluster import LittleCluster

# One process makes one sample county and starts one Java.
pytestmark = pytest.mark.xdist_group("sample")

# Less than the flags of the small county, so that they cannot pass this process.
FEW_BYTES = "200k"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LittleCluster]:
    """Return the cluster that all tests of this module share; the last one loses its workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET, "of the little cluster")
        with LittleCluster(tmp_path_factory.mktemp("cluster")) as made:
            yield made


@pytest.fixture(scope="module")
def county(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Setup:
    """Return a copy of the sample county whose settings name no cluster."""
    folder = tmp_path_factory.mktemp("shared") / "county"
    shutil.copytree(sample, folder)
    return open_workspace(folder).setup


# For few rows it takes longer to compile a query than to read it out.
READ_OUT = {
    "spark.sql.codegen.wholeStage": False,
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def settings(cluster: LittleCluster) -> SparkSettings:
    return cluster.settings(**{"spark.driver.maxResultSize": FEW_BYTES, **READ_OUT})


def left_in(store: Path) -> list[str]:
    """Return the folders of a store that are there for the time of a work."""
    return [one.name for one in store.iterdir() if one.is_dir() and one.name.startswith(".")]


def test_what_is_no_setting_of_spark_or_of_its_own_is_refused(tmp_path: Path) -> None:
    for name, words in (
        ("master", "只写 spark. 开头"),
        ("spark.sql.ansi.enabled", "只写 spark. 开头"),
        ("spark.executor.memory", r"在 \[spark\] 中写 memory"),
    ):
        wrong = SparkSettings(settings={name: "x"})
        with pytest.raises(StoreError, match=words):
            spark_options(wrong, address="127.0.0.1", scratch=tmp_path)
    given = SparkSettings(master="spark://a:7077", cores=4, memory="2g", settings={"spark.x": True})
    options = spark_options(given, address="10.0.0.9", scratch=tmp_path)
    told = {name: options[name] for name in ("spark.cores.max", "spark.executor.memory", "spark.x")}
    assert told == {"spark.cores.max": "4", "spark.executor.memory": "2g", "spark.x": "true"}


@pytest.mark.parametrize(
    ("master", "words"),
    [
        ("spark://127.0.0.1:1", "连不上 Spark 集群“spark://127.0.0.1:1”"),
        ("http://127.0.0.1:7077", "应写成 spark://主机:端口"),
        ("spark://127.0.0.1", "应写成 spark://主机:端口"),
    ],
)
def test_a_wrong_address_is_told_before_anything_starts(master: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        open_spark(SparkSettings(master=master))


def test_a_cluster_of_another_version_is_told_before_anything_starts() -> None:
    class Master(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(400)
            self.end_headers()
            self.wfile.write(json.dumps({"serverSparkVersion": "3.5.1"}).encode())

        def log_message(self, *words: object) -> None:
            pass

    with socketserver.TCPServer(("127.0.0.1", 0), Master) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        named = f"127.0.0.1:{server.server_address[1]}"
        with pytest.raises(StoreError, match=r"版本是 3\.5\.1.*pyspark==3\.5\.1"):
            open_spark(SparkSettings(master=f"spark://{named}", rest=named))
        server.shutdown()


def test_a_worker_killed_in_the_middle_changes_no_row_and_no_rows_pass_this_process(
    cluster: LittleCluster, county: Setup, tmp_path: Path
) -> None:
    month = county.store.months()[-1]
    spark = replace(county, config=replace(county.config, spark=settings(cluster)))
    store, two = county.config.store, open_spark(spark.config.spark).workers
    killed: list[int] = []

    def kill() -> None:
        # In the middle: some feature sets are made, and none is written yet.
        while not (ended.is_set() or len([*store.glob(f"{WORK}*/*/part-*")]) > 6):
            ended.wait(0.5)
        before = two()
        cluster.kill_worker()
        killed.append(before)

    ended = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        # Into the store, as a build does.
        distributed = store / "built" / "by-spark"
        compute_month(spark, month, distributed, engine="spark")
    finally:
        ended.set()
        killer.join()
    assert killed == [2]
    assert two() == 1
    embedded = tmp_path / "by-duckdb"
    compute_month(county, month, embedded)
    assert left_in(store) == []
    names = sorted(one.stem for one in embedded.iterdir())
    assert names == sorted(one.stem for one in distributed.iterdir())
    for name in names:
        mine, theirs = (_table(folder, name) for folder in (embedded, distributed))
        assert _columns(theirs) == _columns(mine), name
        assert theirs.num_rows == mine.num_rows, name
        assert [c for c in mine.column_names if not _equal(mine[c], theirs[c])] == [], name
    assert _table(embedded, "flags").num_rows > 200
    # That this many bytes do not pass is not for want of rows.
    engine = SparkEngine(spark.config.spark, store)
    files = table_files(distributed, "flags")
    engine.add_files("flags", files, dict.fromkeys(pq.read_schema(files[0]).names, "VARCHAR"))
    rows = _table(distributed, "flags").num_rows
    assert engine.frame("SELECT COUNT(*) AS rows FROM flags")["rows"].tolist() == [rows]
    with pytest.raises(StoreError, match="Spark 不能执行"):
        engine.rows("SELECT * FROM flags")
    engine.close()


def _table(folder: Path, name: str) -> pa.Table:
    return pa.concat_tables([pq.read_table(file) for file in table_files(folder, name)])


def _columns(table: pa.Table) -> list[tuple[str, pa.DataType]]:
    # Spark says of a column in which nothing is unknown that nothing may be.
    return [(column.name, column.type) for column in table.schema]


def _equal(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    """Return whether two columns are equal row for row; fractions to the last but two digits.

    Sums of fractions depend on the order of rows in their last bits, whole numbers do not.
    """
    if not pa.types.is_floating(one.type):
        return one.equals(other)
    close = [None if v is None else pytest.approx(v, rel=1e-13, abs=1e-13) for v in one.to_pylist()]
    return other.to_pylist() == close


def test_a_store_that_the_workers_do_not_share_is_told_before_any_work(
    cluster: LittleCluster, tmp_path: Path
) -> None:
    opened = open_spark(settings(cluster))
    elsewhere = tmp_path / "of the workers"
    elsewhere.mkdir()
    with pytest.raises(StoreError, match="工作节点读写不到"):
        check_store(opened, tmp_path / "here", f"file:{elsewhere}")
    # The same folder under another name is the same store.
    (tmp_path / "mounted").symlink_to(elsewhere)
    check_store(opened, tmp_path / "mounted", f"file:{elsewhere}")
    assert [*elsewhere.iterdir()] == []


def test_a_cluster_without_workers_left_ends_the_work_in_one_sentence(
    cluster: LittleCluster, county: Setup
) -> None:
    store: SnapshotStore = county.store
    opened = open_spark(settings(cluster))
    engine = SparkEngine(opened.settings, store.folder)
    opened.settings = replace(opened.settings, wait=2)
    while cluster.workers:
        cluster.kill_worker()
    with pytest.raises(StoreError, match="不再可用"):
        engine.rows("SELECT COUNT(*) AS rows FROM range(10) AS a CROSS JOIN range(10) AS b")
    engine.close()
    assert left_in(store.folder) == []
    with pytest.raises(StoreError, match="在 3 秒内没有给出执行进程"):
        open_spark(replace(settings(cluster), wait=3))
    # Nothing of the cluster's settings is left for another session of this process.
    alone = open_spark(IN_PROCESS)
    assert alone.workers() == 1
    told = dict(alone.session.sparkContext.getConf().getAll())
    assert {"spark.driver.maxResultSize", "spark.authenticate"} & set(told) == set()
