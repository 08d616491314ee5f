"""What goes wrong while a county is served: one sentence each, and the next good request is answered."""

from __future__ import annotations

import contextlib
import json
import resource
import shutil

import pytest

from geodata.access import Actor, open_guard
from tests.dashboard.server.served import FIRST, PASSWORD, serve
from tests.headless import Viewer, run_apart
from tests.invented_county import COUNTY, VILLAGES

LEADER, AUDITOR = "leader", "auditor"
FULL_DISK = "账号和审计数据库暂时不能使用"


@pytest.fixture(scope="module")
def server(county, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad") / "county"
    shutil.copytree(county.setup.config.folder, folder)
    guard = open_guard(folder)
    for role in (LEADER, AUDITOR):
        now = guard.trail.clock()
        guard.accounts.add(Actor(role, role, (COUNTY,)), FIRST, by="test", now=now)
        guard.accounts.set_password(role, PASSWORD, by=role, now=now)
    guard.trail.database.close()
    with serve(folder) as running:
        yield running


def seen(server, browser, query: str) -> str:
    """Return all that our components hold on a page, as one text."""

    async def look() -> str:
        cookie = f"guatu_session={browser.cookies['guatu_session']}"
        viewer = await Viewer.open(server.port, query, cookie=cookie)
        found = json.dumps(viewer.values, ensure_ascii=False)
        await viewer.close()
        return found

    return run_apart(look())


@contextlib.contextmanager
def full_disk(server):
    """Let the server write nothing, as on a full disk."""
    kept = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, kept[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, kept)


@pytest.mark.parametrize("path", ["/briefing/" + "x" * 43, "/geometry/00.geojson", "/nothing"])
def test_an_expired_link_is_one_sentence(server, path):
    browser = server.browser(LEADER)
    answer = browser.ask(path)
    assert (answer.status, "可能是链接已失效" in answer.body) == (404, True)
    assert browser.ask("/").status == 200


@pytest.mark.parametrize("place", ["999999999999", "990202", "x", "%27%20OR%201=1"])
def test_an_unknown_place_or_one_of_another_county_shows_no_figure_of_it(server, place):
    browser = server.browser(LEADER)
    found = seen(server, browser, f"?place={place}")
    assert "甲镇" in found
    assert "Traceback" not in server.log.read_text()


def test_on_a_full_disk_nothing_is_done_without_its_record(server):
    auditor, leader = server.browser(AUDITOR), server.browser()
    leader.ask("/login")
    guard = open_guard(server.folder)
    before = guard.trail.count()
    with full_disk(server):
        refused = auditor.ask("/audit")
        signed_in = leader.sign_in(LEADER)
    assert (refused.status, FULL_DISK in refused.body) == (503, True)
    assert (signed_in.status, FULL_DISK in signed_in.body) == (503, True)
    assert "guatu_session" not in leader.cookies
    assert guard.trail.count() == before
    assert auditor.ask("/audit").status == 200
    assert leader.sign_in(LEADER).status == 303
    assert guard.trail.verify().whole
    guard.trail.database.close()


def test_a_missing_snapshot_is_said_and_the_server_goes_on(server):
    browser, store = server.browser(LEADER), server.folder / "store"
    away = server.folder / "store-away"
    store.rename(away)
    try:
        found = seen(server, browser, f"?place={VILLAGES[1]}&side=households&everyone=1")
        assert browser.ask("/health").status == 200
    finally:
        away.rename(store)
    assert "guatu" in found
    assert "Traceback" not in found
    assert "h001" not in found
    assert "h001" in seen(server, browser, f"?place={VILLAGES[1]}&side=households&everyone=1")
