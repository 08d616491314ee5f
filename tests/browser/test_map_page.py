from __future__ import annotations

import io
import re
from itertools import combinations
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import shapely
from PIL import Image

from dashboard.maps.screen import LIBRARY
from tests.browser.conftest import HOSTILE_VILLAGE
from tests.invented import COUNTY, HOSTILE

PAINTED = ".screen[data-painted]"


def _open(view, address, query=""):
    view.goto(address + query)
    view.wait_for_selector(PAINTED, timeout=60_000)


def _asked(view):
    return {key: found[0] for key, found in parse_qs(urlparse(view.url).query).items()}


def _wait_asked(view, key, value):
    view.wait_for_function(
        "([key, value]) => new URLSearchParams(location.search).get(key) === value",
        arg=[key, value],
        timeout=20_000,
    )


def _paints(view):
    return int(view.locator(".screen").get_attribute("data-painted"))


def _wait_paint(view, before):
    view.wait_for_function(
        """before => {
          const find = (node) => node.querySelector?.('.screen') ?? [...node.querySelectorAll('*')]
            .map((found) => found.shadowRoot && find(found.shadowRoot)).find(Boolean)
          return Number(find(document).dataset.painted) > before }""",
        arg=before,
        timeout=20_000,
    )


def _middle(view):
    box = view.locator(".canvas").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _spot_of(view, name):
    """Return where the map tells a place by name when it is pointed at: the county lies beside its cards."""
    box = view.locator(".canvas").bounding_box()
    for share in range(1, 120):
        x = box["x"] + box["width"] * (0.03 + 0.94 * (share * 0.618034 % 1))
        y = box["y"] + box["height"] * share / 120
        view.mouse.move(x, y)
        tip = view.locator(".tip .name")  # under it is the name of the place above
        if tip.is_visible() and name in tip.inner_text():
            view.wait_for_timeout(500)  # the tip may be that of the move before
            if tip.is_visible() and name in tip.inner_text():
                return x, y
    raise AssertionError(name)


_BOXES = """() => {
  const all = (node) => [...node.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const shown = all(document).filter((one) => getComputedStyle(one).visibility === 'visible')
  const screen = shown.find((one) => one.matches('.screen'))
  const box = (one) => { const {left, top, right, bottom} = one.getBoundingClientRect(); return [left, top, right, bottom] }
  return {frame: box(screen), texts: shown.filter((one) =>
    one.matches('.overlay .card, .overlay .town, .overlay .worst, .overlay .outlined, .screen > .legend, h1')).map((one) => [one.className || one.tagName, ...box(one)])}
}"""


@pytest.mark.parametrize("query", ["", "?lang=en&dark=1", "?level=township", f"?place={COUNTY}002"])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_no_words_on_the_map_lie_over_others(view, served, size, query):
    view.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    _open(view, served, query)
    view.wait_for_timeout(900)
    told = view.evaluate(_BOXES)
    boxes = [(name, shapely.box(*box)) for name, *box in told["texts"]]
    frame = shapely.box(*told["frame"]).buffer(1)
    assert len(boxes) >= 3
    for (name, one), (other_name, other) in combinations(boxes, 2):
        assert one.intersection(other).area < 1, (name, other_name)
    for name, box in boxes:
        assert name == "H1" or frame.contains(box), name


def test_pointing_at_a_bar_leaves_its_places_alone_in_full_colour(view, served):
    _open(view, served)
    _wait_middle(view)
    before = view.locator(".canvas canvas").screenshot()
    view.locator(".legend .bar").first.hover()
    view.wait_for_timeout(700)
    assert view.locator(".canvas canvas").screenshot() != before


def _wait_middle(view):
    view.mouse.move(*_middle(view))
    view.wait_for_timeout(300)


def test_first_glance_has_finding_legend_ranking_and_trend(view, served):
    _open(view, served)
    said = view.locator("h1").inner_text()
    whole, _, worst = said.partition("；")
    assert re.search(r"\d%$|\d%，", whole)
    assert re.search(r"最高，各?\d+(\.\d)?%$", worst)
    # Of the five classes those that a village is in, and one bar of no data.
    assert 3 <= view.locator(".legend .bar").count() <= 6
    counts = view.locator(".legend .bar .count").all_inner_texts()
    assert sum(map(int, counts)) == 18
    assert view.locator(".ranking .row").count() > 6
    view.locator(".guatu-settings button").click()
    view.locator(".join .sentence").wait_for(timeout=20_000)
    assert "17/18" in view.locator(".join .sentence").inner_text()
    view.keyboard.press("Escape")
    view.locator(".join").wait_for(state="hidden", timeout=20_000)
    assert view.locator(".bk-Canvas, .bk-CanvasPanel, canvas").count() >= 2
    assert _asked(view)["place"] == COUNTY


def test_click_on_the_map_goes_to_the_village_and_back_returns(view, served):
    _open(view, served)
    view.mouse.click(*_spot_of(view, "<img"))
    _wait_asked(view, "place", HOSTILE_VILLAGE)
    view.wait_for_function(_STEPS, arg=3)
    assert view.locator(".step").all_inner_texts()[:2] == ["云岭县", "第2乡"]
    assert view.locator(".ranking .row").count() == 6
    view.go_back()
    _wait_asked(view, "place", COUNTY)
    view.wait_for_function(_STEPS, arg=1)
    assert view.locator(".ranking .row").count() > 6


_STEPS = """count => {
  const find = (node) => [...node.querySelectorAll('*')].flatMap((found) =>
    [...(found.matches('.step') ? [found] : []), ...(found.shadowRoot ? find(found.shadowRoot) : [])])
  return find(document).length === count }"""


