"""Sessions on loopback: what they leave behind, fifty at once on the path, and a killed worker.

Run: python -m tests.benchmarks.bench_sessions WORKSPACE [--sequence 200] [--viewers 50]
[--minutes 10] [--workers 2] [--kill]. The workspace is copied first. Each viewer walks county,
township, village, list and card with a few seconds between two steps; everything is bounded in count and time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import statistics
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import HTTPStreamClosedError

from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.workspace import open_workspace
from tests.dashboard.server.served import FIRST, PASSWORD, Served, serve
from tests.headless import Ended, Viewer, address

NAME, THEME = "load", "/monitoring"
THINK = (2.0, 6.0)  # seconds that a person looks at a step
FORGOTTEN = 100  # seconds after which the server has dropped pages that nobody holds


@dataclass
class Tally:
    """What the viewers saw: seconds of each step by name, faults by kind, and pages cut off.

    `first` holds the traceback of the first fault of each kind, `at` the step each viewer is at.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    at: dict[int, str] = field(default_factory=dict)
    ended: int = 0

    def add(self, step: str, seconds: float) -> None:
        self.seconds.setdefault(step, []).append(seconds)

    def fault(self, step: str, fault: BaseException) -> None:
        """Count a fault by the step it stopped and its type."""
        kind = f"{step}: {type(fault).__name__}"
        self.faults[kind] += 1
        self.first.setdefault(kind, "".join(traceback.format_exception(fault)))

    def show(self) -> None:
        for step, found in self.seconds.items():
            p95 = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
            middle = statistics.median(found)
            print(f"  {step:<10} n={len(found):<6} median {middle:.3f} s  p95 {p95:.3f} s")
        print(f"  faults {self.faults.total()}, cut off {self.ended}", dict(self.faults))
        for kind, found in self.first.items():
            print(f"  first of {kind}\n{found}")


def memory(served: Served) -> float:
    """Return the resident memory of all workers in MB."""
    found = 0.0
    for pid in served.workers():
        status = Path(f"/proc/{pid}/status").read_text()
        found += int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
    return found


@dataclass(frozen=True)
class Load:
    """What the viewers share: the server, the cookie of their sign-in and the villages to look at."""

    served: Served
    cookie: str
    villages: list[str]


async def walk(load: Load, tally: Tally, until: float, seed: int) -> None:
    """Walk the path again and again in one page, until a time."""
    rng = random.Random(seed)
    await asyncio.sleep(rng.uniform(0, THINK[1]))
    began = time.perf_counter()
    viewer = await Viewer.open(load.served.port, at=THEME, cookie=load.cookie)
    tally.add("open", time.perf_counter() - began)
    village = ""
    while time.monotonic() < until:
        # The list of the same village again would change nothing on the page.
        village = rng.choice([one for one in load.villages if one != village])
        listed = {"query": address(place=village, side="households", everyone="1")}
        for step, part, message, shows in (
            ("township", "RankingList", {"type": "click", "key": village[:9]}, '"picture"'),
            ("village", "RankingList", {"type": "click", "key": village}, '"picture"'),
            ("list", "Address", listed, '"table"'),
            ("card", "TextTable", {}, '"open"'),
            ("back", "Address", {"query": address()}, '"picture"'),
        ):
            await asyncio.sleep(rng.uniform(*THINK))
            tally.at[seed] = step
            if step == "card":
                # Only rows have a mark; a village without households has none to open.
                rows = viewer.shown.count('"mark"')
                if not rows:
                    continue
                message = {"index": rng.randrange(min(rows, 8))}
            tally.add(step, await viewer.click(part, message, shows=shows))
    await viewer.close()


async def watched(load: Load, tally: Tally, until: float, seed: int) -> None:
    """Walk; open the page again after it was cut off, and note what else went wrong."""
    while time.monotonic() < until:
        tally.at[seed] = "open"
        try:
            await walk(load, tally, until, seed)
        except (
            Ended,
            StreamClosedError,
            HTTPStreamClosedError,
        ):  # the worker has gone, as a killed one does
            tally.ended += 1
        except Exception as fault:  # every fault counts, whatever it is
            tally.fault(tally.at[seed], fault)
            return


async def in_sequence(load: Load, count: int) -> None:
    """Open and leave one page after another."""
    for _ in range(count):
        viewer = await Viewer.open(load.served.port, at=THEME, cookie=load.cookie)
        await viewer.close()


async def at_once(load: Load, viewers: int, minutes: float, kill: bool) -> None:
    """Let all walk at the same time; print what they waited for and the memory they take."""
    tally, before = Tally(), memory(load.served)
    until = time.monotonic() + 60 * minutes
    walks = [asyncio.create_task(watched(load, tally, until, seed)) for seed in range(viewers)]
    victim = load.served.workers()[0]
    await asyncio.sleep(60 * minutes * 0.6)
    held = memory(load.served)
    if kill:
        os.kill(victim, signal.SIGKILL)
        print(f"killed {victim} of {load.served.workers()}", flush=True)
    await asyncio.gather(*walks)
    print(f"{viewers} viewers, {minutes:g} minutes, {len(load.served.workers())} workers")
    tally.show()
    print(f"  memory {before:.0f} MB before, {(held - before) / viewers:.2f} MB for each viewer")
    if kill:
        now = load.served.workers()
        print(f"  {victim} {'is still there' if victim in now else 'is gone'}, now {now}")
    await asyncio.sleep(FORGOTTEN)
    print(f"  after all have left {memory(load.served):.0f} MB")


async def run(load: Load, chosen: argparse.Namespace) -> None:
    """Run the sequence, then all at once."""
    if chosen.sequence:
        await in_sequence(load, 20)  # what every process needs once
        await asyncio.sleep(FORGOTTEN)
        before = memory(load.served)
        began = time.perf_counter()
        await in_sequence(load, chosen.sequence)
        each = (time.perf_counter() - began) / chosen.sequence
        await asyncio.sleep(FORGOTTEN)
        after = memory(load.served)
        share = f"{100 * (after / before - 1):+.1f} %"
        print(f"{chosen.sequence} sessions in sequence, {each:.2f} s each: ", end="")
        print(f"{before:.0f} MB -> {after:.0f} MB ({share})", flush=True)
    if chosen.viewers:
        await in_sequence(load, 4 * chosen.workers)
        await at_once(load, chosen.viewers, chosen.minutes, chosen.kill)


def main() -> None:
    """Serve a copy of the workspace with one account and run what was chosen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    for name, usual in (("sequence", 200), ("viewers", 50), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kill", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "county"
        shutil.copytree(chosen.workspace, copy)
        guard = open_guard(copy)
        county = open_workspace(copy)
        now, code = guard.trail.clock(), county.setup.config.county.code
        guard.accounts.add(Actor(NAME, "leader", (code,)), FIRST, by="bench", now=now)
        guard.accounts.set_password(NAME, PASSWORD, by=NAME, now=now)
        places = open_atlas(copy).places
        with serve(copy, "--workers", str(chosen.workers)) as served:
            token = served.browser(NAME).cookies["guatu_session"]
            villages = list(places.index[places["level"] == "village"])
            asyncio.run(run(Load(served, f"guatu_session={token}", villages), chosen))
        found = guard.trail.verify()
        print(f"audit: {found.records} records, whole: {found.whole}")
        guard.trail.database.close()


if __name__ == "__main__":
    main()
