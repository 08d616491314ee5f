"""Running mutations: what was read, what was refused in a sentence, what broke."""

from __future__ import annotations

import random
import signal
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from geodata.errors import GuatuError
from tests.fuzz.kinds import Kind

MOST_SECONDS = 60


@dataclass
class Outcome:
    """How the mutations of one kind ended; `broken` has the seed and the last lines of each failure.

    `slowest` is the longest in seconds, `memory` the most this process held after one, in MB.
    """

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0
    memory: float = 0.0


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer, on systems that can."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def late(number: int, frame: object) -> None:
        raise TimeoutError(f"over {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(kind: Kind, count: int, seed: int, *, start: int = 0) -> Outcome:
    """Return how `count` mutated files of a kind ended, the same for the same seed."""
    outcome = Outcome()
    whole = kind.whole()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(start, start + count):
            file = Path(folder) / kind.name
            file.write_bytes(kind.change(whole, random.Random(f"{seed}:{kind.name}:{number}")))
            started = time.monotonic()
            try:
                with _at_most(MOST_SECONDS):
                    kind.read(file)
                outcome.counts["read"] += 1
            except GuatuError as error:
                worded = all(error.sentence(lang) for lang in ("zh", "en"))
                outcome.counts["refused" if worded else "broken"] += 1
            except Exception:
                outcome.counts["broken"] += 1
                last = " / ".join(traceback.format_exc().strip().splitlines()[-3:])
                outcome.broken.append(f"{seed}:{number} {last}")
            outcome.slowest = max(outcome.slowest, time.monotonic() - started)
            outcome.memory = max(outcome.memory, psutil.Process().memory_info().rss / 1e6)
    return outcome
