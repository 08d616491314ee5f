"""A month of many households built by DuckDB and by a little Spark cluster: time, memory, bytes.

Run: python -m tests.benchmarks.bench_scale COUNTY HOUSEHOLDS [MONTHS [ENGINES [EXECUTOR_MEMORY]]].
COUNTY is a workspace with imported months; its rows are laid side by side, each copy a county of its
own, until there are as many households. ENGINES is duckdb,spark. Printed for each month (the last
MONTHS) are seconds, seconds of CPU of all processes, the highest memory of the driver and of each
worker, the bytes written and the load of the machine, then whether both engines gave the same rows.
CPU seconds are what may be compared: other programs may share the machine.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import psutil

from geodata.config import SparkSettings
from geodata.store import HistoryEntry, Manifest, SnapshotStore, StoredFile, table_files
from geodata.store.checksums import digest_of
from geodata.store.cluster import SECRET
from geodata.store.snapshots import MANIFEST, SNAPSHOTS, write_history
from geodata.workspace import open_workspace
from geodata.workspace.building import compute_month
from tests.little_cluster import LittleCluster

# What names somebody or something: each copy has its own.
_NAMES = re.compile(r"(_code|_number|_id)$")
_MB = 1 << 20


def main(county: Path, households: int, months: int, engines: list[str], memory: str) -> None:
    """Print a line for each month and engine."""
    with tempfile.TemporaryDirectory(dir=county.parent) as held:
        copied = Path(held) / "county"
        count = enlarge(county, copied, households, months)
        chosen = SnapshotStore(copied / "store").months()[-months:]
        size = sum(one.stat().st_size for one in (copied / "store").rglob("*.parquet"))
        print(f"{count} households, {len(chosen)} months, {size / _MB:.0f} MB of snapshots")
        print("engine   month     s   CPU s  driver MB  worker MB  written MB  load")
        for engine in engines:
            if engine == "duckdb":
                _measure(copied, engine, chosen, None)
                continue
            os.environ[SECRET] = "of a benchmark"
            offered = f"{int(memory[:-1]) + 1}{memory[-1]}"
            with LittleCluster(Path(held) / "cluster", memory=offered) as cluster:
                settings = replace(cluster.settings(), memory=memory)
                _measure(copied, engine, chosen, settings)
        if len(engines) > 1:
            for month in chosen:
                print(month, "equal" if _equal(copied, month) else "NOT EQUAL", flush=True)


def enlarge(county: Path, copied: Path, households: int, months: int) -> int:
    """Write a workspace with as many copies of a county's rows as make `households`; returns how many.

    Kept are the snapshots that the last `months` read.
    """
    code = open_workspace(county).setup.config.county.code
    store = SnapshotStore(county / "store")
    copied.mkdir()
    (copied / "guatu.toml").write_bytes((county / "guatu.toml").read_bytes())
    shutil.copytree(county / "parameters", copied / "parameters")
    # The values of the county hold for its copies.
    for file in (copied / "parameters").rglob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(f'"{code}"', f'"{code[:2]}"')
        file.write_text(text, encoding="utf-8")
    run = duckdb.connect()
    last = store.files(store.snapshot_of(store.months()[-1]), "household")
    own = run.execute("SELECT COUNT(*) FROM read_parquet(?)", [[*map(str, last)]]).fetchall()[0][0]
    copies = max(1, round(households / own))
    history = []
    for month in store.months()[-months - 24 :]:
        snapshot = store.snapshot_of(month)
        known = store.manifest(snapshot)
        folder = copied / "store" / SNAPSHOTS / snapshot
        files = []
        for stored in known.files:
            target = folder / stored.path
            target.parent.mkdir(parents=True, exist_ok=True)
            source = store.folder / SNAPSHOTS / snapshot / stored.path
            _copy(run, source, target, code, copies)
            size, rows = target.stat().st_size, stored.rows * copies
            files.append(StoredFile(stored.path, stored.table, rows, size, digest_of(target)))
        manifest = replace(known, files=tuple(files))
        (folder / MANIFEST).write_bytes(manifest.content())
        history.append(_entry(manifest))
    write_history(copied / "store", history)
    return own * copies


def _entry(manifest: Manifest) -> HistoryEntry:
    one = manifest
    return HistoryEntry(one.snapshot, one.month, "import", one.who, one.at, one.digest())


def _copy(
    run: duckdb.DuckDBPyConnection, source: Path, target: Path, code: str, copies: int
) -> None:
    """Write the rows of a file once for each copy: places in a county of their own, names with a number."""
    read = f"read_parquet('{source}', hive_partitioning=false)"
    columns = run.execute(f"SELECT * FROM {read} LIMIT 0").description
    changed, names = [], [name for name, *_ in columns]
    for name, kind in ((f'"{name}"', str(kind)) for name, kind, *_ in columns):
        if kind != "VARCHAR":
            continue
        place = f"printf('99%04d', k) || substr({name}, 7)"
        named = f"{name} || '-' || k" if _NAMES.search(name.strip('"')) else name
        value = f"CASE WHEN {name} LIKE '{code}%' THEN {place} ELSE {named} END"
        changed.append(f"{value} AS {name}")
    replaced = f"REPLACE ({', '.join(changed)})" if changed else ""
    order = " ORDER BY place_code" if "place_code" in names else ""
    run.execute(
        f"COPY (SELECT * EXCLUDE (k) {replaced} FROM {read}, range(1, {copies + 1}) AS copies(k)"
        f"{order}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
    )


class _Watched:
    """Highest memory and CPU seconds of this process's children by kind, looked at as they run."""

    def __init__(self) -> None:
        self.peak: dict[str, int] = {}
        self._spent: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """Return the seconds of CPU of all children since the start."""
        self._ended.set()
        self._thread.join()
        return sum(self._spent.values()) - self._before

    def _watch(self) -> None:
        self._look()
        self._before = sum(self._spent.values())
        while not self._ended.wait(0.25):
            self._look()
        self._look()

    def _look(self) -> None:
        driver = 0
        for one in psutil.Process().children(recursive=True):
            try:
                words, times = one.cmdline(), one.cpu_times()
                memory = one.memory_info().rss
            except psutil.Error:
                continue
            self._spent[one.pid] = times.user + times.system
            kind = next((word for word in words if "CoarseGrainedExecutor" in word), "")
            if kind:
                self.peak["worker"] = max(self.peak.get("worker", 0), memory)
            elif not any("spark.deploy.master" in w or "spark.deploy.worker" in w for w in words):
                driver += memory
        self.peak["driver"] = max(self.peak.get("driver", 0), driver)


