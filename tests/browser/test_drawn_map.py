"""The map without graphics (WebGL), and the picture that every page opens with."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from dashboard.texts import text
from tests.browser.test_map_page import _asked, _open, _paints, _wait_asked, _wait_paint
from tests.invented import COUNTY

_NO_GRAPHICS = """(() => {
  const draws = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : draws.call(this, kind, ...rest)
  }
})()"""


@pytest.fixture
def drawn(view):
    """Return a page in whose browser nothing draws graphics."""
    view.add_init_script(_NO_GRAPHICS)
    return view


def _spot(view, share):
    box = view.locator(".canvas").bounding_box()
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def _first_place(view):
    """Point at places from the right until the map tells of one; return where."""
    for share in np.arange(0.75, 0.3, -0.03):
        view.mouse.move(*_spot(view, share))
        if view.locator(".tip .name").is_visible():
            return _spot(view, share)
    raise AssertionError("no place answers the pointer")


def test_without_graphics_the_drawn_map_stays_and_says_so(drawn, served):
    _open(drawn, served)
    assert drawn.locator(".screen.plain .drawn").inner_text() == text("map.drawn", "zh")
    spot = _first_place(drawn)
    drawn.mouse.click(*spot)
    drawn.wait_for_function("new URLSearchParams(location.search).get('place')", timeout=20_000)
    assert _asked(drawn)["place"].startswith(COUNTY)


def test_without_graphics_a_change_of_month_draws_the_map_anew(drawn, served):
    _open(drawn, served)
    before, colours = _paints(drawn), drawn.locator(".first").screenshot()
    drawn.locator(".month").first.click()
    _wait_paint(drawn, before)
    assert drawn.locator(".first").screenshot() != colours


def test_without_graphics_keys_go_from_place_to_place_and_into_one(drawn, served):
    _open(drawn, served)
    drawn.locator(".canvas").focus()
    names = []
    for key in ("ArrowDown", "ArrowLeft", "ArrowRight", "ArrowDown"):
        drawn.keyboard.press(key)
        names.append(drawn.locator(".tip .name").inner_text())
    assert len(set(names)) > 1
    drawn.keyboard.press("Enter")
    drawn.wait_for_function("new URLSearchParams(location.search).get('place')", timeout=20_000)
    # Shown with the picture of a place that has one above it.
    drawn.locator(".tools .up").wait_for()
    place = _asked(drawn)["place"]
    drawn.keyboard.press("Escape")
    _wait_asked(drawn, "place", place[:-3])


def _pixels(page):
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), dtype=int)


@pytest.mark.parametrize("query", ["?lang=zh", "?lang=en&dark=1", f"?place={COUNTY}002"])
def test_a_page_opens_with_the_picture_that_it_then_shows(context, served, query):
    """Without the libraries the picture stands; with them the same map lies in the same place."""
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.add_init_script(_NO_GRAPHICS)
    page.route("**/static/**/*.js*", lambda route: route.abort())
    page.goto(served + query, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('guatu-opened').length", timeout=30_000)
    opened = _pixels(page)
    page.unroute("**/static/**/*.js*")
    _open(page, served, query)
    page.wait_for_selector("#guatu-opening", state="detached")
    page.mouse.move(1, 1)
    box = page.locator(".canvas").bounding_box()
    left, top, right, low = (int(box[name]) for name in ("x", "y", "width", "height"))
    right, low = left + right - 120, top + low - 40  # tools and the sentence about the map
    living = _pixels(page)
    page.close()
    there, here = (one[top:low, left:right] for one in (opened, living))
    assert len(np.unique(there.reshape(-1, 3), axis=0)) > 50, "a map, not a blank page"
    # Names of villages come later; a map that jumps by three pixels differs more than by them.
    jumped = min(_differs(np.roll(there, 3, axis=axis), here) for axis in (0, 1))
    assert _differs(there, here) < min(0.02, jumped / 2)


def _differs(one, other):
    return (abs(one - other).max(axis=2) > 60).mean()


def test_a_click_on_the_picture_reaches_the_page(context, served):
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    held = []
    page.route("**/static/js/bokeh.min.js*", lambda route: held.append(route))
    page.goto(served, wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('guatu-opened').length", timeout=30_000)
    page.mouse.click(560, 500)
    page.wait_for_timeout(200)
    held[0].continue_()
    page.wait_for_function("new URLSearchParams(location.search).get('place')", timeout=60_000)
    assert page.evaluate("new URLSearchParams(location.search).get('place')").startswith(COUNTY)
    page.close()
