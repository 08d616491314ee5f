"""The server of a workspace: every role, place, route and method, every path that climbs, every read."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import threading

import pytest
from panel.io.server import AutoloadJsHandler, DocHandler
from tornado.web import authenticated

from dashboard.server import serve as serving_module
from dashboard.server.gate import _Gate, is_public, path_within
from dashboard.server.openid import Provider
from dashboard.server.serving import Serving
from dashboard.session.entries import Entries
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.session.stops import Stops
from geodata.access import Actor, load_roles, open_guard
from geodata.access.entry_kinds import kinds
from geodata.atlas import open_atlas
from geodata.config.settings import OpenIdSettings
from geodata.errors import GuatuError
from geodata.themes import own_themes
from geodata.workspace import open_workspace
from tests.dashboard.server.served import Browser, free_port
from tests.invented_county import COUNTY, HOUSEHOLDS, TOWNSHIP, VILLAGES

ROLES = sorted(load_roles())
PLACES = {
    "county": (COUNTY,),
    "township": (TOWNSHIP,),
    "village": (VILLAGES[2],),
    "elsewhere": ("990202",),
    "nowhere": (),
}
FIRST = "First-2026-x"
# Every route, by who reaches it: a new one has no place here and fails the test.
OPEN, PAGE, LIVE, FIGURE, SELF, OWN = "open", "page", "live", "figure", "self", "own"
AUDIT, USERS, IMPORTS = "audit", "users", "imports"
PARAMETERS, ROWS, LISTED = "parameters", "rows", "listed"
PAGES = ("", *(f"/{theme.key}" for theme in own_themes()))
ROUTES = {
    "/login": OPEN,
    "/openid": OPEN,
    "/openid/back": OPEN,
    "/health": OPEN,
    "/ready": OPEN,
    "/favicon.ico": OPEN,
    r"/static/(.*)": OPEN,
    r"/static/(?!extensions/)(.*)": OPEN,
    r"/static/extensions/(.*)": OPEN,
    "/password": SELF,
    "/logout": SELF,
    "/audit": AUDIT,
    "/accounts": USERS,
    "/imports": IMPORTS,
    "/parameters": PARAMETERS,
    "/changeover": ROWS,
    "/sessions": OWN,
    "/bulletins": LISTED,
    r"/bulletins/([a-z0-9-]+\.[a-z]+)": FIGURE,
    r"/tiles/([a-z0-9-]+)/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf": FIGURE,
    r"/geometry/([0-9a-f]+\.(?:geo)?json)": FIGURE,
    r"/briefing/([A-Za-z0-9_-]+)": FIGURE,
    **{f"{at}/?": PAGE for at in PAGES},
    # The scripts of a page below a theme are asked for at /static; these are for nobody else.
    **{f"{at}/static/(.*)": FIGURE for at in PAGES[1:]},
    **{f"{at}/{end}": LIVE for at in PAGES for end in ("ws", "metadata", "autoload.js")},
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
NAMES = [f"{role}.{at}" for role in ROLES for at in PLACES]


class Running:
    """A server of the workspace in a thread of this process, its pages replaced by a word."""

    def __init__(self, folder) -> None:
        self.folder, self.port, self.guard = folder, free_port(), open_guard(folder)
        self.cookies: dict[str, str] = {}
        for name in NAMES:
            role, _, at = name.partition(".")
            self._add(Actor(name, role, PLACES[at]))
        self._add(Actor("newcomer", "leader", (COUNTY,)), changed=False)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(120)

    def _add(self, actor: Actor, *, changed: bool = True) -> None:
        accounts, now = self.guard.accounts, self.guard.trail.clock()
        account = accounts.add(actor, FIRST, by="test", now=now)
        if changed:
            accounts.set_password(actor.name, "Second-2026-y", by=actor.name, now=now)
            account = accounts.get(actor.name)
        self.cookies[actor.name] = self.guard.sessions.start(account, now)

    def _run(self) -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        guard = open_guard(self.folder)
        serving = Serving(self.port, guard=guard)
        self.server = serving_module.county_server(open_workspace(self.folder), serving)
        rules = self.server._tornado.wildcard_router.rules
        self.rules = [(rule.matcher.regex.pattern.removesuffix("$"), rule.target) for rule in rules]
        self.server.start()
        self._ready.set()
        self.server.io_loop.start()

    def browser(self, name: str = "") -> Browser:
        cookies = {"guatu_session": self.cookies[name]} if name else {}
        return Browser(self.port, cookies=cookies)

    def stop(self) -> None:
        self.server.io_loop.add_callback(self.server.io_loop.stop)
        self._thread.join(30)


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    copy = tmp_path_factory.mktemp("gated") / "county"
    shutil.copytree(county.setup.config.folder, copy)
    return copy


@pytest.fixture(scope="module")
def running(folder):
    with pytest.MonkeyPatch.context() as patch:
        openid = OpenIdSettings(
            issuer="http://127.0.0.1:9", client="x", address="http://127.0.0.1:8"
        )
        patch.setattr("dashboard.server.serving._provider", lambda folder: Provider(openid))
        # What a page holds is another test's; to draw thousands of them would take an hour.
        for handler in (DocHandler, AutoloadJsHandler):
            patch.setattr(handler, "get", authenticated(lambda self: self.finish("the page")))
        patch.setattr(serving_module, "warm_county", lambda county: None)
        made = Running(folder)
        yield made
        made.stop()


def filled(pattern: str) -> str:
    """Return an address that a route matches."""
    path = pattern.replace("/?", "/") if pattern.endswith("/?") else pattern
    path = path.replace("(?!extensions/)", "").replace("(.*)", "a/b.js")
    return (
        path.replace(r"([0-9a-f]+\.(?:geo)?json)", "00.geojson")
        .replace("([A-Za-z0-9_-]+)", "x" * 43)
        .replace(r"([a-z0-9-]+\.[a-z]+)", "none.docx")
        .replace(r"([a-z0-9-]+)/(\d{1,2})/(\d{1,6})/(\d{1,6})\.pbf", "gone/7/1/1.pbf")
    )


def expected(name: str, kind: str) -> set[int]:
    """Return the statuses of GET with which an account may be answered; 404 and 410 are unknown files."""
    role, _, at = name.partition(".")
    acts = load_roles()[role].acts if role in ROLES else {}
    figures = "figure" in acts and at != "nowhere"
    if name == "newcomer":
        return {302, 403} if kind != SELF else {200}
    if kind in (SELF, OWN):
        return {200}
    if kind in (AUDIT, USERS, IMPORTS):
        return {200} if kind in acts else {403}
    if kind == PARAMETERS:
        return {200} if acts.get(kind) == "any" or (kind in acts and at == "county") else {403}
    if kind == ROWS:
        return {200} if kind in acts and at != "nowhere" else {403}
    if not figures:
        # Whoever reads the audit or manages accounts is sent there.
        return {403, 302} if {"audit", "users"} & set(acts) and kind == PAGE else {403}
    return {PAGE: {200}, LISTED: {200}, LIVE: {200, 400, 403}, FIGURE: {400, 404, 410}}[kind]


def test_every_route_has_its_place_and_stands_behind_the_gate(running):
    assert {pattern for pattern, _ in running.rules} == set(ROUTES)
    assert [target for _, target in running.rules if not issubclass(target, _Gate)] == []


def test_every_role_place_route_and_method_is_answered_as_its_rights_say(running):
    leaks, cases = [], 0
    for (pattern, kind), method in itertools.product(ROUTES.items(), METHODS):
        path = filled(pattern)
        for name in (*NAMES, "newcomer", ""):
            answer = running.browser(name).ask(path, method=method)
            cases += 1
            if kind == OPEN:
                right = answer.status < 500
            elif not name:
                right = answer.status in ((302, 403) if kind in (PAGE, LIVE) else (403,)) or (
                    method != "GET" and answer.status in (403, 405)
                )
            elif method == "GET":
                right = answer.status in expected(name, kind)
            else:
                right = answer.status in (302, 403, 405) or (
                    method == "HEAD" and answer.status in expected(name, kind) | {404}
                )
            if not right or "某县" in answer.body.split("<main>")[-1]:
                leaks.append((method, path, name, answer.status))
    print(f"{cases} cases")
    assert leaks == []
    assert cases >= 1000


CLIMBS = (
    "../audit/access.sqlite",
    "..%2faudit%2faccess.sqlite",
    "%2e%2e/audit/access.sqlite",
    "%2e%2e%2faudit%2faccess.sqlite",
    "%252e%252e%252faudit%252faccess.sqlite",
    "..\\audit\\access.sqlite",
    "..%5caudit%5caccess.sqlite",
    "%00",
    "a%00.js",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "../../../../../../../../etc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "dashboard.server.auth/SignIn/__file__",
    "builtins/open/x",
)


@pytest.mark.parametrize("name", ["", "leader.county", "village_officer.elsewhere"])
def test_no_path_climbs_out_of_a_route_of_files(running, name):
    files = [pattern for pattern in ROUTES if "(" in pattern]
    assert len(files) >= 5
    for pattern, climb in itertools.product(files, CLIMBS):
        before = pattern.partition("(")[0]
        answer = running.browser(name).ask(f"{before}{climb}")
        assert answer.status in (302, 400, 403, 404), (before, climb, answer.status)
        assert "SQLite format" not in answer.body
        assert "root:" not in answer.body
    assert running.browser().ask("/health").status == 200


def test_with_a_prefix_nothing_but_signing_in_and_scripts_is_public(running):
    for pattern, kind in ROUTES.items():
        path = filled(pattern)
        assert is_public(path_within(f"/guatu{path}", "/guatu")) == (kind == OPEN)
    for strange in (
        "/guatulogin",
        "/guatu/guatu/login",
        "/x/login",
        "/guatu//login",
        "/GUATU/login",
    ):
        assert not is_public(path_within(strange, "/guatu"))


@pytest.mark.parametrize(
    "token",
    ["x", "", "0" * 43, "../../audit/access.sqlite", "%00", "a" * 9000, '"; guatu_session='],
)
def test_a_forged_session_opens_nothing(running, token):
    answer = Browser(running.port, cookies={"guatu_session": token}).ask("/geometry/00.geojson")
    assert answer.status in (400, 403)
    assert running.browser().ask("/health").status == 200


def reads(people: People, code: str, village: str) -> dict[str, object]:
    """Return every kind of read and write about a household, as a browser could call them."""
    people.state.param.update(place=village)
    people.household = code
    entries = Entries(people, household=code, place=village)
    return {
        "rows": lambda: set(people.rows["place_code"]) & {village},
        "export": lambda: set(people.exported()[0]["place_code"]) & {village},
        "card": lambda: people.card().record["place_code"],
        "unmask": lambda: entries.unmask("visit", "今天上门核查住房安全"),
        "note": lambda: entries.add("note", {"text": "x"}),
        "visit": lambda: entries.add("visit", {"day": "2025-06-30", "found": "x"}),
    }


def test_every_kind_of_read_and_write_stays_within_the_own_places(folder):
    county, guard, atlas = open_workspace(folder), open_guard(folder), open_atlas(folder)
    leaks, cases, granted = [], 0, 0
    for role, at in itertools.product(ROLES, PLACES):
        actor = Actor(f"{role}.{at}", role, PLACES[at])
        state = State(atlas, "", themes=county.setup.themes)
        people = People(state, county, actor, guard)
        for code, village, _ in HOUSEHOLDS[1:3]:
            try:
                calls = reads(people, code, village)
            except GuatuError:
                cases += 6
                continue
            for kind, call in calls.items():
                cases += 1
                allowed = kind in load_roles()[role].acts and village.startswith(PLACES[at])
                allowed = bool(PLACES[at]) and allowed
                try:
                    got = bool(call())
                except GuatuError:
                    got = False
                granted += got
                if got and not allowed:
                    leaks.append((actor.name, kind, village))
    print(f"{cases} reads, {granted} granted")
    assert leaks == []
    assert cases == len(ROLES) * len(PLACES) * 2 * 6
    assert granted >= 20


@pytest.mark.parametrize(
    "place", ["990202", "990101101201", "", "%", "' OR 1=1 --", "\x00", "../x"]
)
def test_an_entry_for_a_foreign_place_is_refused(folder, place):
    guard = open_guard(folder)
    actor = Actor("li", "township_officer", (TOWNSHIP,))
    for kind in kinds():
        with pytest.raises(GuatuError):
            guard.writes.add(
                actor, kind, {"text": "x"}, place=place, household="h002", now=guard.trail.clock()
            )


@pytest.mark.parametrize("index", [-1, 10**9, 2**70])
def test_a_stop_that_is_not_there_is_not_removed(folder, index):
    state = State(open_atlas(folder), "")
    stops = Stops(state, Actor("lead", "leader", (COUNTY,)), open_guard(folder))
    before = stops.all
    stops.remove(index)
    assert stops.all == before
