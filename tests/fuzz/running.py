"""Running mutations: what was read, what was refused in a sentence, what broke."""

from __future__ import annotations

import random
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from geodata.errors import GuatuError
from tests.fuzz.kinds import Kind


@dataclass
class Outcome:
    """How the mutations of one kind ended; `broken` has the seed and the last lines of each failure."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


def run(kind: Kind, count: int, seed: int) -> Outcome:
    """Return how `count` mutated files of a kind ended, the same for the same seed."""
    outcome = Outcome()
    whole = kind.whole()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            file = Path(folder) / kind.name
            file.write_bytes(kind.change(whole, random.Random(f"{seed}:{kind.name}:{number}")))
            started = time.monotonic()
            try:
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
    return outcome
