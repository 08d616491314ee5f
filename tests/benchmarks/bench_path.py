"""The path to a household: list page, search and card in process, each against the naive way.

    python -m tests.benchmarks.bench_path COUNTY [COUNTY ...]

Each COUNTY is a built workspace, such as `guatu sample` with `guatu import` and `guatu build` makes
(3,200 and 60,000 households). Prints p50, p95 and the ratio to reading all rows of the county into
pandas, masking, sorting and paging there, in the same run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from dashboard.session.people import SORTS, People
from dashboard.session.state import State
from geodata.access import EVERYWHERE, Actor, Request, mask_names, open_guard
from geodata.access._rows import month_tables
from geodata.atlas import open_atlas
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.month_tables import month_source

TIMES = 30


def measured(name: str, call: Callable[[int], object], naive: float) -> None:
    """Print p50 and p95 of a call, and how many times faster than the naive way its median is."""
    found = []
    for number in range(TIMES):
        start = time.perf_counter()
        call(number)
        found.append(time.perf_counter() - start)
    middle, slow = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    ratio = f"{naive / middle:6.1f}x" if naive else ""
    print(f"  {name:24s} p50 {middle * 1000:7.1f} ms   p95 {slow * 1000:7.1f} ms   {ratio}")


def naive_page(county: Workspace) -> float:
    """Return the seconds of one page the naive way: all rows, masked and sorted in pandas."""
    read = month_tables(month_source(county.setup, county.month().built)).read
    found = []
    for _ in range(3):
        start = time.perf_counter()
        households = read(Request("household"), ("",))
        features = read(Request("monitoring_household"), ("",))
        flags = read(Request("flags"), ("",))
        households["head_name"] = mask_names(households["head_name"])
        score = flags.groupby("household_code").size().rename("score")
        joined = households.merge(features, on="household_code").join(score, on="household_code")
        joined.sort_values(["score", "household_code"], ascending=[False, True]).head(20)
        found.append(time.perf_counter() - start)
    return min(found)


def run(folder: Path) -> None:
    """Print the figures of one county."""
    county = open_workspace(folder)
    state = State(open_atlas(folder), "", themes=county.setup.themes)
    people = People(state, county, Actor("bench", "leader", (EVERYWHERE,)), open_guard(folder))
    county.warm()
    print(f"{folder.name}: {people.listed.total:,} households")
    naive = naive_page(county)
    print(f"  the naive way            {naive * 1000:11.1f} ms")
    pages = people.pages

    def page(number: int) -> object:
        people.param.update(sort=SORTS[number % len(SORTS)])
        people.page = (number * 7) % pages
        return people.rows

    def search(number: int) -> object:
        people.search = ("9", "张", "王小明", "00", "88")[number % 5] + str(number // 5 or "")
        return people.rows

    def card(number: int) -> object:
        people.household = codes[number % len(codes)]
        return people.content()

    measured("list page", page, naive)
    measured("search", search, naive)
    people.search = ""
    codes = list(people.rows.index)
    measured("card", card, 0)
    measured("why", lambda number: people.why, 0)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        run(Path(name))
