"""No account takes more than its share: open pages, passwords being verified, sign-ins of its own."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.dashboard.server.served import make_folder, serve

PAGES = 4


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("shares") / "served")
    own = folder / "parameters" / "own.yaml"
    own.parent.mkdir()
    # Pages that nobody uses are forgotten after a minute: with few, no slow machine gets there.
    value = f"{{value: {PAGES}, places: all, scope: test, status: default}}"
    own.write_text(f"security.pages_per_account: [{value}]\n", "utf-8")
    with serve(folder) as running:
        yield running


def test_one_account_opens_so_many_pages_and_others_still_come_in(server):
    browser = server.browser("analyst")
    answers = [browser.ask("/") for _ in range(PAGES + 3)]
    assert [answer.status for answer in answers] == [200] * PAGES + [429] * 3
    assert "同时打开的页面或登录太多" in answers[-1].body
    assert server.browser("leader").ask("/").status == 200
    assert browser.ask("/sessions").status == 200


def test_many_passwords_at_once_are_sent_away_and_the_server_answers(server):
    strangers = [server.browser() for _ in range(24)]
    for stranger in strangers:
        stranger.ask("/login")
    with ThreadPoolExecutor(24) as threads:
        tried = [
            threads.submit(one.sign_in, f"name{number}", "x")
            for number, one in enumerate(strangers)
        ]
        health = server.browser().ask("/health")
        statuses = {one.result().status for one in tried}
    assert health.status == 200
    assert statuses <= {401, 429}
    assert server.browser().sign_in("leader").status == 303


def test_ones_own_sign_ins_are_on_a_page_and_end_there(server):
    first, second = server.browser("leader"), server.browser("leader")
    page = first.ask("/sessions?lang=en").body
    assert "this one" in page
    assert "127.0.0.1" in page
    names = re.findall(r'name="session" value="([0-9a-f]+)"', page)
    assert second.ask("/").status == 200
    (xsrf, *_) = re.findall(r'name="_xsrf" value="([^"]+)"', page)
    assert first.ask("/sessions", {"session": names[0]}).status == 403  # without the page's token
    assert second.ask("/").status == 200
    for name in names:
        assert first.ask("/sessions", {"session": name, "_xsrf": xsrf}).status == 303
    assert second.ask("/").status == 302
    assert first.ask("/sessions").status == 200
    stranger = server.browser()
    assert stranger.ask("/sessions").status in (302, 403)
