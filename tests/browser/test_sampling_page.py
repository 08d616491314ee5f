"""The mock inspection on the screen: from the first page to the sample, another seed, and a card."""

from __future__ import annotations

import pytest

from tests.browser.conftest import serving
from tests.browser.test_map_page import _asked, _wait_asked
from tests.invented_county import VILLAGES


@pytest.fixture(scope="module")
def sampled(counties, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sampled") / "county"
    counties.copy(folder, listed=True)
    with serving(folder) as address:
        yield address


def test_two_clicks_lead_to_the_sample_and_one_more_to_another_or_a_card(view, sampled):
    view.goto(sampled)
    view.get_by_text("进入").nth(0).click()
    view.get_by_role("button", name="自查抽样", exact=True).click()
    view.get_by_text("没有在用的“抽查村数").wait_for(timeout=60_000)
    for label, number in (
        ("村数", 3),
        ("脱贫户数", 12),
        ("疑似漏评户数", 0),
        ("薄弱占比（%）", 50),
    ):
        field = view.get_by_label(label, exact=True)
        field.fill(str(number))
        field.press("Enter")
    view.locator(".sample h3", has_text="错退率").wait_for(timeout=60_000)
    _wait_asked(view, "numbers", "3,12,0,50")
    view.get_by_text("自查抽样抽中的村").wait_for(timeout=20_000)
    view.locator(".sheet:visible tr.item").first.wait_for(timeout=20_000)
    assert view.locator(".sheet:visible tr.item").count() == len(VILLAGES)
    view.get_by_role("button", name="换个种子再抽").click()
    view.wait_for_function("new URL(location).searchParams.get('seed') !== null", timeout=20_000)
    seed = _asked(view)["seed"]
    view.locator("h1", has_text=f"种子 {seed}").wait_for(timeout=20_000)
    view.get_by_role("button", name="抽中户", exact=True).click()
    view.locator(".sheet:visible td.code").first.click()
    view.locator("h1", has_text="户卡").wait_for(timeout=20_000)
