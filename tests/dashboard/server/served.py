"""A served folder for the tests: an invented atlas, accounts, a process, and plain HTTP to it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from geodata.access import Actor, load_roles, open_guard
from geodata.atlas.folder import save_atlas
from tests import invented
from tests.conftest import ROOT

FIRST, PASSWORD = "First-2026-x", "Second-2026-y"
NEWCOMER = "newcomer"


def make_folder(folder: Path) -> Path:
    """Write an invented atlas, an account for each role, and one that still has its first password."""
    save_atlas(invented.grid_atlas(), folder)
    guard = open_guard(folder)
    for name in (*load_roles(), NEWCOMER):
        role = "analyst" if name == NEWCOMER else name
        actor, now = Actor(name, role, (invented.COUNTY,)), guard.trail.clock()
        guard.accounts.add(actor, FIRST, by="test", now=now)
        if name != NEWCOMER:
            guard.accounts.set_password(name, PASSWORD, by=name, now=now)
    guard.trail.database.close()
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Browser:
    """Sends requests as they are and keeps cookies, as simply as can be."""

    port: int
    prefix: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict | None = None, *, method: str = "", **headers) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = None if form is None else urlencode(form)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        verb = method or ("GET" if form is None else "POST")
        with closing(connection):
            connection.request(verb, self.prefix + path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers, text)

    def submit(self, path: str, **form: str) -> Answer:
        """Fill in the form of a page: its hidden fields first, then what is typed."""
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.ask(path).body)
        return self.ask(path.partition("?")[0], {**dict(hidden), **form})

    def sign_in(self, name: str, password: str = PASSWORD, path: str = "/login") -> Answer:
        return self.submit(path, name=name, password=password)


@dataclass
class Served:
    """A running server: its folder, port, process and the file of its log."""

    folder: Path
    port: int
    process: subprocess.Popen
    log: Path
    prefix: str = ""

    def browser(self, name: str = "") -> Browser:
        made = Browser(self.port, self.prefix)
        if name:
            assert made.sign_in(name).status == 303
        return made

    def workers(self) -> list[int]:
        """Return the processes that answer: the children, or the one process itself."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()] or [self.process.pid]


@contextmanager
def serve(folder: Path, *options: str, prefix: str = "", program: str = "") -> Iterator[Served]:
    """Run ``guatu serve`` on a folder until the block ends; `program` is Python run in its place."""
    port, log = free_port(), folder / f"server-{os.urandom(3).hex()}.log"
    started = ["-c", program] if program else ["-m", "dashboard"]
    command = [sys.executable, *started, "serve", str(folder), "--no-open"]
    command += ["--port", str(port), *options, *(["--prefix", prefix] if prefix else [])]
    with log.open("w") as lines:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=lines,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    served = Served(folder, port, process, log, prefix)
    try:
        _wait(served)
        yield served
    finally:
        with suppress(ProcessLookupError):  # a test may have stopped it
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(served: Served) -> None:
    for _ in range(600):
        assert served.process.poll() is None, served.log.read_text()
        try:
            if served.browser().ask("/health").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(served.log.read_text())
