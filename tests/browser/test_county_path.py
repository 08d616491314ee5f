"""County, township, village, household list, card: walked in a browser on a whole workspace."""

from __future__ import annotations

from tests.browser.test_map_page import _asked, _open, _wait_asked
from tests.invented_county import HOSTILE_HOUSEHOLD, VILLAGES


def test_one_click_leads_to_a_village_and_on_to_a_card_and_no_person_in_the_address(
    view, county_served
):
    _open(view, county_served, "?theme=monitoring")
    view.locator(".ranking .row", has_text="<script>").click()
    _wait_asked(view, "place", VILLAGES[0])
    view.get_by_role("button", name="为什么").click()
    view.locator("p", has_text="<script>").first.wait_for(timeout=20_000)
    view.locator(".sheet tr.item", has_text="人均纯收入低于监测线").click()
    _wait_asked(view, "rule", "income_below_line")
    view.locator(".sheet:visible td.code", has_text=HOSTILE_HOUSEHOLD).click()
    view.locator("h1", has_text="户卡").wait_for(timeout=20_000)
    view.locator(".persons li", has_text="张*").first.wait_for(timeout=20_000)
    assert view.locator("figure.life svg .lane").count() == 5
    assert view.locator("td", has_text="<img src=x").count() >= 1
    assert view.locator("li.high").count() >= 1
    assert HOSTILE_HOUSEHOLD not in view.url
    assert _asked(view)["side"] == "households"
    view.get_by_role("button", name="关闭").click()
    view.locator("h1", has_text="户卡").wait_for(state="hidden", timeout=20_000)
    view.locator(".sheet:visible td.code", has_text=HOSTILE_HOUSEHOLD).click()
    view.locator("h1", has_text="户卡").wait_for(timeout=20_000)
    view.go_back()
    view.locator("h1", has_text="户卡").wait_for(state="hidden", timeout=20_000)
    assert view.get_by_text("张*").count() == 0


def test_theme_changes_the_indicator_and_back_returns(view, county_served):
    _open(view, county_served, "?theme=monitoring")
    view.get_by_role("button", name="饮水", exact=True).click()
    _wait_asked(view, "theme", "water")
    assert _asked(view)["indicator"].startswith("water")
    view.go_back()
    _wait_asked(view, "theme", "monitoring")
    assert _asked(view)["indicator"] == "low_income_share"
