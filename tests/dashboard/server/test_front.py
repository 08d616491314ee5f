"""Before every route: no handler is given more than its cap, and no foreign host is answered."""

from __future__ import annotations

import http.client
import socket
import unicodedata
from contextlib import closing
from typing import ClassVar
from urllib.parse import quote, urlencode

import pytest

from dashboard.cli import main
from dashboard.server import front
from dashboard.server.front import Hosts, name_of, same_origin
from dashboard.web.component import LONGEST_TEXT, Component
from geodata.access import Actor, open_guard
from geodata.access.accounts import LONGEST_NAME, account_name
from geodata.access.passwords import LONGEST
from geodata.errors import AccountError
from geodata.escaping import capped
from tests.dashboard.server.test_gate import UPGRADE
from tests.dashboard.server.test_gate_of_county import (  # noqa: F401
    ROUTES,
    TOWNSHIP,
    filled,
    folder,
    running,
)

# One character that becomes 18 in the normal form, three bytes long and nine when quoted.
SWELLING = "\ufdfa"
SIZES = (10, 5_000, 30_000, 100_000, 2_000_000)


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str):
    """Send a request as it stands; returns status and body, or None when it was cut off."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(link):
        try:
            link.putrequest(method, path, skip_host=True)
            for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
                link.putheader(name, value)
            if body is not None and "Transfer-Encoding" not in headers:
                link.putheader("Content-Length", str(len(body)))
            link.endheaders()
            if body is not None:
                link.send(body)
            answer = link.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            return None


def attacks(size: int) -> list[tuple[str, bytes | None, dict[str, str]]]:
    """Return query, body and headers of hostile requests of about a size."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "_xsrf=aabb"}
    long = (quote(SWELLING) * size)[:size]
    typed = urlencode(dict.fromkeys(("name", "password", "old", "new", "do"), SWELLING)).encode()
    chunk = b"_xsrf=aabb&name=" + long.encode()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(chunk), chunk)
    return [
        (f"?lang={long}", None, {}),
        ("?" + "&".join(f"a{n}=1" for n in range(size // 6)), None, {}),
        ("?theme=%ff%fe", None, {}),
        ("", chunk + b"&password=" + long.encode(), form),
        ("", b"&".join([b"_xsrf=aabb", *[typed] * (size // 60 + 1)]), form),
        ("", chunks, {**form, "Transfer-Encoding": "chunked"}),
        ("", b"x" * size, {"Content-Type": "multipart/form-data; boundary=x"}),
        ("", None, {"Cookie": f"guatu_session={long}"}),
        ("", None, {"Cookie": "; ".join(f"c{n}=1" for n in range(size // 6))}),
        ("", None, {"User-Agent": long, "Accept-Language": long}),
        ("", None, {**UPGRADE, "Sec-WebSocket-Protocol": f"bokeh, {long}"}),
    ]


@pytest.fixture
def given(running, monkeypatch):  # noqa: F811
    """Collect what the handlers of a server are given: sizes of address, headers and body."""
    seen: list[tuple[str, int, int, int, int]] = []
    for rule in running.server._tornado.wildcard_router.rules:

        def execute(self, transforms, *args, _inner=rule.target._execute, **kwargs):
            request = self.request
            sizes = sum(len(k) + len(v) for k, v in request.headers.get_all())
            body, cap = len(request.body), getattr(type(self), "largest_body", 0)
            seen.append((type(self).__name__, len(request.uri), sizes, body, cap))
            return _inner(self, transforms, *args, **kwargs)

        monkeypatch.setattr(rule.target, "_execute", execute)
    return seen


def test_no_handler_of_any_route_is_given_more_than_its_cap(running, given, monkeypatch):  # noqa: F811
    normalised: list[int] = []
    plain = unicodedata.normalize

    def normalize(form: str, text: str) -> str:
        normalised.append(len(text))
        return plain(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalize)
    statuses = set()
    for pattern in ROUTES:
        for size in SIZES if pattern in ("/login", "/audit", "/?") else (10, 2_000_000):
            for query, body, headers in attacks(size):
                method = "GET" if body is None else "POST"
                answer = ask(running.port, method, filled(pattern) + query, body, **headers)
                statuses.add(answer[0] if answer else 0)
                assert answer is None or answer[0] < 500, (pattern, size, query[:20], answer)
    assert {400, 413, 414, 431} <= statuses
    assert len(given) > len(ROUTES)
    longest, headers, _, _ = (max(each[i] for each in given) for i in (1, 2, 3, 4))
    assert longest <= front.LONGEST_ADDRESS
    assert headers <= front.LARGEST_HEADERS
    assert [each for each in given if each[3] > each[4]] == []
    assert max(normalised) <= LONGEST + 1
    assert running.browser().ask("/health").status == 200


def test_what_is_too_large_is_told_in_a_sentence(running):  # noqa: F811
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    too_much = ask(running.port, "POST", "/login", b"name=" + b"x" * 200_000, **form)
    assert (too_much[0], "发来的内容太大" in too_much[1]) == (413, True)
    too_long = ask(running.port, "GET", "/login?lang=en&x=" + "x" * 9000)
    assert (too_long[0], "The address is too long" in too_long[1]) == (414, True)
    headers = ask(running.port, "GET", "/login", Cookie="x" * 30_000)
    assert (headers[0], "请求头太大" in headers[1]) == (431, True)
    assert ask(running.port, "HEAD", "/login?x=" + "x" * 9000) == (414, "")
    fits = ask(running.port, "POST", "/login", b"name=" + b"x" * 60_000, **form)
    assert fits[0] == 403


def test_a_long_name_is_nobody_and_costs_no_more_than_a_short_one(tmp_path):
    guard = open_guard(tmp_path)
    now = guard.trail.clock()
    guard.accounts.add(Actor("lead", "leader", (TOWNSHIP,)), "First-2026-x", by="test", now=now)
    for name in (SWELLING * 10**6, "lead" + " " * 60 + "x", "lead" + " " * 10**6):
        assert len(account_name(name, strict=False)) <= 18 * (LONGEST_NAME + 1)
        with pytest.raises(AccountError):
            guard.accounts.sign_in(name, "First-2026-x", now=now)
    assert guard.accounts.sign_in(" Lead ", "First-2026-x", now=now).name == "lead"
    with pytest.raises(AccountError):
        guard.accounts.sign_in("lead", "First-2026-x" + "x" * 10**6, now=now)
    guard.trail.database.close()


def test_a_capped_text_is_no_short_text():
    assert capped("lead", 4) == "lead"
    assert capped("leader", 4) == "lead\ufffd"
    assert len(capped("x" * 10**6, 64)) == 65


def test_a_component_is_given_no_text_beyond_its_cap_however_deep():
    class Event:
        data: ClassVar = {"a": "x" * 10**6, "b": [{"c": ["x" * 10**6] * 3}], "d": 1}

    class Silent(Component):
        def on_msg(self, callback):
            callback(Event)

    heard = []
    Silent().on_message(heard.append)

    def longest(value) -> int:
        if isinstance(value, dict):
            return max(map(longest, [*value, *value.values()]))
        if isinstance(value, list):
            return max(map(longest, value))
        return len(value) if isinstance(value, str) else 0

    assert heard[0]["d"] == 1
    assert longest(heard[0]) == LONGEST_TEXT + 1


FOREIGN = (
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "localhost.evil.example",
    "evil.example@127.0.0.1:{port}",
    "127.0.0.1:{port}@evil.example",
    "192.168.1.5:{port}",
    "0.0.0.0:{port}",
    "[::2]:{port}",
    "127.0.0.1, evil.example",
    "127.0.0.1/evil.example",
    "",
    " ",
    "::",
)
OWN = ("127.0.0.1:{port}", "localhost", "LOCALHOST:1", "[::1]:{port}")


def test_every_route_answers_to_its_own_names_alone(running, given):  # noqa: F811
    for pattern in ROUTES:
        for host in FOREIGN:
            answer = ask(running.port, "GET", filled(pattern), Host=host.format(port=running.port))
            assert answer is None or answer[0] in (400, 421), (pattern, host, answer)
            assert answer is None or answer[0] == 400 or "不接受用这个名称访问" in answer[1]
    assert given == []
    for pattern in ROUTES:
        for host in OWN:
            answer = ask(running.port, "GET", filled(pattern), Host=host.format(port=running.port))
            assert answer[0] != 421, (pattern, host)
    assert given


@pytest.mark.parametrize("accounts", [True, False])
def test_a_live_connection_needs_a_host_of_ours_and_the_origin_of_it(accounts):
    from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

    from dashboard.server.gate import _WebSocketGate

    def may(host: str, origin: str) -> bool:
        if not Hosts("127.0.0.1").allow(host):
            return False
        line = RequestStartLine("GET", "/ws", "HTTP/1.1")
        request = HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": host}))
        gate = type("Live", (_WebSocketGate,), {"sign_in_of_gate": object() if accounts else None})
        live = gate.__new__(gate)
        live.request = request
        return live.check_origin(origin)

    assert may("127.0.0.1:5006", "http://127.0.0.1:5006")
    assert may("LOCALHOST:8000", "http://localhost:8000")
    assert not may("evil.example.org:5006", "http://evil.example.org:5006")
    assert not may("127.0.0.1:5006", "http://127.0.0.1:5007")
    assert not may("127.0.0.1:5006", "http://localhost:5006")
    assert not may("127.0.0.1:5006", "null")
    assert not may("127.0.0.1:5006", "http://[")


def test_without_accounts_a_rebound_name_reaches_no_page_and_no_live_connection():
    from dashboard.server.serve import atlas_server
    from dashboard.server.serving import Serving
    from tests import invented
    from tests.dashboard.server.served import free_port

    server = atlas_server(invented.grid_atlas(), Serving(free_port()))
    application = server._tornado
    server.stop()
    line = front.RequestStartLine("GET", "/ws", "HTTP/1.1")

    class Connection:
        status = 0
        context = None

        def set_max_body_size(self, size: int) -> None:
            assert size == front.THROWN_AWAY

        def write_headers(self, start, headers, chunk) -> None:
            self.status = start.code

        def finish(self) -> None:
            pass

    for host, status in (("evil.example:5006", 421), ("192.168.1.5", 421)):
        connection = Connection()
        arriving = application.start_request(None, connection)
        arriving.headers_received(line, front.HTTPHeaders({"Host": host, "Origin": host}))
        arriving.finish()
        assert connection.status == status


def test_hosts_are_those_of_the_address_and_those_that_are_stated():
    stated = Hosts("192.168.1.5", ("guatu.county.internal", "GUATU:8443", "fe80::1"))
    for host in ("192.168.1.5:5006", "guatu.county.internal", "guatu", "[fe80::1]:1", "localhost"):
        assert stated.allow(host)
    for host in ("192.168.1.6", "county.internal", "x.guatu", "guatu:x", "guatu:", "[fe80::1", ""):
        assert not stated.allow(host)
    everywhere = Hosts("0.0.0.0")
    assert everywhere.allow("10.0.0.7:5006")
    assert everywhere.allow(socket.gethostname())
    assert not everywhere.allow("evil.example")
    assert name_of("http://localhost") == name_of("x/y") == name_of("x y") == ""
    assert same_origin("https://guatu.example.org", "guatu.example.org")
    assert not same_origin("https://guatu.example.org:1", "guatu.example.org")


def test_hosts_that_are_none_and_hosts_without_accounts_end_with_a_sentence(tmp_path, capsys):
    from tests.dashboard.server.served import make_folder

    folder = make_folder(tmp_path / "with")  # noqa: F811
    with pytest.raises(SystemExit) as left:
        main(["serve", str(folder), "--no-open", "--port", "5006", "--host", "http://localhost/"])
    assert left.value.code == 2
    assert "“http://localhost/”" in capsys.readouterr().err
