"""Two engines, equal answers: DuckDB and Apache Spark in this process; on a cluster: test_cluster.py."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from py4j.protocol import Py4JError

from geodata.config import IN_PROCESS, SparkSettings
from geodata.errors import StoreError
from geodata.store import ENGINES, Engine, SnapshotStore
from geodata.store.checksums import digest_of
from geodata.store.cluster import find_java, java_version, open_spark
from geodata.store.distributed import SparkEngine
from geodata.store.embedded import DuckDBEngine, open_engine
from geodata.store.engine import table_files
from geodata.workspace import open_workspace
from tests.counties import SMALL

# One process makes one sample county and starts one Java.
pytestmark = pytest.mark.xdist_group("sample")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return each engine in turn."""
    opened = open_engine(request.param)
    yield opened
    opened.close()


def test_numbers_unknowns_and_texts_come_back_as_they_are(engine: Engine) -> None:
    rows = pa.table({"n": [1, None, 3], "x": [0.1, 2.5, None], "t": ["某|户", None, "{}"]})
    engine.add_rows("given", rows)
    engine.add_view("seen", "SELECT n, x, t FROM given WHERE n IS NULL OR n > 0")
    engine.add_table("kept", "SELECT n, x, t, n / 2 AS half FROM seen")
    found = engine.rows("SELECT * FROM kept").sort_by("n")
    assert found.select(["n", "x", "t"]).to_pylist() == rows.sort_by("n").to_pylist()
    assert found["half"].to_pylist() == [0.5, 1.5, None]
    assert engine.frame("SELECT COUNT(*) AS rows FROM kept")["rows"].tolist() == [3]


def test_rows_are_written_sorted_with_plain_types_and_digests(
    engine: Engine, tmp_path: Path
) -> None:
    rows = pa.table(
        {"t": ["乙", None, "a"], "n": pa.array([3, 1, 2], pa.int32()), "x": [0.5, 1, 2]}
    )
    engine.add_rows("given", rows)
    query = "SELECT t, n, CAST(x AS DECIMAL(9, 2)) AS x, CAST(n AS DECIMAL(9, 0)) AS d FROM given"
    made = engine.write(query, tmp_path / "told[1].parquet", ["t", "n"])
    files = table_files(tmp_path, "told[1]")
    assert sorted(made) == list(files)
    assert made == {file: digest_of(file) for file in files}
    assert {one.name for one in tmp_path.iterdir()} == {"told[1].parquet"}
    told = pa.concat_tables([pq.read_table(file) for file in files])
    assert told.schema.types == [pa.string(), pa.int64(), pa.float64(), pa.int64()]
    expected = [("a", 2, 2.0, 2), ("乙", 3, 0.5, 3), (None, 1, 1.0, 1)]
    assert [tuple(row.values()) for row in told.to_pylist()] == expected
    nothing = engine.write("SELECT t FROM given WHERE n > 9", tmp_path / "none.parquet", ["t"])
    assert [pq.read_table(file).num_rows for file in nothing] == [0]


def test_a_full_disk_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    def full_there() -> None:
        raise Py4JError("java.io.IOException: No space left on device: 张三丰")

    monkeypatch.setattr("pyarrow.parquet.ParquetWriter.write_table", full)
    with DuckDBEngine() as embedded, pytest.raises(StoreError, match="磁盘已满，没有保存"):
        embedded.write("SELECT 1 AS one", tmp_path / "one.parquet", ["one"])
    spark = SparkEngine()
    with pytest.raises(StoreError, match="磁盘已满，没有保存") as told:
        spark._asked(full_there)
    assert "张三丰" not in str(told.value)


def test_a_division_by_zero_is_unknown(engine: Engine) -> None:
    found = engine.rows("SELECT 1 / 0 AS share, CAST(NULL AS DOUBLE) < 1 AS low")
    assert found.to_pylist() == [{"share": None, "low": None}]


def test_views_of_one_engine_are_not_seen_by_another(engine: Engine) -> None:
    engine.add_view("mine", "SELECT 1 AS one")
    other = open_engine(engine.name)
    with pytest.raises(Exception, match=r"mine|不能执行"):
        other.rows("SELECT * FROM mine")
    other.close()


def test_columns_a_file_lacks_are_unknown(engine: Engine, sample: Path) -> None:
    store = SnapshotStore(sample / "store")
    files = store.files(store.snapshot_of(store.months()[0]), "household")
    columns = {"household_code": "VARCHAR", "never_stored": "BIGINT"}
    engine.add_files("brought", files, columns)
    engine.add_files("nothing_brought", [], columns)
    found = engine.rows(
        "SELECT COUNT(household_code) AS rows, COUNT(never_stored) AS known FROM brought"
    )
    assert found.to_pylist() == [{"rows": SMALL["households"], "known": 0}]
    assert engine.rows("SELECT * FROM nothing_brought").num_rows == 0


def test_what_spark_cannot_do_is_refused_in_words_without_the_rows() -> None:
    spark = open_engine("spark")
    spark.add_rows("people", pa.table({"name": ["张三丰"]}))
    with pytest.raises(StoreError, match="Spark 不能执行这项计算（UNRESOLVED_ROUTINE）") as refused:
        spark.rows("SELECT strptime(name, '%Y') FROM people")
    assert "张三丰" not in str(refused.value)
    spark.close()


def test_an_unknown_engine_is_refused_with_the_known_ones(sample: Path) -> None:
    with pytest.raises(StoreError, match="没有名为“sqlite”的计算引擎，可选：duckdb, spark"):
        open_workspace(sample).build([], engine="sqlite")


def test_spark_listens_on_this_machine_only_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = open_spark(IN_PROCESS).session.sparkContext.getConf()
    assert settings.get("spark.driver.bindAddress") == "127.0.0.1"
    assert settings.get("spark.ui.enabled") == "false"
    monkeypatch.chdir(tmp_path)
    spark = open_engine("spark")
    spark.add_table("kept", "SELECT 1 AS one")
    spark.close()
    assert list(tmp_path.iterdir()) == []


def _fake_java(folder: Path, words: str) -> None:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{words}' >&2\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


@pytest.mark.parametrize(
    ("words", "release"),
    [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "1.8.0_402"', 8), ("-", 0)],
)
def test_the_version_of_java_is_read(tmp_path: Path, words: str, release: int) -> None:
    _fake_java(tmp_path, words)
    assert java_version(tmp_path / "bin" / "java") == release


def test_an_old_java_and_none_are_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(StoreError, match="apt-get install openjdk-17-jre-headless"):
        find_java()
    _fake_java(tmp_path, 'openjdk version "11.0.2"')
    with pytest.raises(StoreError, match="是 Java 11，Spark 引擎需要 17"):
        find_java()


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(StoreError, match=r"guatu\[spark\]"):
        open_spark(SparkSettings(master="spark://127.0.0.1:1"))
