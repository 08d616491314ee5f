"""The leader's page: what is chosen on the left, the map, and the ranking on the right."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from dashboard.pages.session_page import session_page
from dashboard.pages.side_panel import side_panel
from dashboard.people import People
from dashboard.state import State
from dashboard.texts import text
from dashboard.views.address import AddressView
from dashboard.views.card import CardView
from dashboard.views.controls import ControlsView
from dashboard.views.headline import HeadlineView
from dashboard.views.join_line import JoinLineView
from dashboard.views.map_view import MapView
from dashboard.views.ranking import RankingView
from dashboard.views.trail import TrailView
from dashboard.views.trend import TrendView
from geodata.escaping import plain_text

FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
THEME = {
    "typography": {"fontFamily": FONT, "fontSize": 16},
    "palette": {"primary": {"main": "#0b57d0"}},
}
DARK_THEME = {
    "typography": {"fontFamily": FONT, "fontSize": 16},
    "palette": {
        "primary": {"main": "#1e4f8f"},
        "background": {"paper": "#1a2027", "default": "#12161b"},
    },
}


def map_page(
    state: State, *, sources: list[dict[str, str]], script: str, people: People | None = None
) -> pmui.Page:
    """Return the page of one session; with `people`, reasons, households and cards as well."""
    right = _ranking(state) if people is None else side_panel(state, people, _ranking(state))
    middle = pn.Column(
        MapView(state, sources, script), margin=(0, 4, 8, 12), sizing_mode="stretch_both"
    )
    body = pn.Row(middle, right, sizing_mode="stretch_both", styles={"min-height": "0"})
    drawer = [] if people is None else [CardView(people)]
    main = pn.Column(
        HeadlineView(state), body, *drawer, sizing_mode="stretch_both", styles={"min-height": "0"}
    )
    page = session_page(
        title=plain_text(text("page.title", state.lang, area=state.atlas.title), 60),
        meta_name=plain_text(text("page.title", state.lang, area=state.atlas.title), 60),
        dark_theme=state.dark,
        sidebar=[
            pn.Column(
                TrailView(state),
                ControlsView(state),
                JoinLineView(state),
                AddressView(state),
                margin=(12, 16),
                sizing_mode="stretch_width",
            )
        ],
        sidebar_width=280,
        sidebar_resizable=False,
        sidebar_variant="persistent",
        header=[pn.layout.HSpacer(), _language(state)],
        main=[main],
        theme_config={"light": THEME, "dark": DARK_THEME},
    )
    page.param.watch(lambda event: state.param.update(dark=event.new), "dark_theme")
    state.param.watch(lambda event: page.param.update(dark_theme=event.new), "dark")
    return page


def _ranking(state: State) -> pn.Column:
    side = {"sizing_mode": "stretch_both", "margin": 0}
    return pn.Column(
        pn.Column(RankingView(state), styles={"flex": "3 1 0", "min-height": "0"}, **side),
        pn.Column(TrendView(state), styles={"flex": "2 1 0", "min-height": "0"}, **side),
        styles={"flex": "0 0 clamp(360px, 27vw, 540px)", "min-height": "0"},
        sizing_mode="stretch_both",
        margin=(0, 12, 8, 8),
    )


def _language(state: State) -> pmui.Button:
    """Return the switch to the other language; the page is loaded anew in it."""
    button = pmui.Button(
        label=text("page.other_language", state.lang), variant="text", color="light", size="large"
    )
    button.on_click(lambda event: state.param.update(lang="en" if state.lang == "zh" else "zh"))
    return button
