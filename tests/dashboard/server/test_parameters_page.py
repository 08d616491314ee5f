"""A value is seen in its effect, proposed by one person and published by another, all on record."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from geodata.access import Actor, load_roles, open_guard
from geodata.workspace import open_workspace
from tests.counties import Counties
from tests.dashboard.server.served import FIRST, PASSWORD, Answer, Browser, Served, serve
from tests.invented_county import COUNTY, HOUSEHOLDS, RICH, VILLAGES

# Each case goes on from what the one before it published.
pytestmark = pytest.mark.xdist_group("values of policy")
RICHER = sum(wages == RICH for _, _, wages in HOUSEHOLDS)
KEY, DAY = "monitor.line.per_capita", "2025-01-15"
STATED = {"key": KEY, "value": "60000", "document": "某县〔2026〕9号", "since": DAY}


@pytest.fixture(scope="module")
def server(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("parameters") / "county"
    counties.copy(folder)
    guard = open_guard(folder)
    people = {name: (name, (COUNTY,)) for name in load_roles()}
    people |= {"helper": ("leader", (COUNTY,)), "villager": ("leader", (VILLAGES[0],))}
    for name, (role, places) in people.items():
        guard.accounts.add(Actor(name, role, places), FIRST, by="test", now=guard.trail.clock())
        guard.accounts.set_password(name, PASSWORD, by=name, now=guard.trail.clock())
    guard.trail.database.close()
    with serve(folder) as running:
        yield running


def _press(browser: Browser, do: str, **values: str) -> Answer:
    (xsrf, *_) = re.findall(r'name="_xsrf" value="([^"]+)"', browser.ask("/parameters").body)
    return browser.ask("/parameters", {"_xsrf": xsrf, "do": do, **values})


def _shown(browser: Browser) -> tuple[str, dict[str, str]]:
    """Return the page with the effect of what waits, and the number and version to decide it by."""
    (number, *_) = re.findall(r"show=(\d+)#", browser.ask("/parameters").body)
    page = browser.ask(f"/parameters?show={number}").body
    found = {
        name: re.findall(rf'name="{name}" value="(\d+)"', page) for name in ("number", "version")
    }
    return page, {name: values[0] for name, values in found.items() if values}


def test_only_who_sets_values_of_the_whole_county_sees_the_page(server: Served) -> None:
    for role, known in load_roles().items():
        status = server.browser(role).ask("/parameters").status
        assert status == (200 if "parameters" in known.acts else 403), role
    assert server.browser("villager").ask("/parameters").status == 403
    guard = open_guard(server.folder)
    refused = guard.trail.records(act="parameters", actor="villager")
    guard.trail.database.close()
    assert [one.outcome for one in refused] == ["refused"]


def test_the_effect_is_seen_before_anything_is_kept(server: Served) -> None:
    browser = server.browser("leader")
    page = _press(browser, "try", **STATED).body
    assert re.search(r"由 9000 .{1,8} 改为 60000 ", page)
    assert f"<td>{RICHER}</td><td>0</td><td>0</td><td>0</td>" in page
    assert "甲二村" in page
    assert "2025-01 整月按月末最后一天的值判断" in page
    assert "没有等待发布的参数" in page
    administrator = _press(server.browser("administrator"), "try", **STATED).body
    assert "本角色看不到农户数据" in administrator
    assert "甲二村" not in administrator


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"key": "monitor.line.per_capit"}, KEY),
        ({"value": "很多"}, "很多"),
        ({"value": "inf"}, "inf"),
        ({"document": " "}, "文件"),
        ({"since": "2026-13-01"}, "2026-13-01"),
        ({"value": "<b>9</b>"}, "&lt;b&gt;9"),
    ],
)
def test_what_could_not_be_written_is_refused_in_a_sentence(
    server: Served, wrong: dict[str, str], told: str
) -> None:
    answer = _press(server.browser("leader"), "propose", **(STATED | wrong))
    assert answer.status == 400
    (sentence,) = re.findall(r'role="alert">(.*?)</div>', answer.body)
    assert told in sentence
    assert "没有等待发布的参数" in answer.body
    assert str(server.folder) not in answer.body


def test_what_one_person_proposes_another_publishes(server: Served) -> None:
    proposer, second = server.browser("leader"), server.browser("helper")
    assert _press(proposer, "propose", **STATED).status == 303
    page, mine = _shown(proposer)
    assert "须由另一人发布" in page
    assert 'value="publish"' not in page
    assert _press(proposer, "publish", **mine).status == 400
    again = _press(second, "propose", **(STATED | {"value": "70000"}))
    assert again.status == 400
    assert "leader" in re.findall(r'role="alert">(.*?)</div>', again.body)[0]
    page, seen = _shown(second)
    assert "甲二村" in page
    assert _press(second, "publish", **seen).status == 303
    assert _press(second, "publish", **seen).status == 400
    policy = open_workspace(server.folder).setup.policy
    assert policy[KEY].at(COUNTY, policy[KEY].values[0].since).value == 60000
    page = second.ask("/parameters").body
    assert "leader 提出，helper 发布" in page
    guard = open_guard(server.folder)
    done = [one.actor for one in guard.trail.records(act="parameters") if one.outcome == "done"]
    guard.trail.database.close()
    assert done == ["leader", "helper"]
    _until(lambda: _low_income(server) == len(HOUSEHOLDS))


def _until(told: Callable[[], bool]) -> None:
    for _ in range(400):
        if told():
            return
        time.sleep(0.5)
    raise AssertionError("it did not come")


def _low_income(server: Served) -> int:
    county = open_workspace(server.folder)
    counts = county.month("2025-01").counts
    return int(counts.loc[counts["rule"] == "income_below_line", "yes"].sum())


def test_what_waits_is_taken_back_by_who_proposed_it(server: Served) -> None:
    browser = server.browser("analyst")
    stated = STATED | {"value": "9000", "since": "2025-03-01"}
    assert _press(browser, "propose", **stated).status == 303
    page, mine = _shown(browser)
    assert "这是改回去" in page
    assert _press(browser, "withdraw", **mine).status == 303
    assert "没有等待发布的参数" in browser.ask("/parameters").body
    assert _press(browser, "publish", **mine).status == 400
    assert _press(browser, "publish", number="x", version="1").status == 400


def test_the_change_of_class_is_explained_within_ones_own_places(server: Served) -> None:
    whole = server.browser("leader").ask("/changeover?from=2024-12&to=2025-01").body
    own = server.browser("villager").ask("/changeover?from=2024-12&to=2025-01").body
    sums = [int(re.findall(r"<strong>(\d+) 户有变化", page)[0]) for page in (whole, own)]
    assert 0 < sums[1] < sums[0] <= len(HOUSEHOLDS)
    assert sums[1] <= sum(place == VILLAGES[0] for _, place, _ in HOUSEHOLDS)
    assert "没有说明原因的 0 处" in whole
    assert "h000" not in whole
    for bad in ("from=2025-01&to=2024-12", "from=x&to=y", "from=2023-01&to=2025-01"):
        page = server.browser("leader").ask(f"/changeover?{bad}").body
        assert "请选两个已生成的月份" in page
    assert server.browser("administrator").ask("/changeover").status == 403