def _measure(
    county: Path, engine: str, months: tuple[str, ...], spark: SparkSettings | None
) -> None:
    told = json.dumps(asdict(spark)) if spark else ""
    for month in months:
        watched, start = _Watched(), time.monotonic()
        command = [sys.executable, "-m", __spec__.name, "--build", str(county), engine, month, told]
        subprocess.run(command, check=True)
        seconds, spent = time.monotonic() - start, watched.stop()
        folder = _built(county, engine, month)
        size = sum(one.stat().st_size for one in folder.rglob("*.parquet"))
        driver, worker = (watched.peak.get(kind, 0) / _MB for kind in ("driver", "worker"))
        print(
            f"{engine:8} {month} {seconds:6.1f} {spent:7.1f} {driver:10.0f} {worker:10.0f}"
            f" {size / _MB:11.1f} {os.getloadavg()[0]:5.1f}",
            flush=True,
        )


def _built(county: Path, engine: str, month: str) -> Path:
    return county / "store" / "built" / f"{engine}-{month}"


def _build(county: Path, engine: str, month: str, told: str) -> None:
    setup = open_workspace(county).setup
    if told:
        spark = SparkSettings(**json.loads(told))
        setup = replace(setup, config=replace(setup.config, spark=spark))
    folder = _built(county, engine, month)
    folder.mkdir(parents=True)
    compute_month(setup, month, folder, engine=engine)


def _equal(county: Path, month: str) -> bool:
    """Return whether both engines wrote the same rows; fractions to nine digits."""
    run, equal = duckdb.connect(), True
    first, second = (_built(county, engine, month) for engine in ("duckdb", "spark"))
    for name in sorted(one.stem for one in first.iterdir()):
        sides = []
        for folder in (first, second):
            files = [str(file) for file in table_files(folder, name)]
            read = f"read_parquet({files!r}, hive_partitioning=false)"
            columns = run.execute(f"SELECT * FROM {read} LIMIT 0").description
            told = ", ".join(
                f"printf('%.9g', {n}) AS {n}" if str(kind) == "DOUBLE" else n
                for n, kind, *_ in columns
            )
            sides.append(f"SELECT {told} FROM {read}")
        differing = run.execute(
            f"SELECT COUNT(*) FROM (({sides[0]} EXCEPT ALL {sides[1]})"
            f" UNION ALL ({sides[1]} EXCEPT ALL {sides[0]}))"
        ).fetchall()[0][0]
        if differing:
            print(f"{month} {name}: {differing} rows differ")
            equal = False
    return equal


if __name__ == "__main__":
    if sys.argv[1] == "--build":
        _build(Path(sys.argv[2]), *sys.argv[3:6])
    else:
        given = [*sys.argv[1:], *("", "60000", "1", "duckdb,spark", "1g")[len(sys.argv) - 1 :]]
        main(Path(given[0]), int(given[1]), int(given[2]), given[3].split(","), given[4])
