"""The server with accounts: who reaches which route, forged requests, and what goes wrong."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import itertools
import json
import os
import re
import signal
import sqlite3
import time

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError, websocket_connect

from dashboard.cli import main
from dashboard.server.auth import SignIn, safe_next
from dashboard.server.gate import gate
from dashboard.server.headers import security_headers
from geodata.access import load_roles, open_guard, passwords
from geodata.errors import AccountError
from tests import invented
from tests.dashboard.server.served import FIRST, NEWCOMER, PASSWORD, Browser, make_folder, serve
from tests.headless import run_apart

# Every route of the server and who may reach it. A new route has no place here and fails the test.
PUBLIC = {
    "/login",
    "/health",
    "/ready",
    "/favicon.ico",
    r"/static/(.*)",
    r"/static/(?!extensions/)(.*)",
    r"/static/extensions/(.*)",
}
SIGNED_IN = {
    "/?",
    "/ws",
    "/metadata",
    "/autoload.js",
    "/password",
    "/logout",
    "/audit",
    "/accounts",
    "/imports",
    "/parameters",
    "/changeover",
    "/sessions",
    "/bulletins",
    r"/bulletins/([a-z0-9-]+\.[a-z]+)",
    r"/geometry/([0-9a-f]+\.(?:geo)?json)",
    r"/tiles/([a-z0-9-]+)/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf",
}
TITLE = "云岭县"
ROLES = sorted(load_roles())
PATHS = [
    "/",
    "/?place=991181",
    "/ws",
    "/metadata",
    "/autoload.js?bokeh-autoload-element=1",
    "/password",
    "/logout",
    "/components/x/y/z.js",
    "/geometry/00.geojson",
    "/tiles/tiles-0/1/1/1.pbf",
    "/geometry/../audit/access.sqlite",
    "/audit",
    "/accounts",
    "/sessions",
    "/audit/access.sqlite",
    "/audit?act=x&day=y",
    "/nothing",
    "//login",
    "/login/",
    "/Login",
    "/%6cogin",
    "/health/x",
    "/static/../audit/access.sqlite",
    "/static/..%2faudit/access.sqlite",
    "/favicon.ico/x",
    "/;/login",
    "/.//login",
    "/static/%2e%2e/%2e%2e/etc/passwd",
    "/static//etc/passwd",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(make_folder(tmp_path_factory.mktemp("served"))) as running:
        yield running


def test_every_route_has_its_place_behind_the_gate(tmp_path):
    from dashboard.server.gate import _Gate
    from dashboard.server.serve import atlas_server
    from dashboard.server.serving import Serving
    from tests.dashboard.server.served import free_port

    guard = open_guard(make_folder(tmp_path))
    running = atlas_server(invented.grid_atlas(), Serving(free_port(), guard=guard))
    rules = running._tornado.wildcard_router.rules
    patterns = {rule.matcher.regex.pattern.removesuffix("$") for rule in rules}
    running.stop()
    assert patterns == PUBLIC | SIGNED_IN
    assert [rule for rule in rules if not issubclass(rule.target, _Gate)] == []


@pytest.mark.parametrize("path", PATHS)
def test_nobody_without_a_sign_in_gets_past_the_gate(server, path):
    forged = [
        {},
        {"guatu_session": "x"},
        {"guatu_session": "leader"},
        {"user": "leader"},
        {"is_guest": "1"},
        {"guatu_session": "' OR 1=1 --"},
    ]
    for cookies, method in itertools.product(forged, ["GET", "POST", "PUT", "DELETE", "HEAD"]):
        answer = Browser(server.port, cookies=dict(cookies)).ask(path, method=method)
        assert answer.status in (302, 400, 403, 404, 405)
        if answer.status == 302:
            assert answer.location.startswith("/login?next=")
        assert TITLE not in answer.body.split("<main>")[-1]


@pytest.mark.parametrize("role", ROLES)
def test_whoever_signs_in_reaches_the_page_and_nothing_strange(server, role):
    browser = server.browser(role)
    statuses = {path: browser.ask(path).status for path in PATHS}
    sees_figures = "figure" in load_roles()[role].acts
    # Whoever manages accounts is sent to them.
    assert statuses["/"] == statuses["/?place=991181"] == (200 if sees_figures else 302)
    assert statuses["/audit"] == (200 if "audit" in load_roles()[role].acts else 403)
    assert statuses["/password"] == statuses["/logout"] == 200
    strange = [path for path in PATHS if ".." in path or "%" in path or "//" in path[1:]]
    assert {statuses[path] for path in strange} <= {302, 400, 403, 404}
    assert "SQLite format" not in "".join(browser.ask(path).body for path in strange)


def test_an_administrator_is_told_what_is_done_where(server):
    browser = server.browser("administrator")
    assert browser.ask("/").location == "/accounts"
    answer = browser.ask("/accounts")
    assert (answer.status, "系统管理员不看地图和农户数据" in answer.body) == (200, True)
    assert "guatu user" in answer.body
    assert TITLE not in answer.body.split("<main>")[-1]
    assert "guatu user" not in server.browser("auditor").ask("/geometry/00.geojson").body


def test_a_page_stays_in_the_language_it_was_asked_for_in(server):
    browser = Browser(server.port)
    page = browser.ask("/login?lang=en").body
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    action = re.search(r'<form[^>]* action="([^"]*)"', page)[1]
    refused = browser.ask(action, {**hidden, "name": "nobody-here", "password": "wrong"})
    assert refused.status == 401
    assert "用户名" not in refused.body
    assert "用户名" in browser.ask("/login").body
    assert "Accounts" in server.browser("administrator").ask("/accounts?lang=en").body


def test_a_newcomer_sees_nothing_before_a_new_password(server):
    browser = Browser(server.port)
    assert browser.sign_in(NEWCOMER, FIRST).location == "/password"
    for path in ("/", "/geometry/00.geojson", "/metadata", "/ws"):
        answer = browser.ask(path)
        assert (answer.status, answer.location) in ((302, "/password"), (403, ""))
    wrong = browser.submit("/password", old=FIRST, new="Third-2026-z", again="other")
    assert (wrong.status, "两次输入的新密码不一样" in wrong.body) == (400, True)
    weak = browser.submit("/password", old=FIRST, new="short", again="short")
    assert (weak.status, "密码长度应为" in weak.body) == (400, True)
    done = browser.submit("/password", old=FIRST, new="Third-2026-z", again="Third-2026-z")
    assert (done.status, done.location, browser.ask("/").status) == (303, "/", 200)


def test_wrong_password_and_unknown_name_get_the_same_page(server):
    pages = []
    for name in ("analyst", "nobody-here", "<script>alert(1)</script>"):
        answer = Browser(server.port).sign_in(name, "wrong")
        assert answer.status == 401
        pages.append(re.sub(r'value="[^"]*"', "", answer.body))
    assert len(set(pages)) == 1
    assert "用户名、密码或动态码不对" in pages[0]
    assert Browser(server.port).sign_in("analyst").status == 303


def test_a_code_is_asked_for_and_needed_where_somebody_has_a_second_factor(server):
    factors = open_guard(server.folder).accounts.factors
    assert 'name="code"' not in server.browser().ask("/login").body
    given = factors.enrol("auditor", by="test", issuer="guatu")
    try:
        browser = server.browser()
        assert 'name="code"' in browser.ask("/login").body
        assert browser.sign_in("auditor").status == 401
        form = {"name": "auditor", "password": PASSWORD, "code": given.codes[0]}
        assert browser.submit("/login", **form).status == 303
        assert server.browser().submit("/login", **form).status == 401
    finally:
        factors.remove("auditor", by="test")


def test_a_form_from_another_site_is_refused(server):
    browser = server.browser("leader")
    for path, form in (
        ("/login", {"name": "leader", "password": PASSWORD}),
        ("/logout", {}),
        ("/password", {"old": PASSWORD, "new": "x", "again": "x"}),
    ):
        assert browser.ask(path, form).status == 403
        assert browser.ask(path, {**form, "_xsrf": "2|1|2|3"}).status == 403
    assert browser.ask("/").status == 200


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(server):
    browser = server.browser("leader")
    copy = Browser(server.port, cookies=dict(browser.cookies))
    assert browser.ask("/logout").status == copy.ask("/").status == 200
    assert "您已安全退出" in browser.submit("/logout").body
    assert copy.ask("/").status == 302


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("/", "/"),
        ("/?place=991181&month=2025", "/?place=991181&month=2025"),
        ("//evil.example.org/", "/"),
        ("https://evil.example.org/", "/"),
        ("/\\evil.example.org", "/"),
        ("/\t/evil.example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("/logout", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_server(wanted, there):
    assert safe_next(wanted, "") == there
    assert safe_next(f"/guatu{there}", "/guatu") == f"/guatu{there}"
    assert safe_next("/other/", "/guatu") == "/guatu/"


def test_the_sign_in_goes_on_to_the_page_that_was_wanted(server):
    path = "/?place=991181"
    location = Browser(server.port).ask(path).location
    assert Browser(server.port).sign_in("leader", path=location).location == path


def test_cookies_are_out_of_reach_of_scripts_and_not_in_the_page(server):
    browser = server.browser("leader")
    set_cookies = [
        cookie
        for answer in (Browser(server.port).ask("/login"), Browser(server.port).sign_in("leader"))
        for cookie in answer.headers.get_all("Set-Cookie") or []
    ]
    assert set_cookies
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in map(str, set_cookies))
    page = browser.ask("/").body
    token = re.search(r'"token":"([\w.=-]+)"', page.replace(" ", ""))[1]
    readable = page + "".join(
        base64.urlsafe_b64decode(part + "==").decode("latin-1") for part in token.split(".")
    )
    assert browser.cookies["guatu_session"] not in readable
    assert browser.cookies["_xsrf"] not in readable


# What a scanner of headers asks of every answer, whatever was asked and whoever asks.
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "guatu",
}
# The pages that the framework makes are the only ones with an exception.
FRAMEWORK = {"script-src": {"'unsafe-inline'", "'unsafe-eval'"}, "style-src": {"'unsafe-inline'"}}


def policy_of(answer) -> dict[str, set[str]]:
    rules = (one.split() for one in answer.headers["Content-Security-Policy"].split(";"))
    return {name: set(values) for name, *values in rules}


def test_every_answer_carries_the_headers_and_no_policy_allows_more_than_is_said(server):
    wrong, framework = [], 0
    for browser in (server.browser(), server.browser("leader"), server.browser("auditor")):
        for path, method in itertools.product(PATHS, ("GET", "POST", "PUT")):
            answer = browser.ask(path, method=method)
            policy = policy_of(answer)
            kept = {name: answer.headers[name] for name in REQUIRED}
            unsafe = {
                rule: {one for one in values if "unsafe" in one} for rule, values in policy.items()
            }
            told = {rule: values for rule, values in unsafe.items() if values}
            framework += told == FRAMEWORK
            page = "<style" in answer.body and "bokeh" not in answer.body
            outside = [
                one
                for values in policy.values()
                for one in values
                if re.search(r"[*/]{2}|^\*", one)
            ]
            need = {"default-src", "base-uri", "form-action", "frame-ancestors"} <= set(policy)
            if (
                kept != REQUIRED
                or outside
                or not need
                or told not in ({}, FRAMEWORK)
                or (page and told)
            ):
                wrong.append((path, method, answer.status, policy))
            elif "camera=()" not in answer.headers["Permissions-Policy"]:
                wrong.append((path, method, answer.status, "permissions"))
    assert wrong == []
    assert framework > 0
    assert "Strict-Transport-Security" in security_headers(https=True)


def test_the_style_of_every_plain_page_is_allowed_by_its_hash_alone(server):
    leader, seen = server.browser("leader"), set()
    allowed = policy_of(leader.ask("/login"))["style-src"]
    for who, path in (("", "/login"), ("leader", "/password"), ("leader", "/sessions"),
                      ("leader", "/logout"), ("leader", "/nothing"), ("auditor", "/audit"),
                      ("administrator", "/accounts")):  # fmt: skip
        page = server.browser(who).ask(path).body
        styles = re.findall(r"<style>(.*?)</style>", page, re.S)
        assert styles, path
        hashes = {
            f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'"
            for one in styles
        }
        assert hashes <= allowed, path
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", page), path
        assert "<script" not in page
        seen |= hashes
    assert seen
    assert not any("unsafe" in one for one in allowed)


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def refusal(server, browser: Browser, token: str, origin: str = "") -> int:
    """Ask for a page's live connection; returns the status with which it is refused."""
    headers = {**UPGRADE, "Origin": origin or f"http://127.0.0.1:{server.port}"}
    return browser.ask("/ws", **headers, **{"Sec-WebSocket-Protocol": f"bokeh, {token}"}).status


