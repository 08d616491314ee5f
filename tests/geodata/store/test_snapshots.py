"""Snapshots: whole or not there, readable while written, correctable without loss."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pyarrow as pa
import pytest
import sqlglot

from geodata.errors import StoreError
from geodata.store import SnapshotStore, new_snapshot
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month, stored_columns
from geodata.store.snapshots import POINTER
from geodata.tables import table
from tests.conftest import ROOT

WHO = {"who": "clerk", "at": "2025-04-01T08:00:00"}


def _rows(name: str, *records: dict) -> pa.Table:
    kinds = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64()}
    kinds |= {"BOOLEAN": pa.bool_(), "DATE": pa.date32()}
    columns = stored_columns(table(name))
    schema = pa.schema([(column, kinds[kind]) for column, kind in columns.items()])
    return pa.Table.from_pylist([{"place_code": "990101100201"} | row for row in records], schema)


def _import(store: Path, month: str, *households: str, ledger: dict | None = None) -> str:
    with new_snapshot(store, month) as writer:
        rows = [{"household_code": code, "reported_month": month} for code in households]
        writer.write_table("household", _rows("household", *rows), sort=["household_code"])
        for of_month, amount in (ledger or {}).items():
            row = {"household_code": "1", "month": of_month, "item": "a1", "amount": amount}
            writer.write_table("ledger", _rows("ledger", row | {"reported_month": month}))
            writer.note_months("ledger", [of_month])
        return writer.commit(**WHO, facts={}).snapshot


def test_snapshot_is_read_back_by_month(tmp_path):
    _import(tmp_path, "2025-03", "b", "a")
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(tmp_path), "2025-03")
        assert list(engine.frame("SELECT household_code FROM household").iloc[:, 0]) == ["a", "b"]
        assert engine.frame("SELECT COUNT(*) AS n FROM person").loc[0, "n"] == 0


def test_correction_makes_a_new_snapshot_and_keeps_the_old(tmp_path):
    first = _import(tmp_path, "2025-03", "a")
    second = _import(tmp_path, "2025-03", "a", "b")
    store = SnapshotStore(tmp_path)
    assert (first, second) == ("2025-03-001", "2025-03-002")
    assert store.snapshot_of("2025-03") == second
    assert store.verify(first) == ()
    assert store.restore(first, **WHO).snapshot_of("2025-03") == first
    assert _import(tmp_path, "2025-03", "c") == "2025-03-003"


def test_error_before_the_commit_changes_nothing(tmp_path):
    _import(tmp_path, "2025-03", "a")
    before = (tmp_path / POINTER).read_bytes()
    with pytest.raises(ValueError, match="no name of a column"):
        _fail_while_writing(tmp_path)
    assert (tmp_path / POINTER).read_bytes() == before
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == ["2025-03-001"]


def _fail_while_writing(store: Path) -> None:
    with new_snapshot(store, "2025-04") as writer:
        writer.write_table("household", _rows("household", {"household_code": "x"}))
        raise ValueError("no name of a column")


def test_open_store_keeps_showing_the_state_it_was_opened_with(tmp_path):
    _import(tmp_path, "2025-03", "a")
    opened = SnapshotStore(tmp_path)
    _import(tmp_path, "2025-03", "b")
    assert opened.snapshot_of("2025-03") == "2025-03-001"
    assert SnapshotStore(tmp_path).snapshot_of("2025-03") == "2025-03-002"


def test_second_writer_is_told_to_wait(tmp_path):
    with (
        new_snapshot(tmp_path, "2025-03"),
        pytest.raises(StoreError, match="正在写入"),
        new_snapshot(tmp_path, "2025-04"),
    ):
        pass


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1] + b"?"), "file_changed"),
        (lambda file: file.unlink(), "file_missing"),
        (lambda file: (file.parent / "more.parquet").write_bytes(b""), "file_not_listed"),
    ],
)
def test_verify_names_the_harmed_file(tmp_path, harm, kind):
    snapshot = _import(tmp_path, "2025-03", "a")
    harm(next((tmp_path / "snapshots").rglob("part-0.parquet")))
    assert [fault.kind for fault in SnapshotStore(tmp_path).verify(snapshot)] == [kind]


def test_a_harmed_file_is_never_read(tmp_path):
    snapshot = _import(tmp_path, "2025-03", "a", "b")
    store = SnapshotStore(tmp_path)
    (file,) = store.files(snapshot, "household")
    content = file.read_bytes()
    for harmed in (content[:40] + bytes([content[40] ^ 1]) + content[41:], content[:-20], b""):
        file.write_bytes(harmed)
        with pytest.raises(StoreError) as error, DuckDBEngine() as engine:
            add_month(engine, store, "2025-03")
        assert (error.value.key, error.value.values["file"]) == (
            "store.damaged_file",
            "household/county=990101/part-0.parquet",
        )
    file.unlink()
    with pytest.raises(StoreError, match="2025-03"):
        store.files(snapshot, "household")
    file.write_bytes(content)
    assert store.files(snapshot, "household") == (file,)


def test_changed_manifest_is_found_and_not_restored(tmp_path):
    snapshot = _import(tmp_path, "2025-03", "a")
    manifest = tmp_path / "snapshots" / snapshot / "manifest.json"
    manifest.write_text(manifest.read_text().replace("clerk", "ghost"))
    store = SnapshotStore(tmp_path)
    assert [fault.kind for fault in store.verify(snapshot)] == ["manifest_changed"]
    with pytest.raises(StoreError, match="与其清单不符"):
        store.restore(snapshot, **WHO)


def test_unknown_month_names_the_known_ones(tmp_path):
    _import(tmp_path, "2025-03", "a")
    with pytest.raises(StoreError, match="2025-03"):
        SnapshotStore(tmp_path).snapshot_of("2025-05")


def test_events_of_all_months_up_to_the_month_are_known(tmp_path):
    _import(tmp_path, "2025-03", "1", ledger={"2025-03": 100})
    _import(tmp_path, "2025-04", "1", ledger={"2025-04": 200})
    _import(tmp_path, "2025-05", "1", ledger={"2025-05": 400})
    assert _sum(tmp_path, "2025-04") == 300


def test_later_report_about_the_same_month_replaces_the_earlier(tmp_path):
    _import(tmp_path, "2025-03", "1", ledger={"2025-03": 100})
    _import(tmp_path, "2025-04", "1", ledger={"2025-03": 150})
    assert _sum(tmp_path, "2025-03") == 100
    assert _sum(tmp_path, "2025-04") == 150


def _sum(store: Path, month: str) -> int:
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(store), month, names=["ledger"])
        return int(engine.frame("SELECT SUM(amount) AS total FROM ledger").loc[0, "total"])


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize("file", sorted(ROOT.glob("geodata/**/*.sql")), ids=lambda file: file.stem)
def test_sql_files_are_understood_by_both_engines(file, dialect):
    parsed = sqlglot.parse_one(file.read_text(encoding="utf-8"), read=dialect)
    other = {"duckdb": "spark", "spark": "duckdb"}[dialect]
    assert parsed.sql(dialect=other, unsupported_level=sqlglot.ErrorLevel.RAISE)


KILLED = """
    import sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    import pyarrow as pa
    from geodata.store import new_snapshot
    print("ready", flush=True)
    for number in range(10000):
        with new_snapshot(Path({store!r}), "2025-04") as writer:
            rows = pa.table({{"place_code": ["990101100201"] * 5000, "n": [number] * 5000}})
            for name in ("household", "person", "ledger"):
                writer.write_table(name, rows)
            writer.commit(who="clerk", at="2025-05-01", facts={{}})
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a signal of Unix systems")
@pytest.mark.parametrize("delay", [0.003, 0.011, 0.017, 0.026, 0.039, 0.047, 0.062, 0.081])
def test_killed_writer_leaves_only_whole_snapshots(tmp_path, delay):
    _import(tmp_path, "2025-03", "a")
    script = textwrap.dedent(KILLED.format(root=str(ROOT), store=str(tmp_path)))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(delay)
        process.send_signal(signal.SIGKILL)
    store = SnapshotStore(tmp_path)
    assert all(store.verify(snapshot) == () for snapshot in store.history.snapshots)
    _import(tmp_path, "2025-04", "b")
    later = SnapshotStore(tmp_path)
    assert later.verify(later.snapshot_of("2025-04")) == ()
