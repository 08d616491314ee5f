"""A viewer without a browser: opens a page, holds its live connection, and sends what a click sends."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.iostream import BaseIOStream
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    websocket_connect,
)

LARGEST = 50 * 2**20
Content = dict[str, Any]


def run_apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what asynchronous work returns, run in a thread of its own; its connections end with it.

    A browser of other tests leaves a running event loop in this one, and a connection left open
    would be an error of whichever test runs when it is swept away.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _ending(work)).result()


async def _ending(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await work
    finally:
        for line, handler in [*IOLoop.current().handlers.values()]:
            stream = getattr(handler, "__self__", line)
            if isinstance(stream, BaseIOStream):
                stream.close()
        await asyncio.sleep(0)


class Ended(Exception):
    """The server closed the live connection."""


class Viewer:
    """One open page; `models` holds the ids of our components by class name, in the page's order.

    `opened` is the whole document as it came, `shown` is the change that the last click waited for, as JSON.
    """

    def __init__(self, live: WebSocketClientConnection) -> None:
        self.live = live
        self.models: dict[str, list[str]] = defaultdict(list)
        self.values: dict[str, Content] = {}
        self.opened: Content = {}
        self.shown = ""
        self._sent = 0
        self._inbox: asyncio.Queue[tuple[str, Content]] = asyncio.Queue()
        self._reading = asyncio.ensure_future(self._receive())

    @classmethod
    async def open(cls, port: int, query: str = "", *, at: str = "/", cookie: str = "") -> Viewer:
        """Fetch the page, connect and read the whole document, as a browser does."""
        headers = {"Cookie": cookie} if cookie else {}
        address = f"http://127.0.0.1:{port}{at}{query}"
        page = await AsyncHTTPClient().fetch(
            address, headers=headers, request_timeout=120, follow_redirects=False
        )
        found = re.search(r'"token":"([\w.=-]+)"', page.body.decode().replace(" ", ""))
        assert found, "no page came back"
        request = HTTPRequest(
            f"ws://127.0.0.1:{port}{at.rstrip('/')}/ws{query}",
            headers=headers | {"Origin": f"http://127.0.0.1:{port}"},
            connect_timeout=60,
        )
        live = await websocket_connect(
            request, subprotocols=["bokeh", found[1]], max_message_size=LARGEST
        )
        viewer = cls(live)
        await viewer.until(lambda kind, content: kind == "ACK")
        await viewer._send("PULL-DOC-REQ", {})
        viewer.opened = await viewer.until(lambda kind, content: kind == "PULL-DOC-REPLY")
        viewer._find(viewer.opened)
        await viewer._event("document_ready", [])
        return viewer

    def take(self) -> None:
        """Note every component in what has come so far."""
        while not self._inbox.empty():
            self._find(self._inbox.get_nowait()[1])

    async def click(self, component: str, message: Content, *, shows: str, at: int = -1) -> float:
        """Send a component's message; returns the seconds until a change that holds `shows` came."""
        self.take()
        began = time.perf_counter()
        await self.send(component, message, at=at)
        content = await self.until(
            lambda kind, content: kind == "PATCH-DOC" and shows in json.dumps(content)
        )
        self._find(content)
        self.shown = json.dumps(content)
        return time.perf_counter() - began

    async def send(self, component: str, message: object, *, at: int = -1) -> None:
        """Send a component's message and do not wait."""
        model = {"id": self.models[component][at]}
        await self._event("data_event", [["model", model], ["data", _encoded(message)]])

    async def press(self, button: str, *, at: int = -1) -> None:
        """Click a button of the library and do not wait."""
        model = {"id": self.models[button][at]}
        clicked = [["model", model], ["node", "click"], ["data", _encoded({"type": "click"})]]
        await self._event("dom_event", clicked)

    async def set(self, model: str, name: str, value: object) -> None:
        """Set a property of a component by its id, as its browser side would, and do not wait."""
        data = self.values[model]["data"]["id"]
        change = {"kind": "ModelChanged", "model": {"id": data}, "attr": name}
        await self._send("PATCH-DOC", {"events": [change | {"new": _encoded(value)}]})

    async def _event(self, name: str, entries: list[object]) -> None:
        values = {"type": "map", "entries": entries}
        event = {"type": "event", "name": name, "values": values}
        sent = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        await self._send("PATCH-DOC", {"events": [sent]})

    async def until(self, wanted: Callable[[str, Content], bool], seconds: float = 60) -> Content:
        """Return the content of the first message that is wanted."""
        deadline = time.monotonic() + seconds
        while True:
            kind, content = await asyncio.wait_for(self._inbox.get(), deadline - time.monotonic())
            if kind == "ENDED":
                raise Ended
            if kind == "ERROR":
                raise AssertionError(content.get("text"))
            if wanted(kind, content):
                return content
            self._find(content)

    async def quiet(self) -> None:
        """Wait until all that was sent is answered, and what follows from it has come."""
        await self._send("SERVER-INFO-REQ", {})
        await self.until(lambda kind, content: kind == "SERVER-INFO-REPLY")
        await asyncio.sleep(0.3)

    async def having(self, component: str) -> None:
        """Wait for a component that is made after the page."""
        while not self.models[component]:
            self._find(await self.until(lambda kind, content: kind == "PATCH-DOC"))

    async def close(self) -> None:
        """Leave the page."""
        self.live.close()
        await self._reading

    async def _receive(self) -> None:
        """Put what comes into the inbox, until the connection ends."""
        try:
            while True:
                self._inbox.put_nowait(await self._read())
        except Ended:
            self._inbox.put_nowait(("ENDED", {}))

    async def _read(self) -> tuple[str, Content]:
        header = json.loads(await self._part())
        await self._part()
        content = json.loads(await self._part())
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._part()
        return header["msgtype"], content

    async def _part(self) -> str | bytes:
        part = await self.live.read_message()
        if part is None:
            raise Ended
        return part

    async def _send(self, kind: str, content: Content) -> None:
        self._sent += 1
        header = {"msgid": str(self._sent), "msgtype": kind}
        try:
            for part in (header, {}, content):
                await self.live.write_message(json.dumps(part))
        except WebSocketClosedError as closed:
            raise Ended from closed

    def _find(self, part: object) -> None:
        """Note every component of ours in a document or change."""
        if isinstance(part, dict):
            attributes = part.get("attributes")
            if isinstance(attributes, dict) and attributes.get("class_name"):
                name, number = attributes["class_name"], part["id"]
                # A browser cannot write a definition back with the first click on the component.
                assert not attributes.get("_defs"), f"{name} is defined after its page"
                if number not in self.values:
                    self.models[name].append(number)
                self.values[number] = attributes
            for value in part.values():
                self._find(value)
        elif isinstance(part, list):
            for value in part:
                self._find(value)


def address(**values: str) -> str:
    """Return the query of a page."""
    return "?" + urlencode(values)


def _encoded(value: object) -> object:
    """Return a value as Bokeh writes it."""
    if isinstance(value, dict):
        entries = [[key, _encoded(one)] for key, one in value.items()]
        return {"type": "map", "entries": entries}
    return [_encoded(one) for one in value] if isinstance(value, list) else value
