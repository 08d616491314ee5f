from __future__ import annotations

import pytest

from dashboard.briefing import briefing_of
from dashboard.briefing.html_map import html_map
from tests.dashboard.briefing.briefed import source_of


@pytest.fixture(scope="module")
def file(county, tmp_path_factory):
    page = tmp_path_factory.mktemp("carried") / "map.html"
    page.write_text(html_map(briefing_of(source_of(county), lang="zh")), encoding="utf-8")
    return page


def test_file_drills_from_county_to_village_with_the_network_off(view, file):
    asked = []
    view.on("request", lambda request: asked.append(request.url))
    view.context.set_offline(True)
    view.goto(file.as_uri())
    view.wait_for_selector("path.leaflet-interactive", timeout=20_000)
    assert (
        "责任人" in view.locator("#said").inner_text()
        or "主要问题" in view.locator("#said").inner_text()
    )
    view.locator("tr.go", has_text="甲镇").click()
    view.locator("tr.go", has_text="甲二村").click()
    assert "甲二村" in view.locator("#message").inner_text()
    assert view.locator("nav button").all_inner_texts() == ["某县", "甲镇", "甲二村"]
    view.locator("nav button", has_text="某县").click()
    view.locator("select").nth(1).select_option("0")
    assert "2024年12月" in view.locator("#said h2").first.inner_text()
    assert asked == [file.as_uri()]


def test_hostile_names_in_the_file_are_shown_and_never_run(view, file):
    view.goto(file.as_uri())
    view.locator("tr.go", has_text="甲镇").click()
    assert "<script>" in view.locator("#said").inner_text()
    assert view.evaluate("window.hacked") is None