def talk(server, browser: Browser, token: str, act=lambda: None, messages=()) -> tuple[int, bool]:
    """Open a page's live connection, act, and send; returns parts received, and whether it ended."""
    headers = {"Cookie": f"guatu_session={browser.cookies['guatu_session']}"}
    headers["Origin"] = f"http://127.0.0.1:{server.port}"
    request = HTTPRequest(f"ws://127.0.0.1:{server.port}/ws", headers=headers)

    async def converse() -> tuple[int, bool]:
        live = await websocket_connect(request, subprotocols=["bokeh", token])
        received = 0
        with contextlib.suppress(TimeoutError, WebSocketClosedError, StreamClosedError):
            while received < 3 and await asyncio.wait_for(live.read_message(), 30) is not None:
                received += 1
            act()
            for message in messages:
                await live.write_message(message)
            while await asyncio.wait_for(live.read_message(), 5) is not None:
                received += 1
        ended = (
            live.close_code is not None or live.protocol is None or live.protocol.client_terminated
        )
        live.close()
        with contextlib.suppress(TimeoutError):
            while await asyncio.wait_for(live.read_message(), 5) is not None:
                received += 1
        return received, ended

    return run_apart(converse())


def token_of(browser: Browser) -> str:
    return re.search(r'"token":"([\w.=-]+)"', browser.ask("/").body.replace(" ", ""))[1]


