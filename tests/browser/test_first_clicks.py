"""A click on what has just appeared is answered: on a row of every list, on every page that is open."""

from __future__ import annotations

import shutil

import pytest

from dashboard.texts import text
from dashboard.view import LISTING
from tests.browser.conftest import serving
from tests.browser.test_map_page import _open

# Waits in the page, through every shadow root, for the first moment a node can be seen; clicks it.
_FIRST = """([selector, clicked]) => {
  const all = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  window.first = new Promise((done) => {
    const look = () => {
      const node = all(document).find((one) => one.matches(selector) && one.getClientRects().length)
      if (!node) { requestAnimationFrame(look); return }
      if (clicked) { node.click() }
      done(node)
    }
    look()
  })
}"""
ROW = ".sheet tr.item"
CARD = "section.block-findings"
# A click sends a position or a key, and never gives a list back to the server.
LONGEST = 1_000
# The panels with rows, and what must stand in the address for there to be any.
PANELS = {"why": "", "points": "&theme=water", "sample": "&numbers=3,12,0,50"}


@pytest.fixture(scope="module")
def sample(counties, tmp_path_factory):
    """Return the sample county and the address where it is served for the first time."""
    county = counties.built_sample()
    folder = tmp_path_factory.mktemp("first") / "county"
    shutil.copytree(county.setup.config.folder, folder)
    with serving(folder) as address:
        yield county, address


def _sent(view):
    """Return the list of the clicks that the page sends from now on; a chart tells its size by itself."""
    clicks: list[str] = []

    def note(frame):
        if isinstance(frame, str) and '"bokeh_event"' in frame:
            clicks.append(frame)

    view.on("websocket", lambda socket: socket.on("framesent", note))
    return clicks


def _press(view, side):
    view.get_by_role("button", name=text(f"{side}.tab", "zh"), exact=True).click()


def _click_first(view, clicks, side):
    """Open a panel and click its first row in the moment it can be seen."""
    view.evaluate(_FIRST, [ROW, True])
    before = len(clicks)
    _press(view, side)
    view.evaluate("window.first.then(() => undefined)")
    view.wait_for_timeout(300)
    sent = [len(click) for click in clicks[before:]]
    assert len(sent) >= 2, "the panel and the row"
    assert max(sent) < LONGEST


def test_a_list_that_another_page_opened_before_opens_here_too(view, context, sample):
    """Both pages were there before anybody looked at a list; nobody did since the server began."""
    _, address = sample
    other = context.new_page()
    _open(other, address, "?theme=monitoring")
    clicks = _sent(view)
    _open(view, address, "?theme=monitoring")
    for page in (other, view):
        _press(page, LISTING)
        page.locator(ROW).first.wait_for(timeout=30_000)
    other.close()
    view.locator(ROW).first.click()
    view.locator(CARD).wait_for(timeout=30_000)
    assert max(map(len, clicks)) < LONGEST


@pytest.mark.parametrize("subject", ["household", "problem", "task", "works"])
def test_the_first_row_of_a_list_answers_as_soon_as_it_is_seen(view, sample, subject):
    county, address = sample
    counts = county.month().counts
    about = counts["rule"].map({key: rule.subject for key, rule in county.setup.rules.items()})
    rule = counts[about == subject].groupby("rule")["yes"].sum().idxmax()
    theme = next(one.key for one in county.setup.themes if rule in one.rules_by_key)
    clicks = _sent(view)
    _open(view, address, f"?theme={theme}&rule={rule}")
    before = view.url
    _click_first(view, clicks, LISTING)
    if subject == "household":
        view.locator(CARD).wait_for(timeout=30_000)
    else:
        view.wait_for_function(
            "before => /point=|place=/.test(location.search) && location.href !== before",
            arg=before,
            timeout=30_000,
        )


@pytest.mark.parametrize("side", PANELS)
def test_the_first_row_of_a_panel_answers_as_soon_as_it_is_seen(view, sample, side):
    _, address = sample
    clicks = _sent(view)
    _open(view, address, f"?view=map{PANELS[side]}")
    _click_first(view, clicks, side)
    view.wait_for_function(
        "before => new URLSearchParams(location.search).get('side') !== before"
        " || /point=|place=/.test(location.search)",
        arg=side,
        timeout=30_000,
    )


def test_a_row_stays_the_one_that_was_first_seen(view, sample):
    """A row that is drawn anew under the hand loses the click."""
    _, address = sample
    _open(view, address, "?theme=monitoring")
    view.evaluate(_FIRST, [ROW, False])
    _press(view, LISTING)
    view.evaluate("window.first.then(() => undefined)")
    view.wait_for_timeout(2_000)
    assert view.evaluate("window.first.then((row) => row.isConnected)")
