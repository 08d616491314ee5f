"""What a page shows after clicks is what a new page shows at the address that the clicks led to."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
import pytest

from dashboard.maps.inline import carried
from dashboard.pages.map_page import map_page
from dashboard.panel_specs import panel_specs
from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.web.component import Component
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from tests.dashboard.pages.messages import send

# What a widget says and offers; where it stands is not asked.
_WIDGET = ("label", "options", "groups", "value", "visible", "disabled")


def plain(value: Any) -> Any:
    """Return a value in a form that can be compared and read."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def content(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield what every visible part says, in the order of the page."""
    if not part.visible:
        return
    kind = type(part).__name__
    if isinstance(part, Component):
        own = set(part.param) - set(pn.custom.JSComponent.param)
        yield kind, {name: plain(getattr(part, name)) for name in sorted(own)}
    elif isinstance(part, pn.pane.HTML):
        yield kind, part.object
    elif isinstance(part, pn.pane.Bokeh):
        figure = part.object
        yield kind, [plain(one.data_source.data) for one in figure.renderers] if figure else None
    elif isinstance(part, pn.pane.HoloViews):
        yield kind, str(part.object)
    elif isinstance(part, pn.layout.base.ListLike):
        for one in part:
            yield from content(one)
    else:
        known = {name: plain(getattr(part, name)) for name in _WIDGET if name in part.param}
        yield kind, known


def said_on(page: pmui.Page) -> list[tuple[str, Any]]:
    return [found for part in (*page.header, *page.main) for found in content(part)]


@pytest.fixture
def open_page(sampled, tmp_path):
    """Return what opens a page of the county at an address, with its state."""
    atlas, guard = open_atlas(sampled.setup.config.folder), open_guard(tmp_path)
    actor = Actor("leader", "leader", (sampled.setup.config.county.code,))

    def opened(query: str) -> tuple[State, pmui.Page]:
        state = State(atlas, query, themes=sampled.setup.themes, policy=sampled.setup.policy)
        parts = county_parts(state, sampled, actor, guard)
        page = map_page(state, sources=carried(atlas), script="", parts=parts)
        for part in page.main:
            for button in part.select(pmui.IconButton):
                button.clicks += 1
        return state, page

    return opened


def tell(page: pmui.Page, kind: str, **message: object) -> None:
    """Send a component of the page what its browser side says."""
    parts = (one for part in (*page.header, *page.main) for one in part.select(Component))
    send(next(one for one in parts if type(one).__name__ == kind), message)


def narrow(state: State) -> None:
    """Narrow what is shown as a click on a row, a point or places of the map does."""
    theme = state.themes[state.theme]
    if state.side == "households":
        state.filter_rule(next(one.key for one in theme.rules if one.subject == "household"))
    elif state.side == "ranking":
        state.selected = list(state.atlas.places_in(None, state.level)[:2])
        state.compare = next(one for one in state.periods if one != state.period)
    elif state.side == "why":
        state.go(state.atlas.places_in(None, state.atlas.levels[1])[0])


@pytest.mark.parametrize("side", panel_specs())
def test_after_clicks_every_part_of_a_page_is_as_on_a_new_page(open_page, side):
    state, page = open_page(f"?view=map&side={side}")
    compared = set()

    def compare(step: str) -> None:
        again, fresh = open_page(state.query)
        assert again.query == state.query
        for (kind, shown), (_, anew) in zip(said_on(page), said_on(fresh), strict=True):
            assert shown == anew, (step, state.query, kind)
        compared.add((state.theme, state.side == side))

    for theme in (*state.themes, next(iter(state.themes))):
        tell(page, "TopBar", key=theme)
        state.choose_side(side)
        compare("theme")
        last = state.indicators_of(theme)[-1]
        tell(page, "Strip", key=last)
        compare("indicator")
        other = next(one for one in state.periods if one != state.period)
        tell(page, "BarTools", type="month", period=other)
        compare("month")
        narrow(state)
        compare("narrowed")
    assert {theme for theme, _ in compared} == set(state.themes)
    assert any(here for _, here in compared)
    map_shown = state.query
    tell(page, "TopBar", key="overview")
    compare("first page")
    tell(page, "BarTools", type="month", period=next(x for x in state.periods if x != state.period))
    compare("another month on the first page")
    tell(page, "Address", query=map_shown)
    compare("back")
