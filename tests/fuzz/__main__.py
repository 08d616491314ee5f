"""``python -m tests.fuzz [--count N] [--start N] [--seed N] [KIND ...]``: mutate files and read them."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.kinds import KINDS
from tests.fuzz.running import run


def main() -> None:
    """Print one line for each kind; leave with 1 when anything broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first mutation")
    asked = parser.parse_args()
    broken = False
    for name in asked.kinds or KINDS:
        outcome = run(KINDS[name], asked.count, asked.seed, start=asked.start)
        counts = " ".join(f"{what} {n}" for what, n in sorted(outcome.counts.items()))
        print(
            f"{name}: {counts}; slowest {outcome.slowest:.1f} s; {outcome.memory:.0f} MB",
            flush=True,
        )
        for line in outcome.broken[:5]:
            print(f"  {line}")
        broken = broken or bool(outcome.broken)
    sys.exit(broken)


if __name__ == "__main__":
    main()