def test_a_live_connection_needs_the_same_person_origin_and_token(server):
    mine, other = server.browser("leader"), server.browser("analyst")
    token = token_of(mine)
    assert talk(server, mine, token) == (3, False)
    assert talk(server, other, token) == (0, True)
    head, _, rest = token.partition(".")
    assert talk(server, mine, f"{head[:-4]}AAAA.{rest}") == (0, True)
    assert refusal(server, Browser(server.port), token) == 403
    assert refusal(server, mine, token, origin="http://evil.example.org") == 403
    assert refusal(server, mine, token, origin="null") == 403


def test_a_live_connection_ends_with_the_sign_in(server):
    browser = server.browser("leader")
    token = token_of(browser)
    ask = ('{"msgid":"1","msgtype":"PULL-DOC-REQ"}', "{}", "{}")
    received, ended = talk(server, browser, token, messages=ask)
    assert (received > 3, ended) == (True, False)
    out = talk(server, browser, token, lambda: browser.submit("/logout"), messages=ask)
    assert out == (3, True)


def test_an_oversized_message_or_body_is_refused(server):
    browser = server.browser("leader")
    assert talk(server, browser, token_of(browser), messages=["x" * (6 * 2**20)]) == (3, True)
    try:
        status = browser.ask("/login", {"name": "x" * (21 * 2**20)}).status
    except OSError:
        status = 400  # closed while it was still being sent
    assert status in (400, 413)
    assert server.browser().ask("/health").status == 200


