"""Hostile text as the name of places and people and in all that people write: shown, never run."""

from __future__ import annotations

import pytest

from dashboard.session.state import State
from dashboard.session.stops import Stops
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.errors import AccountError
from tests import invented_county
from tests.browser.conftest import serving
from tests.hostile_names import HTML, NAMES
from tests.invented_county import COUNTY, HOUSEHOLDS, MONTHS, VILLAGES, make_invented_county

PASSWORD = "First-2026-x"
LEADER, AUDITOR = Actor("lead", "leader", (COUNTY,)), Actor("audit", "auditor", (COUNTY,))
OFFICER = Actor("li", "township_officer", (COUNTY,))
PLACE, HOUSEHOLD = VILLAGES[0], HOUSEHOLDS[0][0]
HACKED = "window.hacked"


def _write(folder) -> dict[str, str]:
    """Write hostile text wherever people write, and return the cookies of two of them."""
    guard = open_guard(folder)
    now = guard.trail.clock()
    state = State(open_atlas(folder), "")
    pinned = {"period": MONTHS[-1], "indicator": state.indicator}
    for text in HTML.values():
        about = {"place": PLACE, "now": now}
        guard.writes.add(LEADER, "pin", {"text": text, **pinned}, **about)
        guard.writes.add(OFFICER, "note", {"text": text}, household=HOUSEHOLD, **about)
        guard.unmasking.open(LEADER, HOUSEHOLD, place=PLACE, ground="visit", reason=text, now=now)
        Stops(state, LEADER, guard).add(text)
    cookies = {}
    for actor in (LEADER, AUDITOR):
        guard.accounts.add(actor, PASSWORD, by="test", now=now)
        guard.accounts.set_password(actor.name, "Second-2026-y", by=actor.name, now=now)
        cookies[actor.name] = guard.sessions.start(guard.accounts.get(actor.name), now)
    return cookies


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Return the address of a workspace full of hostile text, and the cookies of its accounts."""
    folder = tmp_path_factory.mktemp("hostile") / "county"
    places = dict(zip(invented_county._NAMES, HTML.values(), strict=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invented_county, "_NAMES", places)
        make_invented_county(folder, names=list(NAMES.values()))
    cookies = _write(folder)
    with serving(folder) as address:
        yield address, cookies


def _as(view, hostile, name: str) -> str:
    address, cookies = hostile
    cookie = {"name": "guatu_session", "value": cookies[name], "url": address}
    view.context.clear_cookies()
    view.context.add_cookies([cookie])
    return address


def _is_text(view, sign: str = HACKED) -> None:
    view.get_by_text(sign).first.wait_for(timeout=60_000, state="attached")
    assert view.evaluate(HACKED) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_overview_map_reasons_list_and_card_show_text_alone(view, hostile, lang):
    address = _as(view, hostile, LEADER.name)
    view.goto(f"{address}?lang={lang}")
    view.locator("main.matters .card").first.wait_for(timeout=60_000)
    assert view.evaluate(HACKED) is None
    view.goto(f"{address}?place={PLACE}&side=why&lang={lang}")
    view.get_by_text("window.hacked=8").first.wait_for(timeout=60_000, state="attached")
    for x in range(450, 900, 90):
        view.mouse.move(x, 420)
    view.keyboard.press("/")
    view.keyboard.type("window")
    _is_text(view)
    view.goto(f"{address}?place={PLACE}&side=households&everyone=1&lang={lang}")
    view.locator(".sheet:visible td.code", has_text=HOUSEHOLD).first.click(timeout=60_000)
    view.locator("section.block-findings").wait_for(timeout=60_000)
    view.locator("li", has_text="window.hacked=3").first.wait_for(timeout=30_000)
    assert (
        view.locator("section script, section img[src=x], li img, li svg, li script").count() == 0
    )
    _is_text(view)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_stops_ranking_and_what_was_found_show_text_alone(view, hostile, lang):
    address = _as(view, hostile, LEADER.name)
    view.goto(f"{address}?theme=monitoring&lang={lang}")
    view.locator(".ranking .row").first.wait_for(timeout=60_000)
    box = view.locator(".find input")
    box.fill("window")
    # A name is cut before its end there.
    view.locator(".find li", has_text=HACKED[:11]).first.wait_for(timeout=30_000)
    assert view.locator(".find li script, .find li img, .find li svg").count() == 0
    box.fill("")
    view.locator(".presenter .menu").click()
    stops = view.locator(".presenter .stops .stop")
    assert stops.count() == len(HTML)
    assert "".join(stops.all_inner_texts()).count(HACKED) == len(HTML)
    stops.nth(1).click()
    view.locator(".presenter .menu").click()
    view.locator(".presenter .start").click()
    said = view.locator(".presenter .said", has_text=HACKED)
    view.keyboard.press("ArrowRight")
    said.wait_for(timeout=30_000)
    for shown in (".presenter", ".legend", ".trail"):
        assert view.locator(f"{shown} :is(script, img, svg, b)").count() == 0, shown
    # Courses of figures are drawn in the ranking.
    assert view.locator(".ranking :is(script, img)").count() == 0
    _is_text(view)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_audit_and_sign_in_show_text_alone(view, hostile, lang):
    address = _as(view, hostile, AUDITOR.name)
    view.goto(f"{address}audit?lang={lang}")
    _is_text(view, "window.hacked=1")
    assert view.locator("td script, td img, td svg, td b").count() == 0
    view.context.clear_cookies()
    view.goto(f"{address}login?lang={lang}&next=/%22%3E%3Cscript%3Ewindow.hacked=9%3C/script%3E")
    assert view.locator("main script, main img").count() == 0


def test_no_account_can_bear_a_name_of_markup(tmp_path):
    guard = open_guard(tmp_path)
    for name in HTML.values():
        with pytest.raises(AccountError):
            guard.accounts.add(
                Actor(name, "leader", (COUNTY,)), PASSWORD, by="test", now=guard.trail.clock()
            )
