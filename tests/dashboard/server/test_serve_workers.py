"""Several serving processes: new data are told in each, and the end of one leaves the others whole."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import time

import pytest
from tornado.httpclient import AsyncHTTPClient

from geodata.access import Actor, open_guard
from geodata.workspace import open_workspace
from tests.dashboard.server.served import FIRST, PASSWORD, serve
from tests.headless import Ended, Viewer, run_apart
from tests.invented_county import COUNTY, VILLAGES, import_month

LEADER = "leader"
NEXT_MONTH = "2025-02"
LIST = f"?place={VILLAGES[1]}&side=households&everyone=1"
OTHER = f"?place={VILLAGES[0]}&side=households&everyone=1"


@pytest.fixture
def server(county, tmp_path):
    folder = tmp_path / "county"
    shutil.copytree(county.setup.config.folder, folder)
    guard = open_guard(folder)
    now = guard.trail.clock()
    guard.accounts.add(Actor(LEADER, "leader", (COUNTY,)), FIRST, by="test", now=now)
    guard.accounts.set_password(LEADER, PASSWORD, by=LEADER, now=now)
    guard.trail.database.close()
    with serve(folder, "--workers", "2") as running:
        while len(running.workers()) < 2:
            time.sleep(0.1)
        yield running


def text_of(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


async def open_in_both(server, cookie: str) -> dict[int, Viewer]:
    """Open pages until each of the two workers holds the live connection of one."""
    found: dict[int, Viewer] = {}
    for _ in range(30):
        # A worker that makes pages leaves the connection to the other.
        pages = [asyncio.ensure_future(_page(server, cookie)) for _ in range(3)]
        viewer = await Viewer.open(server.port, LIST, cookie=cookie)
        await asyncio.gather(*pages)
        lines = [json.loads(one) for one in server.log.read_text().splitlines() if one[0] == "{"]
        live = [one["worker"] for one in lines if one.get("path") == "/ws"]
        if live[-1] in found:
            await viewer.close()
        else:
            found[live[-1]] = viewer
        if len(found) == 2:
            return found
    raise AssertionError("one worker took every connection")


async def _page(server, cookie: str) -> None:
    address = f"http://127.0.0.1:{server.port}/{LIST}"
    await AsyncHTTPClient().fetch(address, headers={"Cookie": cookie}, request_timeout=60)


def test_a_month_imported_beside_the_server_is_told_by_both_workers(server):
    cookie = f"guatu_session={server.browser(LEADER).cookies['guatu_session']}"

    def build() -> None:
        import_month(server.folder / "store", NEXT_MONTH)
        county = open_workspace(server.folder)
        county.build([NEXT_MONTH])
        county.write_atlas()

    async def watch() -> None:
        viewers = await open_in_both(server, cookie)
        await asyncio.get_running_loop().run_in_executor(None, build)
        for viewer in viewers.values():
            await viewer.until(lambda kind, content: "2025年2月数据已导入" in text_of(content))
            # The page itself stays as it was until it is clicked.
            await viewer.click("Address", {"query": OTHER}, shows='"table"')
            await viewer.close()

    run_apart(watch())


def test_a_worker_killed_under_load_leaves_no_gap_and_the_other_goes_on(server):
    cookie = f"guatu_session={server.browser(LEADER).cookies['guatu_session']}"
    shown: set[str] = set()

    async def open_cards(viewer: Viewer) -> None:
        with contextlib.suppress(Ended):
            await viewer.having("TextTable")
            await viewer.quiet()
            for index in range(6):
                await viewer.send("TextTable", {"index": index})
                content = await viewer.until(lambda kind, content: "户卡" in text_of(content))
                shown.update(re.findall(r"· (h\d{3}) ·", text_of(content)))

    async def kill_one() -> None:
        viewers = await open_in_both(server, cookie)
        (first, _), (_, kept) = viewers.items()
        both = [asyncio.ensure_future(open_cards(viewer)) for viewer in viewers.values()]
        try:
            while len(shown) < 2 and not any(one.done() for one in both):
                await asyncio.sleep(0.05)
            os.kill(first, signal.SIGKILL)
            await asyncio.gather(*both)
            await kept.click("Address", {"query": OTHER}, shows='"table"')
        finally:
            for viewer in viewers.values():
                await viewer.close()

    run_apart(kill_one())
    guard = open_guard(server.folder)
    assert len(shown) >= 5
    assert shown <= {one.subject for one in guard.trail.records(act="card", actor=LEADER)}
    assert guard.trail.verify().whole
    guard.trail.database.close()
    assert server.browser(LEADER).ask("/").status == 200
