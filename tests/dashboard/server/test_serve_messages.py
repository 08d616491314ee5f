"""The live connection of a county's page: who may open it, and whatever a browser sends over it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable

import pytest
from tornado.httpclient import HTTPRequest
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, websocket_connect

from dashboard.panels import load_panels
from dashboard.web.component import Component
from geodata.access import Actor, open_guard
from tests.dashboard.server.served import FIRST, PASSWORD, Browser, serve
from tests.dashboard.server.test_gate import refusal, token_of
from tests.headless import Viewer, run_apart
from tests.invented_county import (
    COUNTY,
    HOUSEHOLDS,
    SITE,
    TOWNSHIP,
    VILLAGES,
    WORKS,
    ZONE,
)

# The officer's township is the second; the site, the works and its zone lie in the first.
OFFICER, OTHER, LEADER = "officer", "other", "leader"
OWN_TOWNSHIP, OWN = "990101101", VILLAGES[2]
ACCOUNTS = {
    OFFICER: Actor(OFFICER, "township_officer", (OWN_TOWNSHIP,)),
    OTHER: Actor(OTHER, "township_officer", (TOWNSHIP,)),
    LEADER: Actor(LEADER, "leader", (COUNTY,)),
}
FOREIGN_HOUSEHOLD = "h001"
OWN_HOUSEHOLDS = {code for code, place, _ in HOUSEHOLDS if place == OWN}
FOREIGN = {code for code, place, _ in HOUSEHOLDS if place != OWN} | {"甲一供水站"}


def told(codes: set[str], heard: str) -> set[str]:
    """Return which codes stand in a text, not as a part of numbers packed as base64."""
    return {
        code for code in codes if re.search(rf"(?<![A-Za-z0-9+/]){code}(?![A-Za-z0-9+/])", heard)
    }


LOCKED = "正被占用，这次操作没有执行"
STRANGE: tuple[object, ...] = (
    None,
    True,
    -1,
    10**9,
    2**70,
    1.5,
    "",
    "\x00\ud800",
    "' OR 1=1 --",
    "x" * 100_000,
    [[[["990101100"]]]],
    {"key": {"key": TOWNSHIP}},
    [0, -1, 2**70, "0", None, [0]],
)
CODES = (
    TOWNSHIP,
    *VILLAGES[:2],
    FOREIGN_HOUSEHOLD,
    SITE,
    ZONE,
    WORKS,
    "990202",
    "income_below_line",
)
# What each of our components understands: its fields, of which each is sent every strange value.
MESSAGES: tuple[tuple[str, dict[str, object], tuple[str, ...]], ...] = (
    ("RankingList", {"type": "click"}, ("key",)),
    ("RankingList", {"type": "sort"}, ("by",)),
    ("RankingList", {"type": "page"}, ("to",)),
    ("RankingList", {"type": "room"}, ("rows",)),
    ("ScreenMap", {"type": "click"}, ("id",)),
    ("TextTable", {}, ("index",)),
    ("HeadlineBox", {}, ("index",)),
    ("Strip", {}, ("key",)),
    ("Strip", {}, ("due",)),
    ("TopBar", {}, ("key",)),
    ("BarTools", {"type": "month"}, ("period",)),
    ("Film", {"type": "month"}, ("period",)),
    ("Film", {"type": "play"}, ("on",)),
    ("PanelTabs", {}, ("key",)),
    ("Matters", {"type": "matter"}, ("address",)),
    ("Matters", {"type": "enter"}, ("theme",)),
    ("Matters", {}, ("due",)),
    ("Find", {"type": "go"}, ("index",)),
    ("Presenter", {"type": "go"}, ("index",)),
    (
        "Presenter",
        {"type": "decide", "text": "a", "owner": "b", "due": "2099-01-01"},
        ("owner", "due"),
    ),
    ("Address", {}, ("query",)),
    ("PrintButton", {"type": "print"}, ("content",)),
    ("Notice", {"type": "open"}, ("newer",)),
    ("JoinNote", {"type": "open"}, ("index",)),
    ("LedgerBoard", {"type": "place"}, ("key",)),
    ("LedgerBoard", {"type": "list"}, ("key",)),
    ("SiteBoard", {"type": "site"}, ("key",)),
    ("SiteBoard", {"type": "place"}, ("key",)),
    ("ServiceBoard", {"type": "point"}, ("key",)),
    ("ServiceBoard", {"type": "more"}, ("key",)),
    ("MonthsBoard", {"code": OWN, "period": "2025-01"}, ("code",)),
    ("MonthsBoard", {"code": OWN, "period": "2025-01"}, ("period",)),
    ("DueBoard", {}, ("kind",)),
    ("DueBoard", {}, ("index",)),
    ("MapPicture", {"form": "svg", "wish": 1}, ("wish",)),
    ("MapPicture", {"form": "svg", "wish": 1}, ("form",)),
)
WALLS = (
    "theme=rectification&side=ledger",
    "theme=relocation&side=sites",
    "theme=water&side=service",
    "theme=monitoring&side=months",
    "theme=monitoring&side=due",
)
ALSO = (
    ("ScreenMap", {"type": "point", "at": 0}),
    ("ScreenMap", {"type": "select", "ids": [0, 1, 2, -1, 2**70, "0", [1], None]}),
    ("ScreenMap", {"type": "select", "ids": "012"}),
    ("ScreenMap", {"type": "spotlight"}),
    ("ScreenMap", {"type": "up"}),
    ("ScreenMap", {"type": ["click"], "id": 0}),
    ("Find", {"type": "find", "text": "甲二村"}),
    ("Find", {"type": "find", "text": {"a": [1]}}),
    ("Find", {"type": "find", "text": "\ud800"}),
    ("Presenter", {"type": "add", "index": 0}),
    ("Presenter", {"type": "remove", "index": 2**70}),
    ("Presenter", {"type": "start"}),
    ("Presenter", {"type": "next"}),
    ("Presenter", {"type": "leave"}),
)
ADDRESSES = (
    "?place=\ud800&point=site:\ud800&rule=\ud800",
    f"?place={TOWNSHIP}&side=households&rule=no_keeper",
    *(
        f"?view=map&theme={theme}&place={place}&side={side}&point={point}&site={SITE}&zone={ZONE}"
        for theme, point in (("relocation", f"site:{SITE}"), ("water", f"works:{WORKS}"))
        for place in (TOWNSHIP, VILLAGES[1])
        for side in ("households", "why", "points")
    ),
)


class Listener(Viewer):
    """A viewer that keeps all that ever came, as one text."""

    heard = ""
    # Which table of the page is the list of households: every page opens with it.
    sheet = 0
    # A value that a widget cannot hold is answered with a failure; our own components never fail.
    expects_failures = False

    async def _read(self):
        kind, content = await super()._read()
        self.heard += json.dumps(content, ensure_ascii=False)
        return "REFUSED" if kind == "ERROR" and self.expects_failures else kind, content

    async def open_all(self) -> None:
        """Look at all that is made when first looked at: parts beside the map, a card, sheets of buttons."""
        for side in ("ranking", "why", "points", "households"):
            await self.send("Address", {"query": f"?place={OWN}&theme=water&side={side}"})
            await self.settled()
        for view in ("overview", "map"):
            await self.send(
                "Address",
                {"query": f"?view={view}&place={OWN}&theme=water&side=households&everyone=1"},
            )
            await self.settled()
        await self.send("TextTable", {"index": 0}, at=self.sheet)
        await self.settled()
        for at in range(len(self.models["IconButton"])):
            await self.press("IconButton", at=at)
        await self.settled()

    async def settled(self) -> str:
        """Return what was heard once all that was sent is answered."""
        await self.quiet()
        return self.heard


@pytest.fixture(scope="module")
def server(counties, tmp_path_factory):
    folder = tmp_path_factory.mktemp("live") / "county"
    counties.copy(folder, sites=True)
    guard = open_guard(folder)
    for name, actor in ACCOUNTS.items():
        now = guard.trail.clock()
        guard.accounts.add(actor, FIRST, by="test", now=now)
        guard.accounts.set_password(name, PASSWORD, by=name, now=now)
    guard.trail.database.close()
    with serve(folder) as running:
        yield running


def as_viewer(server, name: str, query: str, act: Callable[[Listener], Awaitable[str]]) -> str:
    """Open a page as an account and do something on it; returns what that returns."""
    cookie = f"guatu_session={server.browser(name).cookies['guatu_session']}"

    async def look() -> str:
        viewer = await Listener.open(server.port, query, cookie=cookie)
        try:
            return await act(viewer)
        finally:
            await viewer.close()

    return run_apart(look())


def own_list(server) -> str:
    """Return what a fresh page of the officer's own village holds."""
    return as_viewer(server, OFFICER, f"?place={OWN}&side=households&everyone=1", Listener.settled)


