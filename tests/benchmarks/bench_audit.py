"""``python -m tests.benchmarks.bench_audit [COUNT]``: manipulations of the audit, and how many are found."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.geodata.access.manipulations import Audited, manipulate


def main(count: int) -> int:
    done: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        audited = Audited(Path(folder))
        assert not audited.is_found(), "an audit that nobody touched must be whole"
        for seed in range(count):
            name = manipulate(audited, seed)
            done[name] += 1
            if not audited.is_found():
                missed[name] += 1
                print(f"not found: seed {seed}, {name}")
    for name, number in sorted(done.items()):
        print(f"{name:30} {number - missed[name]:5} of {number}")
    print(f"found {count - missed.total()} of {count}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
