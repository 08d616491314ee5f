"""The map against HoloViews polygons in Panel, in one run: ``python -m tests.benchmarks.bench_map``.

For 752 and 3,000 villages (or the numbers given; above 3,000 places of a grid without HoloViews): bytes and seconds to the first map in headless
Chromium with an empty cache, bytes and seconds of a period switch. Every page is a slider over a
map of one figure; "page" is the whole page of the app with ranking, trend and headline.
`coloured_s` is filmed: seconds from the begin of the answer to the first frame in which the places
have the colours that they have in the end, `painted_s` to the living map; `switch_coloured_s` likewise
from a key to the colours of another period. `answer_cpu_s` is what the server spends on one answer that
comes after another, `answer_bytes` what it weighs compressed; `atlas_s`, `atlas_cpu_s` and `atlas_mb` what
writing the atlas takes. The page is served as `guatu serve` does, and what comes over its live connection
is counted as the server packs it.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from geodata.atlas import Atlas, open_atlas, write_atlas
from geodata.sample.places import make_places
from tests.benchmarks.invented_grid import grid_of
from tests.browser.conftest import FLAGS
from tests.invented import LEVELS, RATE, GridTree, grid_values

KINDS = ("map", "page", "holoviews")
# When the answer began: on the clock of all, and in seconds of the page.
_BEGAN = """(() => {
  const {responseStart} = performance.getEntriesByType("navigation")[0]
  return [(performance.timeOrigin + responseStart) / 1000, responseStart / 1000]
})()"""
# Borders that follow a relief are made of so many villages at most; above, polygons of a grid.
MOST_TRUE = 3000
PATIENCE = 240_000  # milliseconds; the naive way takes long on a busy machine


def write_county(folder: Path, villages: int) -> None:
    """Write the atlas of an invented county: with true village borders, or of a grid where they are many."""
    if villages > MOST_TRUE:
        tree = grid_of(villages)
        _write(folder, tree, _figures(tree))
        return
    frame = make_places(villages, max(villages // 75, 1), 7).villages.set_index("code")
    towns = frame.drop_duplicates("township_code")
    code = frame["county_code"].iloc[0]
    rows = [(code, "county", frame["county"].iloc[0], None)]
    rows += [(t.township_code, "township", t.township, code) for t in towns.itertuples(index=False)]
    rows += [(v.Index, "village", v.name, v.township_code) for v in frame.itertuples()]
    places = pd.DataFrame(rows, columns=["key", "level", "name", "parent"]).set_index("key")
    tree = GridTree(places, frame[["geometry"]], LEVELS)
    values = grid_values(tree)
    _write(folder, tree, values[values["indicator"] == "poor_share"])


def _write(folder: Path, tree: GridTree, values: pd.DataFrame) -> None:
    write_atlas(folder, title="县", tree=tree, values=values, indicators=[RATE], join={}, source={})


def _figures(tree: GridTree) -> pd.DataFrame:
    draw, keys = np.random.default_rng(1), tree.squares.index
    frames = [
        pd.DataFrame({"place": keys, "period": period, "indicator": RATE.key, "denominator": 100.0})
        for period in ("2023", "2024", "2025")
    ]
    values = pd.concat(frames, ignore_index=True)
    return values.assign(numerator=draw.integers(1, 40, len(values)).astype(float))


def written(folder: Path, villages: int) -> dict[str, float]:
    """Write a county in a process of its own; returns seconds, seconds of CPU and memory (MB)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.bench_map", "--write", str(folder)]
    subprocess.run([*command, str(villages)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    spent = {"atlas_s": time.perf_counter() - began, "atlas_cpu_s": cpu}
    return spent | {"atlas_mb": after.ru_maxrss / 1024}


def serve(kind: str, folder: Path, port: int) -> None:
    """Serve one kind of page until killed."""
    import panel as pn

    from dashboard.server.geometry import GeometryFiles
    from dashboard.server.serve import atlas_server
    from dashboard.server.serving import Serving, run_server

    atlas = open_atlas(folder)
    files = GeometryFiles(atlas)
    if kind == "page":
        run_server(atlas_server(atlas, Serving(port)))
    pages = {
        "map": lambda: _map_alone(atlas, files.sources),
        "holoviews": lambda: _holoviews(atlas),
    }
    pn.extension()
    routes = files.routes()
    pn.serve({"/": pages[kind]}, port=port, show=False, extra_patterns=routes, address="127.0.0.1")


def _map_alone(atlas: Atlas, sources):
    import panel as pn

    from dashboard.maps.screen import LIBRARY
    from dashboard.session.state import State
    from dashboard.views.map_view import MapView

    state = State(atlas)
    slider = pn.widgets.DiscreteSlider(options=list(atlas.periods), value=state.period)
    slider.param.watch(lambda event: state.param.update(period=event.new), "value")
    return pn.Column(slider, MapView(state, sources, LIBRARY), sizing_mode="stretch_both")


def _holoviews(atlas: Atlas):
    """Return the way of the tutorials: merge, and polygons drawn again for each period."""
    import holoviews as hv
    import panel as pn

    hv.extension("bokeh")
    slider = pn.widgets.DiscreteSlider(options=list(atlas.periods), value=atlas.periods[-1])
    parts = atlas.geometry("village").reset_index().explode(index_parts=False)
    names = atlas.places["name"]

    def draw(period):
        values = atlas.frame("poor_share", period, "village")["value"]
        polygons = [
            {
                **dict(zip("xy", np.array(row.geometry.exterior.coords).T, strict=True)),
                "value": values[row.key],
                "name": names[row.key],
            }
            for row in parts.itertuples()
        ]
        return hv.Polygons(polygons, vdims=["value", "name"]).opts(
            color="value", cmap="YlOrRd", width=1100, height=700, tools=["hover"]
        )

    return pn.Column(slider, pn.bind(draw, slider))


def measure(kind: str, folder: Path, browser) -> dict[str, float]:
    """Return bytes and seconds of the first map and of the best of two period switches."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.benchmarks.bench_map", "--serve", kind]
    server = subprocess.Popen([*command, str(folder), str(port)], stderr=subprocess.DEVNULL)
    try:
        _answer(f"http://127.0.0.1:{port}/")
        answer = _answered(f"http://127.0.0.1:{port}/", server.pid)
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        try:
            seen = _visit(context.new_page(), kind, f"http://127.0.0.1:{port}/")
            return seen | answer
        finally:
            context.close()
    finally:
        server.terminate()
        server.wait()


def _answer(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=120).read()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"{address} does not answer")


def _answered(address: str, process: int) -> dict[str, float]:
    """Return what one more answer costs the server, and its bytes."""
    before = _cpu(process)
    answer = urllib.request.urlopen(address, timeout=120).read()
    return {"answer_cpu_s": _cpu(process) - before, "answer_bytes": len(gzip.compress(answer, 6))}


def _cpu(process: int) -> float:
    ticks = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _filmed(page, wire) -> list[tuple[float, bytes]]:
    """Return the list into which every frame of a page goes from now on, with its time."""
    frames: list[tuple[float, bytes]] = []

    def keep(event) -> None:
        frames.append((event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        wire.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    wire.on("Page.screencastFrame", keep)
    wire.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    return frames


def _coloured(frames: list[tuple[float, bytes]], begin: float) -> float:
    """Return seconds to the first frame in which nearly all that is coloured in the last one is so."""
    drawn = [_rgb(picture) for _, picture in frames]
    # The middle of the left: neither the panel beside the map nor what stands above and below it.
    mask = np.ptp(drawn[-1], axis=2) > 50
    mask[:160], mask[-130:], mask[:, 880:] = False, False, False
    for (moment, _), picture in zip(frames, drawn, strict=True):
        same = abs(picture[mask] - drawn[-1][mask]).max(axis=1) < 40
        if same.mean() > 0.9:
            return moment - begin
    return float("nan")


def _recoloured(frames: list[tuple[float, bytes]], pressed: float) -> float:
    """Return seconds to the first frame in which nearly all that changes in the map has changed."""
    if len(frames) < 2:
        return float("nan")
    drawn = [_rgb(picture) for _, picture in frames]
    mask = abs(drawn[0] - drawn[-1]).max(axis=2) > 40
    mask[:160], mask[-130:], mask[:, 880:] = False, False, False
    for (moment, _), picture in zip(frames, drawn, strict=True):
        if (abs(picture[mask] - drawn[-1][mask]).max(axis=1) < 40).mean() > 0.9:
            return moment - pressed
    return float("nan")


def _rgb(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)


def _visit(page, kind: str, address: str) -> dict[str, float]:
    sent = {"bytes": 0}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda e: _add(sent, e["encodedDataLength"]))
    packed = _packing() if kind == "page" else len
    page.on("websocket", lambda s: s.on("framereceived", lambda f: _add(sent, packed(f))))
    frames = _filmed(page, wire)
    start = time.perf_counter()
    page.goto(address, timeout=PATIENCE, wait_until="commit")
    _drawn(page, kind, 0)
    found = {"first_s": time.perf_counter() - start, "first_bytes": sent["bytes"]}
    began, since = page.evaluate(_BEGAN)
    found["painted_s"] = page.evaluate("performance.now()") / 1000 - since
    page.wait_for_timeout(2000)
    wire.send("Page.stopScreencast")
    found["coloured_s"] = _coloured(frames, began)
    slider = page.locator("[role=slider], .noUi-handle, .month[aria-checked=true]").first
    slider.focus()
    switches = []
    for _ in range(2):
        before, sent["bytes"] = _paints(page) if kind != "holoviews" else 0, 0
        frames.clear()
        wire.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
        page.wait_for_timeout(500)
        start, pressed = time.perf_counter(), time.time()
        page.keyboard.press("ArrowLeft")
        _drawn(page, kind, before, switched=True, sent=sent)
        spent = time.perf_counter() - start
        page.wait_for_timeout(1500)
        wire.send("Page.stopScreencast")
        switches.append((spent, sent["bytes"], _recoloured(frames, pressed)))
    found["switch_s"], found["switch_bytes"], found["switch_coloured_s"] = min(switches)
    return found


def _packing() -> Callable[[str | bytes], int]:
    """Return what tells the bytes of a message after those before it (permessage-deflate)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 5)

    def packed(message: str | bytes) -> int:
        content = message.encode() if isinstance(message, str) else message
        return len(packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH))

    return packed


