"""Map pictures against GeoPandas' own plot, in one run: ``python -m tests.benchmarks.bench_briefing``.

For 79, 752 and 3,000 villages (or the numbers given): seconds of one picture of 8.4 x 5.6 inches
at 220 dots an inch, names, legend, scale and all, and of a plain GeoPandas plot of the same size.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")

from dashboard.maps.paper import Sheet, draw_map
from geodata.atlas import Atlas, open_atlas
from geodata.cartography import draw_layer
from tests.benchmarks.bench_map import write_county

_TIMES = 3


def picture(atlas: Atlas) -> None:
    """Draw the map of a briefing."""
    layer = draw_layer(atlas, "poor_share", atlas.periods[-1], level="village")
    draw_map(atlas, layer, Sheet(lang="zh")).picture()


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


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [79, 752, 3000])
