"""Months of the invented county imported one after the other: seconds and memory of each, all tables.

Run: python -m tests.benchmarks.bench_months [COUNTY | HOUSEHOLDS] [MONTHS]. Each month runs in a process
of its own; memory is the highest of that process above its start, and of the processes it starts.
Printed are the ratio of the last month to the first, and MB for 1,000 households.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.benchmarks.peak import peak_memory


def main(county: str, months: int) -> None:
    """Print a line for each month, then the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(county)
        if county.isdigit():
            from geodata.sample.county import write_county

            place = Path(folder) / "county"
            write_county(place, villages=300, households=int(county), months=max(6, months), seed=7)
        names = sorted(one.name for one in (place / "raw").iterdir())[:months]
        runs = [_measured(place, month) for month in names]
    for month, run in zip(names, runs, strict=True):
        print(
            f"{month} {run['seconds']:6.1f} s {run['cpu']:6.1f} s CPU {run['memory']:6.0f} MB "
            f"(readers {run['readers']:.0f} MB) {run['households']:.0f} households"
        )
    few = max(1, len(runs) // 4)
    first, last = (sum(run["cpu"] for run in part) / few for part in (runs[:few], runs[-few:]))
    print(f"last {few} to first {few}: {last / first:.2f} of the CPU time")
    most = max(run["memory"] / run["households"] * 1000 for run in runs)
    print(f"at most {most:.1f} MB for 1,000 households")


def _measured(place: Path, month: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_months", "one", str(place), month]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    run: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return run


def _run(place: Path, month: str) -> None:
    import geodata.intake.importing as importing
    from geodata.config import read_config
    from geodata.themes import find_themes

    schema = find_themes(place).schema
    idle, start = psutil.Process().memory_info().rss, time.perf_counter()
    before = _cpu()
    result = importing.import_month(
        read_config(place), month, who="bench", at="2026-01-01T00:00:00", schema=schema
    )
    facts = {
        "seconds": time.perf_counter() - start,
        "cpu": _cpu() - before,
        "memory": (peak_memory() - idle) / 1e6,
        "readers": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
        "households": result.manifest.rows()["household"],
    }
    print(json.dumps(facts))


def _cpu() -> float:
    used = psutil.Process().cpu_times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        _run(Path(sys.argv[2]), sys.argv[3])
    else:
        main(sys.argv[1] if sys.argv[1:] else "60000", int(sys.argv[2]) if sys.argv[2:] else 6)
