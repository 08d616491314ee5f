"""Map pictures against GeoPandas' own plot, in one run: ``python -m tests.benchmarks.bench_briefing``.

For 79, 752 and 3,000 villages (or the numbers given): seconds of one picture of 8.4 x 5.6 inches
at 220 dots an inch, names, legend, scale and all, and of a plain GeoPandas plot of the same size.
With a workspace (``--deck FOLDER``): seconds and largest memory of a county deck with a page for
each township.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")

from dashboard.maps.paper import draw_map
from dashboard.maps.paper_sheet import PaperSheet
from geodata.atlas import Atlas, open_atlas
from geodata.cartography import draw_layer
from tests.benchmarks.bench_map import write_county

_TIMES = 3


def picture(atlas: Atlas) -> None:
    """Draw the map of a briefing."""
    layer = draw_layer(atlas, "poor_share", atlas.periods[-1], level="village")
    draw_map(atlas, layer, PaperSheet(lang="zh")).picture()


def naive(atlas: Atlas) -> None:
    """Draw the same polygons as the tutorials do, without a single name."""
    import matplotlib.pyplot as plt

    frame = atlas.geometry("village").join(atlas.frame("poor_share", atlas.periods[-1], "village"))
    figure, axes = plt.subplots(figsize=(8.4, 5.6), dpi=220)
    style = {"scheme": "FisherJenks", "missing_kwds": {"color": "lightgrey"}}
    frame.plot("value", ax=axes, legend=True, edgecolor="white", **style)
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)


def best(work, atlas: Atlas) -> float:
    """Return the best of a few seconds, the first time apart."""
    work(atlas)
    found = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        work(atlas)
        found.append(time.perf_counter() - start)
    return min(found)


def main(sizes: list[int]) -> None:
    """Print one line for each number of villages."""
    for villages in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_county(Path(folder), villages)
            atlas = open_atlas(folder)
            ours, theirs = best(picture, atlas), best(naive, atlas)
        print(
            f"{villages:>6} villages: {ours:.2f} s, plain {theirs:.2f} s, {ours / theirs:.2f} of it"
        )


def deck(workspace: str) -> None:
    """Print what a deck of the last month takes, made by the command in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--each", "township", "--out", str(Path(folder) / "deck.pptx")]
        command = [sys.executable, "-m", "dashboard", "briefing", workspace, *options]
        start = time.perf_counter()
        pid = os.posix_spawn(sys.executable, command, os.environ)
        used = os.wait4(pid, 0)[2]
        seconds = time.perf_counter() - start
    cpu = used.ru_utime + used.ru_stime
    print(f"deck: {seconds:.0f} s, {cpu:.0f} s of a core, {used.ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--deck"]:
        deck(sys.argv[2])
        sys.exit()
    main([int(size) for size in sys.argv[1:]] or [79, 752, 3000])
