"""Work in a process of its own: plain answers come back, what goes too far ends that process alone."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pytest

from geodata.isolated import StoppedError, run_isolated

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
