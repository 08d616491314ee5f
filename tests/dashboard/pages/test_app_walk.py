"""A whole page of one viewer, walked at random: whatever is done, nothing foreign stands on it."""

from __future__ import annotations

import contextlib
import random

import panel as pn
import panel_material_ui as pmui
import pytest

from dashboard.maps.inline import carried
from dashboard.pages.map_page import map_page
from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.web.component import Component
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from geodata.atlas.scoped import within_scope
from geodata.errors import GuatuError
from tests.dashboard.pages.messages import send
from tests.invented_county import (
    COUNTY,
    HOUSEHOLDS,
    MONTHS,
    SITE,
    TOWNSHIP,
    VILLAGES,
    WORKS,
    ZONE,
)

ACTORS = (
    Actor("second", "township_officer", ("990101101",)),
    Actor("village", "village_officer", (VILLAGES[1],)),
    Actor("two", "analyst", (VILLAGES[1], VILLAGES[2])),
)
# Every text about a household bears its code, so that whatever comes from one can be told.
NAMES = [f"人h{number:03d}" for number in range(len(HOUSEHOLDS))]
PLACES = (COUNTY, TOWNSHIP, "990101101", *VILLAGES)
THEMES = ("monitoring", "relocation", "water", "rectification", "assistance", "survey")
SIDES = ("ranking", "why", "points", "households")
RULES = ("", "income_below_line", "no_keeper", "site_no_workshop", "project_stuck", "task_red")
STEPS = 250


@pytest.fixture(scope="module")
def county(counties):
    return counties.shared(sites=True, names=tuple(NAMES))


def query_of(rng: random.Random) -> str:
    """Return an address as somebody might type it, also of foreign places, sites and zones."""
    place, theme, side = rng.choice(PLACES), rng.choice(THEMES), rng.choice(SIDES)
    point = rng.choice(("", f"site:{SITE}", f"works:{WORKS}", "workshop:C1"))
    view = rng.choice(("map", "map", "overview"))
    return (
        f"?view={view}&place={place}&theme={theme}&side={side}&point={point}&rule={rng.choice(RULES)}"
        f"&site={rng.choice(('', SITE))}&zone={rng.choice(('', ZONE))}&period={rng.choice(MONTHS[-2:])}"
        f"&compare={rng.choice(('', MONTHS[-2]))}&presenting={rng.choice('001')}"
    )


def message_of(rng: random.Random, component: Component) -> dict[str, object]:
    """Return a message as the component's browser side might send it, or a forged one."""
    at = rng.choice((0, 1, 2, 5, 10**9))
    messages = {
        "RankingList": rng.choice(
            (
                {"type": "click", "key": rng.choice(PLACES)},
                {"type": "sort", "by": rng.choice(("value", "change"))},
                {"type": "page", "to": 1},
            )
        ),
        "TextTable": {"index": at} if rng.random() < 0.8 else {"sort": "-persons"},
        "ScreenMap": rng.choice(
            (
                {"type": "click", "id": at},
                {"type": "select", "ids": [0, 1, 2]},
                {"type": "point", "at": 0},
                {"type": "up"},
            )
        ),
        "Address": {"query": query_of(rng)},
        "Find": rng.choice(({"type": "find", "text": "村"}, {"type": "go", "index": at})),
        "Presenter": rng.choice(
            ({"type": "add"}, {"type": "go", "index": at}, {"type": "start"}, {"type": "leave"})
        ),
        "HeadlineBox": {"index": at},
        "Strip": {"key": rng.choice(("candidate_share", "fluoride_mean", "open_problems", "none"))},
        "TopBar": {"key": rng.choice((*THEMES, "overview"))},
        "BarTools": {"type": "month", "period": rng.choice(MONTHS[-2:])},
        "Film": {"type": "month", "period": rng.choice(MONTHS[-2:])},
        "PanelTabs": {"key": rng.choice(SIDES)},
        "Matters": {"type": "enter", "theme": rng.choice(THEMES)},
    }
    return messages.get(type(component).__name__, {"index": at})


def step(rng: random.Random, page: pmui.Page) -> None:
    """Do one thing: an address, a message to any component, a click, or a value of a widget."""
    shown = [one for part in (*page.header, *page.main) for one in part.select()]
    kind = rng.choice(("message", "message", "click", "widget"))
    if kind == "message":
        component = rng.choice([one for one in shown if isinstance(one, Component)])
        send(component, message_of(rng, component))
    elif kind == "click":
        # A briefing is made by a process of its own, which asks for the rights itself.
        buttons = [one for one in shown if type(one) is pmui.Button and one.icon != "slideshow"]
        if buttons:
            rng.choice(buttons).clicks += 1
    else:
        widgets = [one for one in shown if isinstance(one, pmui.Select | pmui.TextInput)]
        if not widgets:
            return
        widget = rng.choice(widgets)
        options = getattr(widget, "options", None) or ["", "h001", "h002", "王", "人h004", "%"]
        widget.value = rng.choice(list(options.values() if isinstance(options, dict) else options))


def open_sheets(page: pmui.Page) -> None:
    """Open what a page shows behind a button, so that a walk comes to it."""
    for part in (*page.header, *page.main):
        for button in part.select(pmui.IconButton):
            button.clicks += 1


def texts_of(page: pmui.Page) -> str:
    """Return every text that the parts of a page hold at this moment, also of hidden parts."""
    found = []
    for part in (*page.header, *page.main):
        for one in part.select():
            if isinstance(one, Component):
                found += [
                    str(value) for name, value in one.param.values().items() if name != "name"
                ]
            elif isinstance(one, pn.pane.HTML | pn.pane.Markdown):
                found.append(str(one.object))
            elif isinstance(one, pmui.Button | pmui.Select):
                found += [str(one.label), str(getattr(one, "options", ""))]
    return "\n".join(found)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_no_walk_over_a_page_brings_a_foreign_household_or_point_on_it(county, actor, tmp_path):
    folder, guard = county.setup.config.folder, open_guard(tmp_path)
    atlas = within_scope(open_atlas(folder), actor.scope, smallest=3)
    own = actor.scope.starts("rows")
    foreign = {code for code, place, _ in HOUSEHOLDS if not place.startswith(own)}
    mine = {code for code, place, _ in HOUSEHOLDS if place.startswith(own)}
    rng = random.Random(actor.name)
    state = State(atlas, f"?place={own[0]}&side=households&everyone=1", themes=county.setup.themes)
    parts = county_parts(state, county, actor, guard)
    page = map_page(state, sources=carried(atlas), script="", parts=parts)
    open_sheets(page)
    assert {code for code in mine if code in texts_of(page)}
    been = set()
    for number in range(STEPS):
        # What a page hides may still be asked for; it is refused in words.
        with contextlib.suppress(GuatuError):
            step(rng, page)
        said = texts_of(page)
        typed = {"h001", "h002", "h004"}
        assert {code for code in foreign - typed if code in said} == set(), number
        assert "甲一供水站" not in said
        been |= {state.theme, state.side, state.place}
    # By chance one theme of several may be left out.
    assert len(been & set(THEMES)) >= len(THEMES) - 1
    assert len(been & set(SIDES)) > 2
