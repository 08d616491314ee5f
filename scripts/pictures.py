"""The pictures of the READMEs, made from the invented county; see scripts/pictures."""

from __future__ import annotations

import argparse
import html
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbclient
import nbformat
from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.joining.demo import make_county

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT, KEPT = 1600, 900, 1200
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
# The name and the hour on the pages are arguments, so that a second run gives the same pictures.
BRIEFING = ["--at", "2026-01-05 09:00", "--by", "guatu", "--lang", "zh"]
STYLE = """body { font: 16px/1.5 "Noto Sans CJK SC", sans-serif; width: 1040px; margin: 0 auto; padding: 16px; }
pre { background: #f6f8fa; border: 1px solid #e3e7eb; border-radius: 6px; padding: 10px; font-size: 13px; }
table { border-collapse: collapse; font-size: 14px; } td, th { padding: 2px 10px; }"""


def main() -> None:
    """Make every picture, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(MAKERS), choices=list(MAKERS))
    parser.add_argument("--county", type=Path, help="folder of a demo county; made where missing")
    asked = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        county = asked.county or Path(scratch) / "county"
        make_county(county, step=lambda name: print(name, flush=True))
        program = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        for name in asked.names:
            picture = MAKERS[name](county, Path(scratch), browser)
            _save(picture, PICTURES / f"{name}.png")
        browser.close()


def screen(county: Path, scratch: Path, browser: Browser) -> bytes:
    """Return the map page of the app."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", "serve", str(county), "--no-open"]
    server = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address)
        page = _page(browser)
        page.goto(address)
        page.wait_for_selector("canvas", timeout=90_000)
        page.wait_for_timeout(15_000)  # the map is drawn by software
        return page.screenshot()
    finally:
        server.terminate()
        server.wait()


def slide(county: Path, scratch: Path, browser: Browser) -> bytes:
    """Return the third slide of the deck."""
    deck = scratch / "deck.pptx"
    _run("briefing", county, "--out", deck, *BRIEFING)
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", scratch, deck]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    return _sheet(scratch / "deck.pdf", 3)


def print_(county: Path, scratch: Path, browser: Browser) -> bytes:
    """Return the sheet of the first township of the map series."""
    series = scratch / "series.pdf"
    theme = ["--theme", "monitoring", "--each", "township"]
    _run("briefing", county, "--out", series, *theme, *BRIEFING)
    return _sheet(series, 3)


def file(county: Path, scratch: Path, browser: Browser) -> bytes:
    """Return the map in one file, opened from disk."""
    made = scratch / "map.html"
    _run("briefing", county, "--out", made, "--theme", "monitoring", *BRIEFING)
    page = _page(browser)
    page.goto(made.as_uri())
    page.wait_for_timeout(1_000)
    page.locator("tr.go").first.click()
    page.wait_for_timeout(1_000)
    return page.screenshot()


def notebook(county: Path, scratch: Path, browser: Browser) -> bytes:
    """Return the end of the notebook on the themes."""
    (scratch / "guatu-notebooks").mkdir()
    (scratch / "guatu-notebooks" / "county").symlink_to(county.resolve())
    told = nbformat.read(ROOT / "notebooks" / "02_themes.ipynb", as_version=4)
    client = nbclient.NotebookClient(told, timeout=600, kernel_name="python3")
    client.execute(env={**os.environ, "TMPDIR": str(scratch)})
    made = scratch / "notebook.html"
    made.write_text(_notebook_page(told), encoding="utf-8")
    page = _page(browser)
    page.goto(made.as_uri())
    page.wait_for_timeout(2_000)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(12_000)
    return page.screenshot()


MAKERS = {"screen": screen, "slide": slide, "print": print_, "file": file, "notebook": notebook}


def _run(*words: object) -> None:
    command = [sys.executable, "-m", "dashboard", *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True)


def _page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})


def _sheet(pdf: Path, number: int) -> bytes:
    """Return one page of a PDF as a picture."""
    at = ["-f", str(number), "-l", str(number)]
    command = ["pdftoppm", "-r", "150", "-png", *at, str(pdf)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _wait_for(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)


def _notebook_page(told: nbformat.NotebookNode) -> str:
    """Return a run notebook as a page: text, code and what came out."""
    marked = MarkdownIt("commonmark").enable("table")
    parts = [f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>"]
    for cell in told.cells:
        if cell.cell_type == "markdown":
            parts.append(marked.render(cell.source))
            continue
        parts.append(f"<pre>{html.escape(cell.source)}</pre>")
        for output in cell.outputs:
            data = output.get("data", {})
            if "application/javascript" in data:
                parts.append(f"<script>{data['application/javascript']}</script>")
            else:
                words = output.get("text") or data.get("text/plain", "")
                plain = f"<pre>{html.escape(words)}</pre>" if words else ""
                parts.append(data.get("text/html") or plain)
    return "\n".join(parts)


def _save(picture: bytes, target: Path) -> None:
    """Write a picture as wide as a README is read, in few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((KEPT, KEPT), Image.Resampling.LANCZOS)
    image.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target.relative_to(ROOT), target.stat().st_size, flush=True)


if __name__ == "__main__":
    main()
