"""CPU of the server for each step of one viewer, which is the same on a busy machine.

Run: python -m tests.benchmarks.bench_steps WORKSPACE [--rounds 8]. The workspace is copied and served by one
process; after each step the benchmark waits until the server is quiet, so that charts which
follow later are counted with the step. Prints the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from geodata.access import Actor, open_guard
from geodata.atlas import Atlas, open_atlas
from tests.dashboard.server.served import FIRST, PASSWORD, serve
from tests.headless import Viewer, address

NAME = "steps"
THEMES = ("monitoring", "water")
# Seconds without work after which a step has come to its end, and the share of it that is no work.
QUIET, IDLE = 0.4, 0.02


def spent(pid: int) -> float:
    """Return the seconds of CPU of all threads of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


async def settled(pid: int) -> float:
    """Wait until a process has nothing to do, and return the seconds of CPU it took so far."""
    before = spent(pid)
    while True:
        await asyncio.sleep(QUIET)
        now = spent(pid)
        if now - before < QUIET * IDLE:
            return now
        before = now


async def walk(port: int, pid: int, cookie: str, atlas: Atlas, rounds: int) -> None:
    """Take every step as often as asked, and print what each took."""
    found: dict[str, list[float]] = defaultdict(list)
    levels = {level: list(atlas.places_in(None, level)) for level in atlas.levels}
    shown = {"view": "map", "theme": THEMES[0]}
    months = atlas.periods

    for number in range(rounds):
        before = await settled(pid)
        whole = await Viewer.open(port, cookie=cookie)
        after = await settled(pid)
        found["overview"].append(after - before)
        await whole.close()
        before = await settled(pid)
        viewer = await Viewer.open(port, address(**shown), cookie=cookie)
        found["open"].append(await settled(pid) - before)
        village = levels[atlas.lowest][number * 7 % len(levels[atlas.lowest])]
        township = atlas.path(village)[-2]
        listed = shown | {"place": village, "side": "households"}
        steps = (
            ("township", "Address", {"query": address(**shown, place=township)}),
            ("village", "Address", {"query": address(**shown, place=village)}),
            ("list", "Address", {"query": address(**listed)}),
            ("card", "TextTable", {"index": number % 8}),
            ("back", "Address", {"query": address(**shown)}),
            ("month", "Address", {"query": address(**shown, period=months[-2 - number % 3])}),
            ("theme", "Address", {"query": address(**shown | {"theme": THEMES[1]})}),
            ("reasons", "Address", {"query": address(**shown, place=township, side="why")}),
        )
        for name, part, message in steps:
            before = await settled(pid)
            await viewer.send(part, message)
            found[name].append(await settled(pid) - before)
            viewer.take()
        await viewer.close()
    for name, seconds in found.items():
        first, middle = 1000 * seconds[0], 1000 * statistics.median(seconds[1:] or seconds)
        print(f"  {name:<10} first {first:7.0f} ms   then {middle:7.1f} ms CPU")


def main() -> None:
    """Serve a copy of the workspace with one account and walk."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--rounds", type=int, default=8)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "county"
        shutil.copytree(chosen.workspace, copy)
        guard, atlas = open_guard(copy), open_atlas(copy)
        now, code = guard.trail.clock(), atlas.places.index[0]
        guard.accounts.add(Actor(NAME, "leader", (code,)), FIRST, by="bench", now=now)
        guard.accounts.set_password(NAME, PASSWORD, by=NAME, now=now)
        guard.trail.database.close()
        with serve(copy) as served:
            cookie = f"guatu_session={served.browser(NAME).cookies['guatu_session']}"
            (pid,) = served.workers()
            asyncio.run(walk(served.port, pid, cookie, atlas, chosen.rounds))


if __name__ == "__main__":
    main()
