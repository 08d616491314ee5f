"""Signing in with OpenID Connect, against a provider on loopback."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import RSAKey

from dashboard.server.openid import Provider
from geodata.access import open_guard
from geodata.config.settings import OpenIdSettings
from geodata.errors import ConfigError
from tests.dashboard.server.provider import CLIENT, provider
from tests.dashboard.server.served import NEWCOMER, Browser, free_port, make_folder, serve


@pytest.fixture(scope="module")
def signed_on(tmp_path_factory):
    """Return a provider and a server that trusts it."""
    folder = make_folder(tmp_path_factory.mktemp("openid"))
    with provider() as known:
        (folder / "guatu.toml").write_text(
            f'[county]\ncode = "991181"\n[openid]\nissuer = "{known.address}"\n'
            f'client = "{CLIENT}"\naddress = "http://127.0.0.1:{free_port()}"\n'
        )
        with serve(folder) as running:
            yield known, running


@pytest.fixture
def known(signed_on):
    """Return the provider as it was at first."""
    found = signed_on[0]
    found.name, found.signs_with, found.change = "leader", None, lambda claims: claims
    return found


@pytest.fixture
def server(signed_on):
    return signed_on[1]


def come_back(server, known, *, code: str = "the-code", state: str = "", browser=None):
    """Go to the provider and return; the answer is what the browser sees."""
    browser = browser or Browser(server.port)
    there = browser.ask("/openid").location
    assert there.startswith(f"{known.address}/auth?")
    state = state or known.authorise(there)
    return browser, browser.ask(f"/openid/back?code={code}&state={state}")


def last_failure(server):
    guard = open_guard(server.folder)
    found = guard.trail.records(act="sign_in", newest=1)[0]
    guard.trail.database.close()
    return found.actor, found.outcome, found.reason


def test_whoever_has_an_account_comes_in_with_pkce_state_and_nonce(server, known):
    assert "/openid" in server.browser().ask("/login").body
    browser, answer = come_back(server, known)
    assert (answer.status, answer.location, browser.ask("/").status) == (303, "/", 200)
    assert known.asked["code_challenge_method"] == "S256"
    assert {"state", "nonce"} <= set(known.asked)
    assert known.faults == []
    assert last_failure(server) == ("leader", "done", "")


def test_the_auditor_comes_to_the_audit(server, known):
    known.name = "auditor"
    assert come_back(server, known)[1].location == "/audit"


def _edited(**changes):
    return lambda claims: {**claims, **changes}


@pytest.mark.parametrize(
    "change",
    [
        _edited(nonce="another"),
        _edited(iss="http://127.0.0.1:1"),
        _edited(aud="another"),
        _edited(exp=int(time.time()) - 3600),
        _edited(preferred_username=""),
        _edited(preferred_username=["leader"]),
        lambda claims: {name: v for name, v in claims.items() if name != "nonce"},
        lambda claims: {name: v for name, v in claims.items() if name != "exp"},
    ],
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(server, known, change):
    known.change = change
    browser, answer = come_back(server, known)
    assert (answer.status, browser.ask("/").status) == (401, 302)
    assert "凭证核对不上" in answer.body
    assert last_failure(server) == ("?openid", "failed", "server.openid_token")


def test_a_token_signed_by_somebody_else_lets_nobody_in(server, known):
    known.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    browser, answer = come_back(server, known)
    assert (answer.status, browser.ask("/").status) == (401, 302)
    assert last_failure(server)[2] == "server.openid_token"


@pytest.mark.parametrize("state", ["x", "%20", "x.y.z", "%F0%A0%AE%B7"])
def test_a_wrong_state_lets_nobody_in(server, known, state):
    browser, answer = come_back(server, known, state=state)
    assert (answer.status, "不是从本页面发起" in answer.body) == (401, True)
    assert browser.ask("/").status == 302
    assert last_failure(server)[2] == "server.openid_state"


def test_an_answer_that_was_used_or_belongs_to_another_browser_is_refused(server, known):
    browser, answer = come_back(server, known)
    again = f"/openid/back?code=the-code&state={known.asked['state']}"
    assert answer.status == 303
    browser.cookies.pop("guatu_openid", None)
    assert browser.ask(again).status == 401
    assert Browser(server.port).ask(again).status == 401


def test_a_code_that_the_provider_does_not_know_is_refused(server, known):
    assert come_back(server, known, code="other")[1].status == 401
    assert "没有同意" in come_back(server, known, code="")[1].body


@pytest.mark.parametrize("name", ["nobody", "<script>alert(1)</script>", "张" * 500])
def test_a_name_without_an_account_has_no_rights_here(server, known, name):
    known.name = name
    browser, answer = come_back(server, known)
    assert (answer.status, "没有可用的账号" in answer.body) == (401, True)
    assert browser.ask("/").status == 302
    assert last_failure(server)[2] == "server.openid_unknown"
    assert name not in server.log.read_text()


def test_a_disabled_account_stays_out_and_a_first_password_ends(server, known):
    guard = open_guard(server.folder)
    guard.accounts.set_disabled("analyst", True, by="test")
    known.name = "analyst"
    assert come_back(server, known)[1].status == 401
    known.name = NEWCOMER
    browser, answer = come_back(server, known)
    assert (answer.location, browser.ask("/").status) == ("/", 200)
    assert Browser(server.port).sign_in(NEWCOMER, "First-2026-x").status == 401
    guard.trail.database.close()


@pytest.mark.parametrize(
    ("name", "address"),
    [("issuer", "http://sso.example.org"), ("issuer", "sso"), ("address", "ftp://x/")],
)
def test_an_address_that_anybody_could_listen_to_is_refused(name, address):
    right = {"issuer": "https://sso.example.org", "address": "https://guatu.example.org"}
    with pytest.raises(ConfigError, match=r"\[openid\]"):
        Provider(OpenIdSettings(client="x", **(right | {name: address})))