def as_written(server, text: str, query: str) -> None:
    """Keep a stop as the leader of the county."""
    guard = open_guard(server.folder)
    values, now = {"text": text, "address": query}, guard.trail.clock()
    guard.writes.add(ACCOUNTS[LEADER], "stop", values, place=COUNTY, now=now)
    guard.trail.database.close()


def errors_of(server) -> list[dict]:
    lines = [json.loads(one) for one in server.log.read_text().splitlines() if one.startswith("{")]
    return [one for one in lines if "error" in one or one["level"] == "error"]


def knock(server, browser: Browser, token: str, *frames: str | bytes) -> tuple[list[str], bool]:
    """Open a page's live connection and send raw frames; returns what came, and whether it ended."""
    headers = {"Cookie": f"guatu_session={browser.cookies['guatu_session']}"}
    headers["Origin"] = f"http://127.0.0.1:{server.port}"
    request = HTTPRequest(f"ws://127.0.0.1:{server.port}/ws", headers=headers)

    async def converse() -> tuple[list[str], bool]:
        live = await websocket_connect(request, subprotocols=["bokeh", token])
        received: list[str] = []

        async def read(seconds: float) -> bool:
            with contextlib.suppress(TimeoutError):
                while (part := await asyncio.wait_for(live.read_message(), seconds)) is not None:
                    received.append(str(part))
                return True
            return False

        ended = await read(0.5)
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            for frame in frames:
                await live.write_message(frame, binary=isinstance(frame, bytes))
        ended = ended or await read(1)
        live.close()
        return received, ended or not await read(2)

    return run_apart(converse())


