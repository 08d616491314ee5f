"""Work in a process of its own: plain answers come back, what goes too far ends that process alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.isolated import StoppedError, run_isolated
from tests.conftest import ROOT

HERE = __name__


def shapes(count: int) -> dict[str, Any]:
    """Return arrays as drivers give them."""
    return {
        "wkb": np.array([b"x" * 9, None], dtype=object),
        "numbers": np.arange(count, dtype=float),
        "days": np.array(["2025-01-01"], dtype="datetime64[ms]"),
        "pid": os.getpid(),
    }


def hungry() -> int:
    """Ask for more memory than there may be."""
    return len(bytearray(10**9))


def busy() -> None:
    """Never end, with the processor."""
    while True:
        pass


def asleep() -> None:
    """Never end, without it."""
    time.sleep(100)


def aborted() -> None:
    """End as a library of another language does."""
    os.abort()


def foreign() -> Any:
    """Return what is no plain value."""
    return os.system


def test_plain_values_and_arrays_come_back_from_another_process():
    given = run_isolated(f"{HERE}:shapes", 5, seconds=5)
    assert given["wkb"].tolist() == [b"x" * 9, None]
    assert given["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert given["days"].dtype == "datetime64[ms]"
    assert given["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("work", "reason", "seconds"),
    [("hungry", "memory", 5), ("busy", "time", 1), ("asleep", "time", 1), ("aborted", "ended", 5)],
)
def test_work_that_goes_too_far_is_stopped_and_the_next_is_done(work, reason, seconds):
    started = time.monotonic()
    with pytest.raises(StoppedError) as stopped:
        run_isolated(f"{HERE}:{work}", seconds=seconds, memory=300_000_000)
    assert stopped.value.reason == reason
    assert time.monotonic() - started < 30
    assert run_isolated(f"{HERE}:shapes", 1, seconds=5)["numbers"].tolist() == [0]


def test_what_is_no_plain_value_is_not_taken():
    with pytest.raises(StoppedError):
        run_isolated(f"{HERE}:foreign", seconds=5)


def test_an_answer_larger_than_a_pipe_comes_whole():
    assert len(run_isolated(f"{HERE}:shapes", 3_000_000, seconds=20)["numbers"]) == 3_000_000


def _descendants(pid: int) -> set[int]:
    children = {
        int(child)
        for tasks in Path(f"/proc/{pid}/task").glob("*/children")
        for child in tasks.read_text().split()
    }
    return children.union(*map(_descendants, children))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


SHARING = """
import time
from geodata.isolated import process_pool
if __name__ == "__main__":
    with process_pool(2) as pool:
        for done in [pool.submit(time.sleep, seconds) for seconds in (0, 0, 0, 0, 300, 300)][:4]:
            done.result()
        print("busy", flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_processes_that_share_work_end_with_the_one_that_started_them(how, tmp_path):
    (tmp_path / "sharing.py").write_text(SHARING, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "sharing.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"busy\n"
        started = _descendants(parent.pid)
        assert len(started) >= 2
        parent.send_signal(how)
    until = time.monotonic() + 30
    while any(map(_alive, started)) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in started if _alive(pid)] == []


def test_every_pool_of_processes_is_made_here():
    elsewhere = [
        file.name
        for room in ("geodata", "dashboard")
        for file in (ROOT / room).rglob("*.py")
        if "ProcessPoolExecutor(" in file.read_text(encoding="utf-8")
    ]
    assert elsewhere == ["isolated.py"]
