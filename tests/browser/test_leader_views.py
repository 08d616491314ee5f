"""What a leader does on the wall: first page, themes to the card, points, comparison, presenting."""

from __future__ import annotations

import itertools
import json

import pytest

from dashboard.texts import text
from geodata.themes import own_themes
from tests.browser.conftest import in_sizes
from tests.browser.test_map_page import _asked, _open, _wait_asked
from tests.invented_county import COUNTY, HOSTILE_HOUSEHOLD, SITE, TOWNSHIP, VILLAGES, ZONE

WORDS = {"zh": ("农户", "户卡"), "en": ("Households", "Household")}


def _open_first(view, address, query=""):
    view.goto(address + query)
    view.wait_for_selector(".matters[data-sketched]", timeout=60_000)


def _wait_count(view, selector, count):
    view.locator(selector).nth(count - 1).wait_for(timeout=20_000)
    assert view.locator(selector).count() == count


def test_the_first_page_shows_every_theme_and_one_click_enters(view, county_served):
    _open_first(view, county_served)
    assert view.locator(".card").count() >= 3
    assert "33.3" in view.locator(".card .number").first.inner_text()
    view.locator(".card", has_text="进入").first.click()
    view.wait_for_selector(".screen[data-painted]", timeout=30_000)
    view.go_back()
    view.locator("main.matters").wait_for(timeout=20_000)
    assert _asked(view)["view"] == "overview"


def test_the_map_stays_while_the_first_page_is_looked_at(view, county_served):
    """It is not made anew, and stands in the size that the window has when it is seen again."""
    _open(view, county_served, "?theme=monitoring")
    screen = view.locator(".screen").element_handle()
    view.get_by_role("button", name=text("matters.home", "zh"), exact=True).click()
    view.locator("main.matters").wait_for(timeout=20_000)
    assert not screen.is_visible()
    view.set_viewport_size({"width": 1500, "height": 900})
    view.locator(".card", has_text="进入").first.click()
    screen.wait_for_element_state("visible", timeout=20_000)
    fits = "node => node.querySelector('canvas.maplibregl-canvas').clientWidth === node.querySelector('.canvas').clientWidth"
    for _ in range(100):
        if screen.evaluate(fits):
            break
        view.wait_for_timeout(100)
    assert screen.evaluate(fits)
    assert screen.bounding_box()["width"] > 800


def test_a_matter_opens_the_list_of_those_it_counts(view, county_served):
    _open_first(view, county_served)
    number = int(view.locator(".gravest .number b").inner_text().replace(",", ""))
    view.locator(".gravest .head").click()
    _wait_asked(view, "side", "households")
    view.locator(".sheet:visible td.code").first.wait_for(timeout=30_000)
    assert view.locator(".sheet:visible td.code").count() == min(number, 20)


LOOKS = [*itertools.product(("zh", "en"), ("", "1"))]
WIDE = [(1366, 768), (1600, 900), (1920, 1080)]