def test_the_live_connection_of_a_county_needs_the_same_person_origin_and_token(server):
    mine, other = server.browser(OFFICER), server.browser(OTHER)
    token = token_of(mine)
    head, _, rest = token.partition(".")
    assert len(knock(server, mine, token)[0]) == 3
    assert knock(server, other, token) == ([], True)
    assert knock(server, mine, f"{head[:-4]}AAAA.{rest}") == ([], True)
    for origin in ("http://evil.example.org", "null", f"http://127.0.0.1:{server.port + 1}"):
        assert refusal(server, mine, token, origin=origin) == 403
    for cookies in ({}, {"guatu_session": "x"}, {"guatu_session": OFFICER}, {"user": OFFICER}):
        assert refusal(server, Browser(server.port, cookies=cookies), token) == 403


def header(kind: str) -> str:
    return json.dumps({"msgid": "1", "msgtype": kind})


SET_TITLE = {"kind": "TitleChanged", "title": "x"}
GARBAGE = (
    ("",) * 3,
    ("not json",) * 3,
    ("[]",) * 3,
    ("null",) * 3,
    (b"\x00\xff" * 1000,) * 3,
    ("[" * 50_000,) * 3,
    ("x" * (6 * 2**20),),
    (header("PATCH-DOC"), "{}", "{}"),
    (
        header("PATCH-DOC"),
        "{}",
        json.dumps({"events": [{"kind": "ModelChanged", "model": {"id": "p1"}}]}),
    ),
    (header("PATCH-DOC"), "{}", json.dumps({"events": [SET_TITLE, {"kind": "MessageSent"}]})),
    (header("PUSH-DOC"), "{}", json.dumps({"doc": {"version": "3.0", "title": "x", "roots": []}})),
    (header("NOTHING"), "{}", "{}"),
    (header("OK"), "{}", "{}"),
)


def test_no_garbage_is_answered_with_data_or_the_inside_of_the_server(server):
    browser = server.browser(OFFICER)
    token = token_of(browser)
    for frames in GARBAGE:
        received, ended = knock(server, browser, token, *frames)
        assert ended or len(received) <= 6
        for inside in ("Traceback", ".py", "Error(", "h002"):
            assert inside not in "".join(received), frames
    assert server.browser().ask("/health").status == 200
    assert "h002" in own_list(server)


def test_no_message_to_any_component_brings_what_is_foreign_or_stops_the_page(server):
    known, before = set(), len(errors_of(server))

    async def send_all(viewer: Listener) -> str:
        await viewer.open_all()
        for query in WALLS:
            await viewer.send("Address", {"query": f"?place={OWN}&{query}"})
            await viewer.settled()
            await viewer.settled()
        viewer.take()
        known.update(viewer.models)
        for name, message, names in MESSAGES:
            for value in (*STRANGE, *CODES):
                for position in range(len(viewer.models[name])):
                    for field in names:
                        await viewer.send(name, {**message, field: value}, at=position)
            await viewer.send(name, "text")
            await viewer.send(name, [message])
        for name, message in ALSO:
            await viewer.send(name, message)
        for query in ADDRESSES:
            await viewer.send("Address", {"query": query})
            await viewer.send("TextTable", {"index": 0}, at=viewer.sheet)
        heard = await viewer.settled()
        await viewer.send("Address", {"query": f"?place={OWN}&side=households&everyone=1"})
        heard += await viewer.settled()
        await viewer.send("TextTable", {"index": 0}, at=viewer.sheet)
        return heard + await viewer.settled()

    heard = as_viewer(server, OFFICER, f"?place={OWN}&side=households&everyone=1", send_all)
    # Other tests define components of their own, and panels that are gone again.
    importlib.import_module("dashboard.server.serve")
    load_panels()
    modules = {name for name in sys.modules if name.startswith("dashboard.")}
    ours = {one.__name__ for one in subclasses(Component) if one.__module__ in modules}
    assert ours == {name for name, _, _ in MESSAGES}
    assert ours <= known
    assert OWN_HOUSEHOLDS & set(re.findall(r"h\d{3}", heard))
    assert told(FOREIGN, heard) == set()
    assert errors_of(server)[before:] == []