def _add(sent: dict[str, int], count: int) -> None:
    sent["bytes"] += count


def _paints(page) -> int:
    return int(page.locator(".screen").get_attribute("data-painted") or 0)


def _drawn(page, kind: str, before: int, *, switched: bool = False, sent=None) -> None:
    """Wait until the map is on the screen: painted, or Bokeh idle and two frames drawn."""
    if kind != "holoviews":
        page.wait_for_selector(".screen[data-painted]", timeout=PATIENCE)
        while _paints(page) <= before:
            page.wait_for_timeout(10)
        return
    while switched and sent["bytes"] < 10_000:
        page.wait_for_timeout(10)
    page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle", timeout=PATIENCE)
    page.evaluate("new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")


def main(sizes: list[int]) -> None:
    """Print one table for each number of villages."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for villages in sizes:
            folder = Path(scratch) / str(villages)
            folder.mkdir()
            spent = written(folder, villages)
            kinds = KINDS if villages <= MOST_TRUE else KINDS[:-1]
            rows = {kind: measure(kind, folder, browser) | spent for kind in kinds}
            table = pd.DataFrame(rows).T
            for column in [one for one in table if one not in spent and "holoviews" in rows]:
                table[f"{column}_ratio"] = table.loc["holoviews", column] / table[column]
            print(f"load {os.getloadavg()[0]:.1f}", end="")
            print(f"\n{villages} villages\n{table.round(2).T.to_string()}", flush=True)
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["--write"]:
        write_county(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main([int(size) for size in sys.argv[1:]] or [752, 3000])
