"""Imports killed at random moments: no month lost, none half, and the next import works.

Run: python -m tests.benchmarks.bench_kills [KILLS] [SEED]. A small sample county is imported for one
month; then imports of the next month are killed by SIGKILL after random waits up to the length of
one import, while a reader process opens the store again and again.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from geodata.config import read_config
from geodata.intake.importing import import_month
from geodata.store import SnapshotStore

IMPORT = """
import sys
from geodata.config import read_config
from geodata.intake.importing import import_month
config = read_config(sys.argv[1])
print("ready", flush=True)
while True:
    import_month(config, sys.argv[2], who="killed", at="now")
    print("done", flush=True)
"""
READ = """
import sys
from pathlib import Path
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month
reads = torn = 0
try:
    while True:
        store = SnapshotStore(Path(sys.argv[1]))
        for month in store.months():
            with DuckDBEngine() as engine:
                add_month(engine, store, month, names=["household", "person", "ledger"])
                counts = [int(engine.frame(f"SELECT COUNT(*) AS n FROM {t}").loc[0, "n"]) for t in ("household", "person")]
                rows = store.manifest(store.snapshot_of(month)).rows()
                reads += 1
                torn += counts != [rows["household"], rows["person"]]
except KeyboardInterrupt:
    print(reads, torn)
"""


def main(kills: int, seed: int) -> None:
    """Print kills, finished imports among them, faults found and reads done meanwhile."""
    from geodata.sample.county import write_county

    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        county = write_county(
            Path(folder) / "county", villages=24, households=960, months=6, seed=3
        )
        config = read_config(county)
        start = time.perf_counter()
        import_month(config, "2025-07", who="clerk", at="now")
        length = time.perf_counter() - start
        before = SnapshotStore(config.store).history.snapshots["2025-07-001"]
        reader = subprocess.Popen(
            [sys.executable, "-c", READ, str(config.store)], stdout=subprocess.PIPE, text=True
        )
        faults = lost = 0
        for _ in range(kills):
            _kill_one(county, rng.uniform(0, 1.5 * length))
            store = SnapshotStore(config.store)
            faults += sum(
                len(store.verify(name))
                for name in {entry.snapshot for entry in store.history.current.values()}
            )
            lost += store.history.snapshots.get("2025-07-001") != before
        reader.send_signal(2)
        reads, torn = reader.communicate()[0].split()
        manifest = import_month(config, "2025-08", who="clerk", at="now").manifest
        print(f"{kills} kills within 0 to {1.5 * length:.1f} s of the start of an import")
        print(f"{int(manifest.snapshot[8:]) - 1} imports had finished before their kill")
        print(
            f"faults in what months show: {faults}; months lost: {lost}; next import: {manifest.snapshot}"
        )
        print(f"reads meanwhile: {reads}, torn: {torn}")


def _kill_one(county: Path, wait: float) -> None:
    command = [sys.executable, "-c", IMPORT, str(county), "2025-08"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        process.stdout.readline()
        time.sleep(wait)
        process.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100, int(sys.argv[2]) if sys.argv[2:] else 7)