def subclasses(kind: type) -> set[type]:
    found = set(kind.__subclasses__())
    return found | {deeper for one in found for deeper in subclasses(one)}


def test_stops_of_another_account_show_nothing_foreign(server):
    stops = (*ADDRESSES[1::2], "?lang=en&household=h001", "not an address", "?" * 999)
    for query in stops:
        as_written(server, "一站", query)
    before = len(errors_of(server))

    async def present(viewer: Listener) -> str:
        await viewer.open_all()
        await viewer.send("Presenter", {"type": "start"})
        for index in range(len(stops)):
            await viewer.send("Presenter", {"type": "go", "index": index})
            await viewer.send("TextTable", {"index": 0}, at=viewer.sheet)
        return await viewer.settled()

    heard = as_viewer(server, OFFICER, f"?place={OWN}&side=households&everyone=1", present)
    assert "一站" in heard
    assert told(FOREIGN, heard) == set()
    assert errors_of(server)[before:] == []


def test_widgets_set_to_what_they_cannot_hold_leave_the_page_going(server):
    async def set_all(viewer: Listener) -> str:
        await viewer.open_all()
        viewer.expects_failures = True
        for name in ("TextInput", "Select", "MultiChoice", "RadioButtonGroup", "DiscreteSlider"):
            for model in viewer.models[name]:
                for value in (*STRANGE[:8], FOREIGN_HOUSEHOLD, "water", [VILLAGES[0]]):
                    await viewer.set(model, "value", value)
        await viewer.send("Address", {"query": f"?place={OWN}&side=households&everyone=1"})
        return await viewer.settled()

    heard = as_viewer(server, OFFICER, f"?place={OWN}&side=households&everyone=1", set_all)
    assert told(FOREIGN - {FOREIGN_HOUSEHOLD}, heard) == set()
    assert "h002" in own_list(server)


def test_while_the_database_is_held_nothing_is_done_and_one_sentence_says_so(server):
    leader, guard = server.browser(), open_guard(server.folder)
    page = leader.ask("/login").body
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    file = server.folder / "audit" / "access.sqlite"

    async def open_card(viewer: Listener) -> str:
        await viewer.open_all()
        await viewer.send("Address", {"query": f"?place={OWN}&side=households&everyone=1"})
        await viewer.settled()
        before = guard.trail.count()
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        signing = asyncio.get_running_loop().run_in_executor(
            None, lambda: leader.ask("/login", {**hidden, "name": LEADER, "password": PASSWORD})
        )
        await viewer.send("TextTable", {"index": 0}, at=viewer.sheet)
        heard = await viewer.settled()
        answer = await signing
        holder.execute("ROLLBACK")
        holder.close()
        assert (answer.status, "guatu_session" in leader.cookies) == (503, False)
        assert guard.trail.count() == before
        await viewer.send(
            "Address", {"query": f"?place={OWN}&side=households&everyone=1&theme=water"}
        )
        await viewer.send("TextTable", {"index": 0}, at=viewer.sheet)
        after = await viewer.settled()
        assert "section" in after
        return heard

    heard = as_viewer(server, OFFICER, f"?place={OWN}&side=households&everyone=1", open_card)
    assert heard.count(LOCKED) == 1
    assert leader.sign_in(LEADER).status == 303
    assert guard.trail.verify().whole
    guard.trail.database.close()


def test_nothing_that_was_sent_or_shown_is_in_the_log(server):
    log = server.log.read_text()
    assert "Traceback" not in log
    for personal in (FOREIGN_HOUSEHOLD, "h002", "王", OFFICER, LEADER, "OR 1=1", "甲二村"):
        assert personal not in log.split("{", 1)[1]
