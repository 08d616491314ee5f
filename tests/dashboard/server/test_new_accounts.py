"""The first account made while a server without accounts runs: it answers nobody from then on."""

from __future__ import annotations

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from dashboard.server import new_accounts, serve
from dashboard.server.gate import gate
from dashboard.server.health import ALIVE
from dashboard.server.new_accounts import NEW_ACCOUNTS, NewAccounts
from dashboard.server.serving import Serving
from geodata.access import Actor, open_guard
from tests.dashboard.server.served import free_port
from tests.headless import run_apart


class _Page(RequestHandler):
    def get(self) -> None:
        self.write("shown")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return the records of an empty folder, looked at each time."""
    monkeypatch.setattr(new_accounts, "LOOK_SECONDS", 0.0)
    guard = open_guard(tmp_path)
    yield guard
    guard.trail.database.close()


def _answers(guard, actor: Actor) -> list[tuple[int, str]]:
    """Return what a page and the sign of life answer, before and after an account is made."""

    async def ask() -> list[tuple[int, str]]:
        application = Application([("/", _Page), (ALIVE, _Page)])
        application.settings[NEW_ACCOUNTS] = NewAccounts(guard)
        gate(application, None)
        server = HTTPServer(application)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        base = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        client, told = AsyncHTTPClient(force_instance=True), []
        for step in range(2):
            if step:
                guard.accounts.add(actor, "First-2026-x", by="test", now=guard.trail.clock())
            for path in ("/", ALIVE):
                answer = await client.fetch(base + path, raise_error=False)
                told.append((answer.code, answer.body.decode()))
        server.stop()
        return told

    return run_apart(ask())


def test_a_server_without_a_sign_in_closes_with_the_first_account(made):
    page, alive, closed, still_alive = _answers(made, Actor("li.na", "leader", ("990101",)))
    assert [one[0] for one in (page, alive, still_alive)] == [200] * 3
    assert closed[0] == 401
    assert "guatu serve" in closed[1]
    assert "shown" not in closed[1]


def test_every_open_county_looks_for_accounts(counties, tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "_beside", lambda work, *given: None)
    county = counties.copy(tmp_path / "county")
    server = serve.county_server(county, Serving(port=free_port()))
    assert isinstance(server._tornado.settings[NEW_ACCOUNTS], NewAccounts)
    server.stop()
