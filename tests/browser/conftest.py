"""One server and one Chromium for all browser tests; nothing outside this computer is reached."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geodata.atlas.folder import save_atlas
from tests.conftest import ROOT
from tests.hostile_names import NAMES
from tests.invented import COUNTY, HOSTILE, grid_atlas

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE_VILLAGE = f"{COUNTY}002003"
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:", "about:")


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium():
    """Return a running Chromium, or say that it is absent."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is absent: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Return the address of the map page of an invented county with a hostile name in it."""
    folder = tmp_path_factory.mktemp("joined")
    names = {HOSTILE_VILLAGE: HOSTILE, f"{COUNTY}003": HOSTILE}
    save_atlas(grid_atlas(3, 6, names=names), folder)
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="session")
def county(counties, tmp_path_factory):
    """Return a workspace with a site and a works; all its names are hostile."""
    folder = tmp_path_factory.mktemp("county") / "workspace"
    return counties.copy(folder, sites=True, names=tuple(NAMES.values()))


@pytest.fixture(scope="session")
def county_served(county):
    """Return the address of the workspace."""
    with serving(county.setup.config.folder) as address:
        yield address


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder in a process of its own and give the address of its page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", "serve", str(folder), "--no-open"]
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def _wait_for(address: str, server: subprocess.Popen) -> None:
    for _ in range(480):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="session")
def context(chromium):
    """Return one browser profile, so that scripts are fetched once, as on a desk."""
    profile = chromium.new_context()
    yield profile
    profile.close()


_FRAMES = """async () => {
  for (let frame = 0; frame < 5; frame++) { await new Promise((done) => requestAnimationFrame(done)) }
}"""


def in_sizes(view: Page, selector: str, script: str, sizes: Iterable[tuple[int, int]]) -> Iterator:
    """Give each size of the window with what a script measures in it, once it measures the same twice."""
    for width, height in sizes:
        view.set_viewport_size({"width": width, "height": height})
        # What stands otherwise in another size is drawn anew two frames after the size is known.
        view.evaluate(_FRAMES)
        told, before = view.locator(selector).evaluate(script), None
        for _ in range(40):
            if told == before:
                break
            view.wait_for_timeout(150)
            told, before = view.locator(selector).evaluate(script), told
        yield (width, height), told


@pytest.fixture
def view(context):
    """Return a page that fails the test when it reaches outside or writes an error."""
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    complaints: list[str] = []

    def guard(route):
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            complaints.append(f"outside: {route.request.url}")
            route.abort()

    page.route("**/*", guard)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    hacked = page.evaluate("window.hacked")
    page.context.set_offline(False)
    page.close()
    assert complaints == []
    assert hacked is None
