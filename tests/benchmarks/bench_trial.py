"""How soon a trial of an uploaded month tells its first fault, and when it is done.

Run: python -m tests.benchmarks.bench_trial COUNTY MONTH. The files of a month of a county are brought
as the page of imports brings them, with an error of a formula in the list of households, and tried by
the command that the page runs; nothing is stored.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

from geodata.config import read_config
from geodata.intake.delivery import delivered_files
from geodata.intake.incoming import drop_files, keep_files, progress_of

AT = "2026-01-01T00:00:00+08:00"


def main(county: Path, month: str) -> None:
    """Print the seconds to the first step that the page shows, to the first fault, and to the end."""
    config = read_config(county)
    files = [
        (file.name, _spoilt(file.read_bytes()) if "户信息" in file.name else file.read_bytes())
        for file in delivered_files(config.raw / month)
    ]
    upload = keep_files(config, month, files, by="bench", at=AT, whole=True)
    command = [sys.executable, "-m", "dashboard", "import", str(county), "--month", month]
    command += ["--incoming", upload.key, "--dry-run", "--json"]
    started, seen = time.perf_counter(), dict[str, tuple[float, float]]()
    whole = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as trial:
        while trial.poll() is None:
            progress = progress_of(county, upload.key)
            for name, there in (("step", progress.get("done")), ("fault", progress.get("issues"))):
                if there:
                    seen.setdefault(name, (time.perf_counter() - started, _cpu(trial.pid)))
            time.sleep(0.05)
            whole = _cpu(trial.pid) or whole
    drop_files(county, upload)
    for name, told in (("step", "first step"), ("fault", "first fault")):
        seconds, cpu = seen.get(name, (float("nan"), float("nan")))
        print(f"{told}: {seconds:.1f} s, {cpu:.1f} s CPU")
    print(f"whole trial: {time.perf_counter() - started:.1f} s, {whole:.1f} s CPU")


def _cpu(pid: int) -> float:
    """Return what a process has used of the processor, 0 once it has ended."""
    try:
        used = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return used.user + used.system


def _spoilt(content: bytes) -> bytes:
    """Return a table in which a number of the last row is the error of a formula."""
    lines = content.splitlines(keepends=True)
    cells = lines[-1].rstrip(b"\r\n").split(b",")
    numbers = [at for at, cell in enumerate(cells) if cell.strip(b'"').isdigit() and len(cell) < 8]
    cells[numbers[-1]] = b"#REF!"
    return b"".join(lines[:-1]) + b",".join(cells) + b"\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
