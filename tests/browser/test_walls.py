"""The walls of themes in a browser: on one screen, readable, and a click narrows what stands beside."""

from __future__ import annotations

import itertools
import shutil

import pytest

from tests.browser.conftest import in_sizes, serving
from tests.browser.test_map_page import _asked, _wait_asked

LOOKS = [*itertools.product(("zh", "en"), ("", "1"))]
SIZES = [(1920, 1080), (1366, 768)]


@pytest.fixture(scope="module")
def walls_served(counties, tmp_path_factory):
    """Return the address of a county with a ledger."""
    folder = tmp_path_factory.mktemp("walls") / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, folder)
    with serving(folder) as address:
        yield address


def _open_ledger(view, address, more=""):
    view.goto(f"{address}?theme=rectification&side=ledger{more}", timeout=120_000)
    view.locator(".ledger .item:visible").first.wait_for(timeout=90_000)


@pytest.mark.parametrize(("lang", "dark"), LOOKS)
def test_the_ledger_fits_its_screen_and_can_be_read(view, walls_served, lang, dark):
    """Map, strip and film give way; nothing is cut or scrolls in a scroll; no cell lies on another."""
    _open_ledger(view, walls_served, f"&lang={lang}&dark={dark}")
    assert view.locator(".screen:visible, .film:visible, .strip:visible").count() == 0
    for size, told in in_sizes(view, ".ledger", _MEASURED, SIZES):
        assert told["sideways"] <= 1, size
        assert told["overlaps"] == 0, size
        assert told["cut"] == [], size
        assert told["below"] == 0, "an entry is whole or not there"
        assert told["scrolls"] <= 1, "nothing scrolls in a scroll"
        assert min(told["sizes"]) >= 10.5
        assert min(told["contrasts"]) >= 4.5, told["contrasts"]
        # Every open problem is in one figure over the cells, and in one cell.
        assert told["figures"] == told["cells"] == told["open"]


_MEASURED = r"""root => {
  const all = (names) => [...root.querySelectorAll(names)]
  const number = (node) => parseInt(node.textContent.match(/\d+/)?.[0] ?? "0")
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
  const light = (text) => {
    const parts = text.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
      const colour = getComputedStyle(at).backgroundColor
      if (!/, 0\)$/.test(colour)) { return colour }
    }
    return getComputedStyle(document.body).backgroundColor
  }
  const boxes = all(".rows .cells .cell").map((node) => node.getBoundingClientRect())
  const items = all(".item").filter((node) => !node.hidden)
  const texts = all("h1, h2, .name, .said, .cell b, .tile b, .tile span, .title, .stage span, .stage b, .choice button, .counts, .item b, .item span, .rest, .legend p, .mark span")
    .filter((node) => node.textContent && node.getBoundingClientRect().width)
  const floor = root.querySelector(".list").getBoundingClientRect().bottom
  return {
    sideways: root.scrollWidth - root.clientWidth,
    overlaps: boxes.filter((a, at) => boxes.some((b, other) => other > at && meet(a, b))).length,
    cut: all(".tile, .cell .line, .stage, .day, h1, .head").filter((node) => node.scrollWidth > node.clientWidth + 2).map((node) => node.textContent),
    below: items.filter((node) => node.getBoundingClientRect().bottom > floor + 1).length,
    scrolls: all("*").filter((node) => /auto|scroll/.test(getComputedStyle(node).overflowY) && node.scrollHeight > node.clientHeight + 1).length,
    sizes: texts.map((node) => parseFloat(getComputedStyle(node).fontSize)),
    figures: all(".tile:not(.past) .number b").map(number).reduce((a, b) => a + b, 0) + (root.querySelector(".tile.past.calm") ? 0 : number(root.querySelector(".tile.past .count"))),
    cells: all(".rows .cell b").map(number).reduce((a, b) => a + b, 0),
    open: number(root.querySelector(".whole b")),
    contrasts: texts.map((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => x - y)
      return (b + 0.05) / (a + 0.05)
    }),
  }
}"""


