"""List, filters, visit list, card and print in a browser, with hostile names in every field."""

from __future__ import annotations

import io

import openpyxl
import pytest

from dashboard.texts import text
from tests.browser.conftest import in_sizes
from tests.invented_county import VILLAGES


def _households(view, address: str, lang: str, place: str = VILLAGES[0]) -> None:
    view.goto(f"{address}?place={place}&side=households&everyone=1&lang={lang}")
    view.locator(".sheet:visible tr.item").first.wait_for(timeout=60_000)


# How many rows are seen whole, and how many boxes around them scroll.
_SEEN = """sheet => {
  const frame = sheet.querySelector(".body").getBoundingClientRect()
  const whole = [...sheet.querySelectorAll("tr.item")].map((row) => row.getBoundingClientRect())
    .filter(({top, bottom}) => top >= frame.top && bottom <= Math.min(frame.bottom, window.innerHeight) + 1)
  let scrolls = 0
  for (let at = sheet.querySelector("tr.item"); at; at = at.parentElement ?? at.getRootNode().host) {
    scrolls += at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY) ? 1 : 0
  }
  return {rows: whole.length, scrolls}
}"""
# What a card must hold: the whole width, no cell of a few signs a line, nothing cut, words of 12 pixels.
_CARD = r"""block => {
  const root = block.closest(".household"), picture = root.querySelector("svg")
  const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width
  const words = [...picture.querySelectorAll("text")]
  const cells = [...root.querySelectorAll("td, th")].filter((cell) => cell.textContent.trim().length > 3)
  const broken = cells.filter((cell) => cell.clientWidth < 2.9 * parseFloat(getComputedStyle(cell).fontSize))
  const cut = [...root.querySelectorAll("section")].filter((one) => one.scrollWidth > one.clientWidth + 1)
  return {
    wide: root.getBoundingClientRect().width / window.innerWidth,
    small: words.map((one) => parseFloat(one.getAttribute("font-size") ?? 20) * scale).filter((size) => size < 12),
    broken: broken.map((cell) => cell.textContent),
    cut: cut.map((one) => one.querySelector("h2").textContent),
  }
}"""


def test_list_filters_and_says_how_many_of_all(view, county_served):
    lang = "en"
    _households(view, county_served, lang)
    for size, told in in_sizes(view, ".sheet:visible", _SEEN, [(1920, 1080), (1366, 768)]):
        assert told["rows"] >= 8, size
        assert told["scrolls"] == 1, size
    note = view.locator(".sheet:visible .note")
    assert "27" in note.inner_text()
    view.get_by_role("button", name=text("households.filter", lang)).click()
    view.get_by_label(text("filters.helper", lang)).fill("nobody at all")
    view.keyboard.press("Enter")
    view.get_by_role("button", name="nobody at all").wait_for(timeout=20_000)
    assert view.locator(".sheet:visible tr.item").count() == 0
    assert "27" in note.inner_text()
    view.get_by_role("button", name="nobody at all").click()
    view.locator(".sheet:visible tr.item").first.wait_for(timeout=20_000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_card_and_visit_list_show_hostile_names_as_text_on_paper(view, county_served, lang):
    _households(view, county_served, lang)
    view.get_by_role("button", name=text("visits.button", lang)).click()
    printed = view.get_by_role("button", name=text("visits.print", lang))
    printed.wait_for(timeout=30_000)
    assert view.locator("caption").first.inner_text()
    view.get_by_role("button", name=text("visits.close", lang), exact=True).click()
    printed.wait_for(state="hidden", timeout=20_000)
    view.locator(".sheet:visible td.code", has_text="h000").click()
    view.locator("section.block-findings").wait_for(timeout=30_000)
    for size, told in in_sizes(view, "section.block-findings", _CARD, [(1920, 1080), (1366, 768)]):
        assert told["wide"] > 0.9, size
        assert told["small"] == told["broken"] == told["cut"] == [], (size, told)
    body = view.locator("section", has_text="window.hacked=1").count()
    assert body >= 1
    assert view.locator("section script, section img[src=x], section svg").count() == 0


def test_export_holds_what_is_seen_and_nothing_runs(view, county_served):
    _households(view, county_served, "zh")
    with view.expect_download(timeout=30_000) as found:
        view.get_by_role("button", name=text("households.export", "zh")).click()
    sheet = openpyxl.load_workbook(io.BytesIO(found.value.path().read_bytes())).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert "仅限内部使用" in sheet["A2"].value
    assert sheet.max_row == 3 + 27
