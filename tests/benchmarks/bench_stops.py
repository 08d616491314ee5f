"""``python -m tests.benchmarks.bench_stops [COUNT]``: servers stopped at any moment, by a seed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.dashboard.server.served import make_folder, serve
from tests.dashboard.server.test_stopping import WITHIN, load, processes


def stopped(folder: Path, seed: int) -> tuple[str, float, int]:
    """Return how a server was stopped, the seconds it took, and how many processes were left."""
    chance = random.Random(seed)
    workers, group = chance.choice((1, 2, 4)), chance.random() < 0.5
    busy = chance.random() < 0.5
    told = f"{workers} workers, {'group' if group else 'parent'}, {'load' if busy else 'idle'}"
    started = serve(folder, "--workers", str(workers))
    with started as served, load(served) if busy else contextlib.nullcontext():
        time.sleep(chance.uniform(0, 3))
        those = processes(served)
        begun = time.monotonic()
        (os.killpg if group else os.kill)(served.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            served.process.wait(WITHIN + 5)
        rest = max(WITHIN + 5 - (time.monotonic() - begun), 0)
        _, left = psutil.wait_procs(those, timeout=rest)
        seconds = time.monotonic() - begun
    return told, seconds, len(left)


def main(count: int) -> int:
    late = 0
    longest = 0.0
    with tempfile.TemporaryDirectory() as held:
        folder = make_folder(Path(held) / "served")
        for seed in range(count):
            told, seconds, left = stopped(folder, seed)
            longest = max(longest, seconds)
            late += seconds >= WITHIN or left > 0
            print(f"{seed:4} {told:28} {seconds:5.1f} s, {left} left", flush=True)
    print(f"{count - late} of {count} in time, longest {longest:.1f} s")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