def test_copied_address_opens_the_same_view(view, served):
    query = (
        f"?place={COUNTY}002&indicator=income&period=2023&level=village&classes=quantiles&lang=en"
    )
    _open(view, served, query)
    assert view.locator(".month[aria-checked=true]").inner_text().startswith("2023")
    assert "Net income" in view.locator(".legend").inner_text()
    assert "of about equal size" in view.locator(".legend").get_attribute("title")
    assert _asked(view)["classes"] == "quantiles"


def test_hostile_names_are_shown_as_text(view, served):
    _open(view, served, f"?place={HOSTILE_VILLAGE}")
    assert view.locator(".step").all_inner_texts()[-1].startswith(HOSTILE[:29])
    before = view.locator(".tip")
    x, y = _middle(view)
    for step in range(-5, 6):
        view.mouse.move(x, y + step * 40)
        if "<img" in (before.inner_text() if before.is_visible() else ""):
            break
    assert "<img" in before.inner_text()


def test_ranking_and_map_light_each_other(view, served):
    _open(view, served)
    first = view.locator(".ranking .row .name").first.inner_text()
    _spot_of(view, first[:12])
    view.locator(".ranking .row.lit").wait_for(timeout=10_000)
    assert view.locator(".ranking .row.lit .name").inner_text() == first


def test_box_selects_and_counts(view, served):
    _open(view, served)
    view.locator("button.box").click()
    box = view.locator(".canvas").bounding_box()
    view.mouse.move(box["x"] + 90, box["y"] + 70)
    view.mouse.down()
    view.mouse.move(box["x"] + box["width"] - 60, box["y"] + box["height"] - 10, steps=4)
    view.mouse.up()
    view.locator(".chip").wait_for(timeout=10_000)
    assert "已选" in view.locator(".chip").inner_text()
    view.get_by_text("清除").click()
    view.locator(".chip").wait_for(state="hidden", timeout=10_000)


def test_period_switch_sends_few_bytes_and_repaints(view, served):
    received: list[int] = []
    view.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    _open(view, served)
    view.wait_for_load_state("networkidle")
    before, _ = _paints(view), received.clear()
    view.locator(".month[aria-checked=true]").focus()
    view.keyboard.press("ArrowLeft")
    _wait_asked(view, "period", "2024")
    _wait_paint(view, before)
    assert "2024年" in view.locator(".month[aria-checked=true]").inner_text()
    assert sum(received) < 40_000


def test_missing_places_are_one_click_away(view, served):
    _open(view, served)
    view.locator(".guatu-settings button").click()
    view.locator("button.open").click()
    assert "1-1村" in view.locator("dialog").inner_text()
    view.locator("button.close").click()


@pytest.mark.parametrize("query", ["", "?lang=en&level=township"])
def test_nothing_is_cut_off_or_overlapping(view, served, query):
    _open(view, served, query)
    for size in ((1366, 768), (1920, 1080)):
        view.set_viewport_size({"width": size[0], "height": size[1]})
        view.wait_for_function(
            "width => document.documentElement.clientWidth === width", arg=size[0]
        )
        _check_boxes(view, size)


def _check_boxes(view, size):
    boxes = {
        name: view.locator(name).first.bounding_box()
        for name in ("h1", ".screen", ".ranking", ".legend", ".strip", ".film", ".top")
    }
    for name, box in boxes.items():
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= size[0] + 1, name
        assert box["y"] + box["height"] <= size[1] + 1, name
    assert boxes[".strip"]["y"] + boxes[".strip"]["height"] <= boxes["h1"]["y"] + 1
    assert boxes["h1"]["y"] + boxes["h1"]["height"] <= boxes[".legend"]["y"] + 1
    assert boxes[".screen"]["y"] + boxes[".screen"]["height"] <= boxes[".film"]["y"] + 1
    assert boxes[".screen"]["x"] + boxes[".screen"]["width"] <= boxes[".ranking"]["x"] + 1
    assert boxes[".screen"]["height"] > 0.5 * size[1]
    assert boxes[".ranking"]["height"] > 0.3 * size[1]
    assert view.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_click_before_the_map_is_there_is_answered(view, served):
    """Only the sketch is there yet: the library of the map is held back until after the click."""
    held = []
    view.route(f"**/{LIBRARY}*", lambda route: held.append(route))
    view.goto(served)
    view.locator(".screen[data-sketched]").wait_for(timeout=60_000)
    before = _asked(view).get("place")
    box = view.locator(".canvas").bounding_box()
    view.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    view.wait_for_function(
        "before => new URLSearchParams(location.search).get('place') !== before",
        arg=before,
        timeout=20_000,
    )
    for request in held:
        request.continue_()
    view.wait_for_selector(PAINTED, timeout=60_000)


def test_a_map_that_the_graphics_driver_took_away_comes_back_in_its_colours(view, served):
    """The driver gives no notice that it could draw again."""
    _open(view, served)
    view.mouse.move(0, 0)
    view.wait_for_timeout(500)
    canvas = view.locator(".canvas")
    before, paints = _colours(canvas.screenshot()), _paints(view)
    view.locator("canvas.maplibregl-canvas").evaluate(
        "canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    view.locator(".screen .first").wait_for(state="attached", timeout=20_000)
    _wait_paint(view, paints)
    view.wait_for_timeout(500)
    assert view.locator(".screen .first").count() == 0
    after = _colours(canvas.screenshot())
    assert np.abs(after - before).mean() < 2
    _wait_asked_by_click(view)


def _colours(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=float)


def _wait_asked_by_click(view):
    """Click the middle of the map and wait until a place is looked at."""
    view.mouse.click(*_middle(view))
    view.wait_for_function(
        "() => new URLSearchParams(location.search).has('place')", timeout=20_000
    )