def test_a_cell_narrows_the_entries_and_another_panel_brings_the_map_back(view, walls_served):
    _open_ledger(view, walls_served)
    cell = view.locator(".ledger .cells .cell:has(b)").first
    name, count = cell.locator(".name").inner_text(), int(cell.locator("b").inner_text())
    cell.click()
    view.locator(".ledger h2", has_text=name).wait_for(timeout=30_000)
    assert _asked(view)["place"]
    assert set(view.locator(".ledger .item:visible .village").all_inner_texts()) == {name}
    assert view.locator(".ledger .item:visible").count() <= count
    view.get_by_role("button", name="按部门", exact=True).click()
    assert view.locator(".ledger .rows.departments .group").count() > 1
    view.get_by_role("button", name="排名", exact=True).click()
    view.wait_for_selector(".screen[data-painted]", timeout=60_000)
    box = view.locator(".screen canvas").first.bounding_box()
    assert box["width"] > 300
    assert box["height"] > 200


def test_the_rest_of_the_ledger_is_the_list_of_open_problems(view, walls_served):
    _open_ledger(view, walls_served)
    view.locator(".ledger .rest").click()
    _wait_asked(view, "side", "households")
    assert _asked(view)["indicator"] == "open_problems"


@pytest.mark.parametrize(("lang", "dark"), LOOKS)
def test_the_sites_fit_their_screen_and_no_name_lies_on_another(view, walls_served, lang, dark):
    view.goto(
        f"{walls_served}?theme=relocation&side=sites&lang={lang}&dark={dark}", timeout=120_000
    )
    view.locator(".sites svg .ring").first.wait_for(timeout=90_000)
    assert view.locator(".screen:visible, .film:visible, .strip:visible").count() == 0
    for size, told in in_sizes(view, ".sites", _SITES, SIZES):
        assert told["labels"] > 4
        assert told["overlaps"] == 0, size
        assert told["outside"] == 0, size
        assert told["cut"] == [], size
        assert told["shares"] == told["cards"]
        assert min(told["contrasts"]) >= 4.5, told["contrasts"]


_SITES = (
    _MEASURED.split("  const boxes")[0]
    + r"""
  const box = (node) => node.getBoundingClientRect()
  const labels = all("svg .label"), rings = all("svg .ring"), stage = box(root.querySelector(".stage"))
  const firm = [...labels, ...rings, root.querySelector(".legend")].map(box)
  const near = (a, b) => a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2
  const lines = firm.filter((a, at) => firm.some((b, other) => other > at && near(a, b)))
  const texts = all("h1, h2, .where, .findings, .card .share span, .card .parts span, .row b, .key span, .number b, .services span, .people span, .people b, .legend p, .legend span, .verdict")
    .filter((node) => node.textContent && box(node).width)
  return {
    labels: labels.length,
    overlaps: Math.max(0, lines.length),
    outside: labels.filter((node) => box(node).left < stage.left || box(node).right > stage.right || box(node).bottom > stage.bottom).length,
    cut: all(".card, .row, .services span, .legend").filter((node) => node.scrollWidth > node.clientWidth + 2).map((node) => node.textContent),
    shares: all("svg .share").map((node) => node.textContent).sort().join(),
    cards: all(".card .share b").map((node) => node.textContent).sort().join(),
    contrasts: texts.map((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => x - y)
      return (b + 0.05) / (a + 0.05)
    }),
  }
}"""
)


@pytest.mark.parametrize(("lang", "dark"), LOOKS)
def test_the_service_fits_its_screen_and_can_be_read(view, walls_served, lang, dark):
    view.goto(f"{walls_served}?theme=water&side=service&lang={lang}&dark={dark}", timeout=120_000)
    view.locator(".service button.row:visible").first.wait_for(timeout=90_000)
    for size, told in in_sizes(view, ".service", _SERVICE, SIZES):
        assert told["sideways"] <= 1, size
        assert told["below"] == 0, "a row is whole or not there"
        assert told["apart"] <= 1, "a step stands under its head"
        assert min(told["contrasts"]) >= 4.5, told["contrasts"]


_SERVICE = (
    _MEASURED.split("  const boxes")[0]
    + r"""
  const box = (node) => node.getBoundingClientRect()
  const rows = all("button.row").filter((node) => !node.hidden), floor = box(root.querySelector(".body")).bottom
  const heads = all(".head .title").map((node) => box(node).left)
  const texts = all("h1, .name, .where, .said, .findings, .count, .title b, .rest, .mark span, .more").filter((node) => node.textContent && box(node).width)
  return {
    sideways: root.scrollWidth - root.clientWidth,
    below: rows.filter((node) => box(node).bottom > floor + 1).length,
    apart: Math.max(...rows.flatMap((row) => [...row.querySelectorAll(".step")].map((node, at) => Math.abs(box(node).left - heads[at])))),
    contrasts: texts.map((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => x - y)
      return (b + 0.05) / (a + 0.05)
    }),
  }
}"""
)