@pytest.mark.parametrize(("lang", "dark"), LOOKS)
def test_the_first_page_fits_its_screen(view, county_served, lang, dark):
    """Nothing is cut, no two names of the map lie over each other, everything can be read."""
    _open_first(view, county_served, f"?lang={lang}&dark={dark}")
    for size, told in in_sizes(view, "main.matters", _MEASURED, [*WIDE, (390, 844)]):
        assert told["sideways"] <= 1, f"{size}: nothing scrolls sideways"
        if size in WIDE:
            assert told["over"] <= 1, f"{size}: the page is one screen"
            assert max(told["lines"]) <= 2, f"{size}: a sentence has two lines"
        assert told["cut"] == [], size
        assert told["overlaps"] == 0, size
        assert min(told["contrasts"]) >= 4.5, (size, told["contrasts"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_long_figures_of_many_themes_lie_over_nothing(view, county_served, lang):
    """Each word stays in its card or row, and off the small maps, whatever the figures are."""
    _open_first(view, county_served, f"?lang={lang}")
    unit = {"zh": "处供水工程", "en": "water works each"}[lang]
    for themes in (4, 5):
        view.locator("main.matters").evaluate(_LENGTHENED, {"themes": themes, "unit": unit})
        for size, told in in_sizes(view, "main.matters", _LYING_OVER, WIDE):
            assert told["cards"] == themes, size
            assert told["over"] == [], (size, themes)
            assert told["outside"] == [], (size, themes)


# Gives the page so many themes and long figures, as they are in a county of many households.
_LENGTHENED = """(root, {themes, unit}) => {
  const cards = root.querySelector(".cards")
  while (cards.children.length < themes) { cards.append(cards.firstChild.cloneNode(true)) }
  while (cards.children.length > themes) { cards.lastChild.remove() }
  for (const card of cards.children) {
    card.querySelector(".number b").textContent = "100.0"
    card.querySelector(".number .note").textContent = "12,345" + unit
  }
  const list = root.querySelector("ol")
  while (list.firstChild && list.children.length < 4) { list.append(list.firstChild.cloneNode(true)) }
  for (const row of list.children) {
    const number = row.querySelector(".number")
    number.className = "number long"
    number.querySelector("b").textContent = "12,345"
    number.querySelector("i").textContent = unit
  }
}"""
_LYING_OVER = r"""root => {
  const parts = [...root.querySelectorAll(".card, .row")]
  // The lines of a text, each as high as its signs; the box of a line is of the height of the font.
  const rects = (node) => {
    const range = document.createRange()
    range.selectNodeContents(node)
    const high = 0.36 * parseFloat(getComputedStyle(node).fontSize)
    return [...range.getClientRects()].map(({left, right, top, bottom}) =>
      ({left, right, top: (top + bottom) / 2 - high, bottom: (top + bottom) / 2 + high}))
  }
  const words = (part) => [...part.querySelectorAll("span, b, i")]
    .filter((node) => node.textContent && !node.children.length)
    .map((node) => ({node, rects: rects(node)}))
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
  const over = [], outside = []
  for (const part of parts) {
    const box = part.getBoundingClientRect()
    // Of lines that are cut the rest is not seen.
    const said = words(part).filter(({node}) => getComputedStyle(node).webkitLineClamp === "none")
    const drawn = [...part.querySelectorAll("canvas, svg")].map((node) => node.getBoundingClientRect())
    said.forEach(({node, rects}, at) => {
      if (rects.some((one) => drawn.some((other) => meet(one, other)))) { over.push(node.textContent) }
      const others = said.slice(at + 1).flatMap((other) => other.rects)
      if (rects.some((one) => others.some((other) => meet(one, other)))) { over.push("= " + node.textContent) }
      if (rects.some((one) => one.left < box.left - 1 || one.right > box.right + 1 || one.bottom > box.bottom + 2)) { outside.push(node.textContent) }
    })
  }
  const boxes = parts.map((part) => part.getBoundingClientRect())
  boxes.forEach((one, at) => { if (boxes.slice(at + 1).some((other) => meet(one, other))) { over.push("part " + at) } })
  return {cards: root.querySelectorAll(".card").length, over, outside}
}"""


# What is measured of the drawn page: lines of sentences, what is cut, names over each other, contrasts.
_MEASURED = r"""root => {
  const all = (names) => [...root.querySelectorAll(names)]
  const boxes = all(".names text").map((node) => node.getBoundingClientRect())
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  const light = (text) => {
    const parts = text.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (!/, 0\)$/.test(colour)) { return colour }
    }
    return getComputedStyle(root).backgroundColor
  }
  const texts = all(".sentence, .detail, .post, .action, .owners, .owner, .subtitle, .good span, .unknown, .indicator, .moved, .count, .number b, .enter, .go, .rank")
  return {
    sideways: root.scrollWidth - root.clientWidth,
    over: root.scrollHeight - root.clientHeight,
    lines: all(".sentence").map((node) => Math.round(node.getBoundingClientRect().height / parseFloat(getComputedStyle(node).lineHeight))),
    cut: all(".row, .head, .card, .gravest").filter((node) => node.scrollHeight > node.clientHeight + 2 || node.scrollWidth > node.clientWidth + 2).map((node) => node.textContent),
    overlaps: boxes.filter((a, at) => boxes.some((b, other) => other > at && meet(a, b))).length,
    contrasts: texts.filter((node) => node.textContent).map((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort()
      return (b + 0.05) / (a + 0.05)
    }),
  }
}"""


@pytest.mark.parametrize(("theme", "lang"), [("relocation", "zh"), ("water", "en")])
def test_every_theme_leads_from_the_county_to_a_card(view, county_served, theme, lang):
    listed, card = WORDS[lang]
    _open(view, county_served, f"?theme={theme}&lang={lang}")
    view.locator(".ranking .row", has_text="<script>").click()
    _wait_asked(view, "place", VILLAGES[0])
    view.get_by_role("button", name=listed, exact=True).click()
    view.locator(".sheet:visible td.code", has_text=HOSTILE_HOUSEHOLD).click()
    view.locator("h1", has_text=card).wait_for(timeout=20_000)
    asked = _asked(view)
    assert (asked["theme"], asked["lang"], asked["side"]) == (theme, lang, "households")
    assert HOSTILE_HOUSEHOLD not in view.url


def test_a_copied_address_and_a_reload_open_the_same_view(view, county_served):
    _open(view, county_served, f"?theme=water&place={TOWNSHIP}&period=2024-12&dark=1")
    address = view.url
    view.reload()
    view.wait_for_selector(".screen[data-painted]", timeout=60_000)
    assert view.url == address
    assert "dark" in view.locator(".screen").get_attribute("class").split()
    assert view.locator(".step").all_inner_texts()[-1] == "甲镇"


def test_a_site_leads_to_its_scorecard_and_its_households(view, county_served):
    _open(view, county_served, "?theme=relocation&side=points")
    assert "安置点（1）" in view.locator(".legend").inner_text()
    view.locator(".sheet:visible td.above", has_text="安置点").wait_for(timeout=20_000)
    view.locator(".sheet:visible tr.item").first.click()
    _wait_asked(view, "point", f"site:{SITE}")
    assert _asked(view)["site"] == SITE
    view.get_by_role("button", name="安置户名单").click()
    _wait_asked(view, "side", "households")
    _wait_count(view, ".sheet:visible td.code", 1)


def test_a_theme_of_its_own_leads_from_a_rule_over_a_works_to_households(view, county_served):
    _open(view, f"{county_served}water", "?side=why")
    assert _asked(view)["theme"] == "water"
    assert view.get_by_role("button", name="易地搬迁").count() == 0
    view.locator(".sheet:visible tr.item", has_text="没有管水员").click()
    _wait_asked(view, "side", "households")
    view.locator(".sheet:visible tr.item", has_text="甲一供水站").click()
    _wait_asked(view, "point", "works:W1")
    view.locator(".sheet:visible tr.item", has_text=ZONE).click()
    _wait_asked(view, "zone", ZONE)
    assert _asked(view)["place"] == VILLAGES[0]


def _symbols(view):
    """Return how many symbols the map draws, and titles and counts of their legend."""
    drawn = int(view.locator(".screen").get_attribute("data-points"))
    titles = view.locator(".legend .title.points").all_inner_texts()
    rows = view.locator(".legend .row", has=view.locator("canvas"))
    counts = rows.locator(".count").all_inner_texts()
    return drawn, titles, sum(int(count) for count in counts)


def _names_over_symbols(view):
    """Return the names on the map that lie over a symbol of it."""
    frame = view.locator(".screen").bounding_box()
    symbols = json.loads(view.locator(".overlay").get_attribute("data-symbols"))
    over = []
    for label in view.locator(".overlay :is(.town, .worst, .outlined)").all():
        box = label.bounding_box()
        left, top = box["x"] - frame["x"], box["y"] - frame["y"]
        own = (left, top, left + box["width"], top + box["height"])
        over += [
            label.inner_text()
            for one in symbols
            if own[0] < one[2] and one[0] < own[2] and own[1] < one[3] and one[1] < own[3]
        ]
    return over, len(symbols)


def _walk(names):
    """Return a round walk over every ordered pair of names."""
    return [name for pair in itertools.combinations(names, 2) for name in pair] + names[:1]


def _choose_theme(view, name):
    """Choose a theme in the bar, or in its menu of those for which there is no room."""
    tab = view.get_by_role("button", name=name, exact=True)
    if not tab.is_visible():
        view.get_by_role("button", name="更多").click()
        title = next(theme.title["zh"] for theme in own_themes() if theme.short["zh"] == name)
        tab = view.locator(".menu").get_by_role("button", name=title, exact=True)
    tab.click()


def _wait_symbols(view, kinds):
    """Wait until the legend has so many kinds, and counts what the map draws."""
    for _ in range(200):
        drawn, titles, counted = _symbols(view)
        if (len(titles), counted) == (kinds, drawn):
            return
        view.wait_for_timeout(100)
    raise AssertionError((drawn, titles, counted))


def test_the_legend_of_symbols_follows_the_theme_and_the_place(view, county_served):
    kinds = {theme.short["zh"]: len(theme.points) for theme in own_themes()}
    keys = {theme.short["zh"]: theme.key for theme in own_themes()}
    _open(view, county_served, "?theme=monitoring")
    for name in _walk(list(kinds))[1:]:
        _choose_theme(view, name)
        _wait_asked(view, "theme", keys[name])
        if name == "易地搬迁":
            # It opens with the wall of its sites.
            _wait_asked(view, "side", "sites")
            view.get_by_role("button", name="排名", exact=True).click()
            _wait_asked(view, "side", None)
        _wait_symbols(view, kinds[name])
        over, symbols = _names_over_symbols(view)
        assert (over, bool(symbols)) == ([], bool(kinds[name])), name
    # The walk ends where it began: at a theme without points.
    name = next(name for name in kinds if kinds[name])
    _choose_theme(view, name)
    for place, key in (("乙一村", VILLAGES[2]), ("甲二村", VILLAGES[1])):
        view.locator(".find input").fill(place)
        view.locator(".find li strong").first.wait_for(timeout=20_000)
        view.keyboard.press("Enter")
        _wait_asked(view, "place", key)
        _wait_symbols(view, kinds[name])


def test_two_months_are_compared_as_change_and_side_by_side(view, county_served):
    _open(view, county_served, "?theme=monitoring&compare=2024-12")
    assert "没有变化" in view.locator(".legend").inner_text()
    # The line of income is another one in the new year, so no village is called better or worse.
    assert "上升" in view.locator("h1").inner_text()
    view.locator(".guatu-settings button").click()
    view.get_by_role("button", name="并排看").click()
    _wait_asked(view, "compared", "beside")
    _wait_count(view, ".screen[data-painted]", 2)


def test_a_place_is_found_by_name_with_the_keyboard(view, county_served):
    _open(view, county_served, "?theme=monitoring")
    view.keyboard.press("/")
    view.keyboard.type("甲二")
    view.locator(".find li strong").first.wait_for(timeout=20_000)
    view.keyboard.press("Enter")
    _wait_asked(view, "place", VILLAGES[1])
    _wait_asked(view, "spotlight", "1")


def test_a_clicker_goes_along_the_stops_and_escape_leaves(view, county_served):
    _open(view, county_served, "?theme=monitoring")
    add, menu = view.locator(".presenter .add"), view.locator(".presenter .menu")
    menu.click()
    add.click()
    view.get_by_text("(1)").wait_for(timeout=20_000)
    view.locator(".ranking .row", has_text="<script>").click()
    _wait_asked(view, "place", VILLAGES[0])
    menu.click()
    add.click()
    view.get_by_text("(2)").wait_for(timeout=20_000)
    menu.click()
    view.locator(".presenter .start").click()
    _wait_asked(view, "presenting", "1")
    assert view.get_by_role("button", name="农户").count() == 0
    for key, place in (("PageDown", COUNTY), ("ArrowRight", VILLAGES[0]), ("PageUp", COUNTY)):
        view.keyboard.press(key)
        _wait_asked(view, "place", place)
    assert "1 / 2" in view.locator(".presenter .place").inner_text()
    view.locator(".presenter .leave").click()
    menu.wait_for(timeout=20_000)
    _wait_asked(view, "presenting", None)


SMALL_WORDS = """() => {
  const all = (node) => [...node.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const seen = (one) => one.getClientRects().length && getComputedStyle(one).visibility === 'visible'
  const told = all(document).filter((one) => one.closest('.presenter, .legend, .overlay') && seen(one)
    && [...one.childNodes].some((inner) => inner.nodeType === 3 && inner.textContent.trim()))
  return [told.length, told.map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent]).filter(([size]) => size < 27.9)]
}"""


STANDS = """() => {
  const all = (node) => [...node.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const box = (name) => all(document).find((one) => one.matches(name) && one.getClientRects().length)?.getBoundingClientRect()
  const [strip, reel, bar] = [box('.figures'), box('.reel'), box('header')]
  return strip && reel && bar && strip.top >= bar.bottom - 5 && Math.abs(reel.bottom - window.innerHeight) < 3
}"""


def test_the_story_of_a_theme_is_told_by_keys_and_read_from_the_back_row(view, county_served):
    view.set_viewport_size({"width": 1920, "height": 1080})
    _open(view, county_served, "?theme=monitoring")
    view.locator(".presenter .menu").click()
    view.locator(".presenter .tell").click()
    _wait_asked(view, "story", "county")
    dots = view.locator(".presenter .dot")
    dots.first.wait_for(timeout=20_000)
    steps = _stories(view)
    for at in range(1, dots.count()):
        _is_told(view)
        view.keyboard.press("ArrowRight")
        view.locator(f".presenter .dot:nth-child({at + 1})[aria-current]").wait_for(timeout=20_000)
        steps |= _stories(view)
    _is_told(view)
    assert len(steps) == dots.count() > 2
    view.keyboard.press("b")
    assert view.locator(".presenter .black").is_visible()
    view.keyboard.press("b")
    assert not view.locator(".presenter .black").is_visible()
    with view.expect_popup() as other:
        view.keyboard.press("n")
    other.value.locator("ul li").first.wait_for(timeout=20_000)
    assert other.value.locator(".steps [aria-current]").count() == 1
    view.locator(".presenter .leave").click()
    _wait_asked(view, "story", None)
    view.locator(".reel").wait_for(timeout=20_000)
    # The page stands again below its top line and down to the edge.
    view.wait_for_function(STANDS, timeout=20_000)


def _stories(view) -> set[str]:
    return {_asked(view)["story"]}


def _is_told(view) -> None:
    count, small = view.evaluate(SMALL_WORDS)
    assert count > 5
    assert small == []


def test_a_phone_shows_the_map_and_all_of_it_fits(view, county_served):
    view.set_viewport_size({"width": 390, "height": 844})
    _open(view, county_served, "?theme=monitoring")
    assert _asked(view)["theme"] == "monitoring"
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    box = view.locator(".screen").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 391
    assert box["height"] > 300
    language = view.get_by_role("button", name="English").bounding_box()
    assert language["x"] + language["width"] <= 390
    ranking = view.locator(".ranking-list").bounding_box()
    assert ranking["height"] > 300
    assert box["y"] + box["height"] <= ranking["y"] + 1, "the map ends above the list"
    wider = "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length"
    assert view.locator(".strip .cell, .figures .cell").evaluate_all(wider) == 0