def test_health_says_nothing_about_anybody(server):
    alive, ready = (Browser(server.port).ask(path) for path in ("/health", "/ready"))
    assert json.loads(alive.body) == {"alive": True}
    assert json.loads(ready.body) == {"ready": True, "data": True, "records": True}


def test_the_log_is_json_without_names_or_queries(server):
    Browser(server.port).sign_in("secret.person", "x")
    Browser(server.port).ask("/?place=990000&who=secret.person")
    lines = server.log.read_text().splitlines()
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"at", "level", "worker", "what", "method", "path", "status", "ms"} <= set(entries[-1])
    assert "secret.person" not in "\n".join(lines)
    assert "Traceback" not in "\n".join(lines)


def test_the_audit_holds_every_sign_in_and_is_whole(server):
    server.browser("auditor")
    guard = open_guard(server.folder)
    acts = [(one.actor, one.act, one.outcome) for one in guard.trail.records()]
    assert ("auditor", "sign_in", "done") in acts
    assert guard.trail.verify().whole
    guard.trail.database.close()


def test_a_locked_database_is_one_sentence_and_the_server_goes_on(server):
    file = server.folder / "audit" / "access.sqlite"
    browser = Browser(server.port)
    page = browser.ask("/login").body
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    with sqlite3.connect(file, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        answer = browser.ask("/login", {**hidden, "name": "leader", "password": PASSWORD})
        holder.execute("ROLLBACK")
    holder.close()
    assert answer.status == 503
    assert "账号和审计数据库暂时不能使用" in answer.body
    assert "guatu_session" not in browser.cookies
    assert server.browser("leader").ask("/").status == 200


def test_another_computer_is_refused_without_accounts(tmp_path, capsys):
    from geodata.atlas.folder import save_atlas

    save_atlas(invented.grid_atlas(), tmp_path)
    for options in (("--address", "0.0.0.0"), ("--address", "::"), ("--proxy",)):
        with pytest.raises(SystemExit) as left:
            main(["serve", str(tmp_path), "--no-open", *options])
        assert left.value.code == 2
        assert "没有设用户，不能让其他电脑打开" in capsys.readouterr().err
    assert not (tmp_path / "audit").exists()


def test_a_killed_worker_leaves_the_others_and_the_audit_whole(tmp_path):
    with serve(make_folder(tmp_path), "--workers", "2") as running:
        while len(running.workers()) < 2:
            time.sleep(0.1)
        browser = running.browser("leader")
        first = running.workers()[0]
        os.kill(first, signal.SIGKILL)
        for _ in range(20):
            try:
                assert browser.ask("/").status == 200
            except OSError:
                time.sleep(0.1)  # the connection that the killed worker had taken
        for name in ("leader", "analyst"):
            assert running.browser(name).ask("/").status == 200
        deadline = time.monotonic() + 30
        while len(running.workers()) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(running.workers()) == 2
        assert first not in running.workers()
    guard = open_guard(tmp_path)
    assert guard.trail.verify().whole
    guard.trail.database.close()


class Counted:
    """A hasher that counts what it does."""

    def __init__(self, hasher) -> None:
        self.hasher, self.work = hasher, []

    def hash(self, password: str) -> str:
        self.work.append("hash")
        return self.hasher.hash(password)

    def verify(self, kept: str, password: str) -> bool:
        self.work.append("verify")
        return self.hasher.verify(kept, password)


def test_the_first_unknown_name_takes_the_same_work_as_a_wrong_password(tmp_path, monkeypatch):
    guard = open_guard(make_folder(tmp_path))
    now = guard.trail.clock()
    passwords._nobody.cache_clear()
    SignIn(guard, title="x")
    counted = Counted(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", counted)
    for name in ("nobody-here", "leader", "another"):
        with pytest.raises(AccountError):
            guard.accounts.sign_in(name, "wrong", now=now)
        assert counted.work == ["verify"]
        counted.work.clear()


def test_a_page_fetches_no_script_that_nothing_of_it_uses(server):
    scripts = re.findall(
        r'src="[^"]*/(bokeh[\w-]*)\.min\.js', server.browser("leader").ask("/").body
    )
    assert "bokeh" in scripts
    assert "bokeh-gl" not in scripts


def test_a_live_connection_is_packed_where_the_browser_can(server):
    browser = server.browser("leader")
    headers = {
        "Cookie": f"guatu_session={browser.cookies['guatu_session']}",
        "Origin": f"http://127.0.0.1:{server.port}",
    }
    request = HTTPRequest(f"ws://127.0.0.1:{server.port}/ws", headers=headers)

    async def extensions() -> str:
        protocols = ["bokeh", token_of(browser)]
        live = await websocket_connect(request, subprotocols=protocols, compression_options={})
        live.close()
        return live.headers.get("Sec-WebSocket-Extensions", "")

    assert "permessage-deflate" in run_apart(extensions())


def test_a_page_names_what_it_will_fetch_and_the_browser_may_keep_it(server):
    browser = server.browser("leader")
    links = browser.ask("/?view=map").headers["Link"]
    addresses = re.findall(r"<([^>]+)>", links)
    assert len(addresses) == 2
    assert "prefetch" not in links
    assert "prefetch" in browser.ask("/").headers["Link"]
    for address in addresses:
        found = browser.ask(f"/{address}")
        assert found.status == 200
        assert "max-age=315360000" in found.headers["Cache-Control"]
    assert "Link" not in browser.ask("/login").headers


class _Ends(RequestHandler):
    def get(self) -> None:
        raise SystemExit(2)


def test_an_answer_that_wants_to_end_the_program_ends_itself():
    async def asks() -> list[int]:
        application = Application([("/", _Ends)])
        gate(application, None)
        server = HTTPServer(application)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"
        client = AsyncHTTPClient(force_instance=True)
        codes = [(await client.fetch(address, raise_error=False)).code for _ in range(2)]
        server.stop()
        return codes

    assert run_apart(asks()) == [500, 500]
