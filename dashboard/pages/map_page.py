"""The leader's page: what is chosen on the left, the map, and the ranking on the right."""

from __future__ import annotations

from collections.abc import Sequence

import panel as pn
import panel_material_ui as pmui
from panel_material_ui.template.base import Page
from param.parameterized import Event

from dashboard.pages import phone
from dashboard.pages.session_page import session_page
from dashboard.pages.side_panel import side_panel
from dashboard.panels import Parts
from dashboard.session.state import State
from dashboard.session.stops import Stops
from dashboard.texts import text
from dashboard.views.address import AddressView
from dashboard.views.briefing_button import BriefingButton
from dashboard.views.card import CardView
from dashboard.views.controls import ControlsView
from dashboard.views.find import FindView
from dashboard.views.headline_view import HeadlineView
from dashboard.views.join_line import JoinLineView
from dashboard.views.left_out import left_out_view
from dashboard.views.map_view import MapView
from dashboard.views.overview import OverviewView
from dashboard.views.place_path import PlacePathView
from dashboard.views.presenter import PresenterView
from dashboard.web.component import filling
from geodata.escaping import plain_text

FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
# The title of a narrow page is cut instead of being broken sign by sign.
_TITLE = {
    "whiteSpace": "nowrap",
    "overflow": "hidden",
    "textOverflow": "ellipsis",
    "minWidth": 0,
    "@media (max-width: 800px)": {"fontSize": "18px"},
}
# Words as they are written: in capitals four tabs do not fit beside the map.
_TYPE = {"fontFamily": FONT, "fontSize": 16, "button": {"textTransform": "none"}}
_PARTS = {"MuiAppBar": {"styleOverrides": {"root": {"& .MuiTypography-root": _TITLE}}}}
THEME = {
    "typography": _TYPE,
    "components": _PARTS,
    "palette": {"primary": {"main": "#0b57d0"}},
}
DARK_THEME = {
    "typography": _TYPE,
    "components": _PARTS,
    "palette": {
        "primary": {"main": "#1e4f8f"},
        "background": {"paper": "#1a2027", "default": "#12161b"},
    },
}


def map_page(
    state: State,
    *,
    sources: list[dict[str, str]],
    script: str,
    parts: Parts | None = None,
    served: bool = True,
    who: Sequence[pn.viewable.Viewable] = (),
) -> Page:
    """Return the page of one session; with `parts`, points, reasons, households and cards as well.

    A page that is not `served` leaves the address bar alone and orders no briefing: it is part of
    another page, such as a notebook, and there is no server to fetch from.
    `who` stands at the end of the top line: who is signed in.
    """
    parts = parts or Parts()
    body = _Body(state, sources, script, parts)
    presenter = PresenterView(state, parts.stops or Stops(state))
    left_out = left_out_view(state, parts.faults)
    orders = [BriefingButton(parts.people)] if served and parts.people is not None else []
    page = session_page(
        title=plain_text(text("page.title", state.lang, area=state.atlas.title), 60),
        meta_name=plain_text(text("page.title", state.lang, area=state.atlas.title), 60),
        dark_theme=state.dark,
        sidebar=[
            pn.Column(
                PlacePathView(state),
                FindView(state),
                ControlsView(state),
                JoinLineView(state),
                *orders,
                margin=(12, 16),
                sizing_mode="stretch_width",
            )
        ],
        sidebar_open=_has_sidebar(state),
        sidebar_width=280,
        sidebar_resizable=False,
        sidebar_variant="auto",
        # A closed drawer of a phone holds nothing, so the address is kept in the header.
        header=[pn.layout.HSpacer(), presenter, *_addressed(state, served), *left_out, *who],
        main=[body.column],
        theme_config={"light": THEME, "dark": DARK_THEME},
    )
    page.param.watch(lambda event: state.param.update(dark=event.new), "dark_theme")
    state.param.watch(lambda event: page.param.update(dark_theme=event.new), "dark")
    state.param.watch(
        lambda *events: page.param.update(sidebar_open=_has_sidebar(state)),
        ["view", "presenting", "narrow"],
    )
    return page


class _Body:
    """The overview or the map; each is made when it is first looked at."""

    def __init__(
        self, state: State, sources: list[dict[str, str]], script: str, parts: Parts
    ) -> None:
        self.state, self.sources, self.script, self.parts = state, sources, script, parts
        self._made: dict[str, pn.viewable.Viewable] = {}
        self.column = pn.Column(sizing_mode="stretch_both", styles={"min-height": "0"})
        self._show()
        self._make_room()
        state.param.watch(self._show, ["view"])
        state.param.watch(self._make_room, ["presenting"])

    def _show(self, *events: object) -> None:
        view = self.state.view
        if view not in self._made:
            self._made[view] = self._overview() if view == "overview" else self._map()
        self.column.objects = [self._made[view]]

    def _make_room(self, *events: object) -> None:
        """Leave the bottom to the bar of stops while presenting."""
        below = "64px" if self.state.presenting else "0"
        self.column.styles = {"min-height": "0", "padding-bottom": below}

    def _overview(self) -> pn.viewable.Viewable:
        overview = OverviewView(self.state, self.sources)
        pn.state.onload(overview.find_hotspots)
        return filling(overview)

    def _map(self) -> pn.viewable.Viewable:
        state, parts = self.state, self.parts
        kept = {"sizing_mode": "stretch_both", "styles": {"min-height": "0"}}
        middle = pn.Column(
            MapView(state, self.sources, self.script, parts.points),
            css_classes=["guatu-map"],
            margin=(0, 4, 8, 12),
            sizing_mode="stretch_both",
        )
        row = pn.Row(middle, side_panel(state, parts), stylesheets=[phone.ROW], **kept)
        drawer = [] if parts.people is None else [CardView(parts.people)]
        return pn.Column(
            HeadlineView(state),
            row,
            *drawer,
            stylesheets=[phone.PAGE],
            margin=0,
            **kept,
        )


def _has_sidebar(state: State) -> bool:
    return state.view == "map" and not state.presenting and not state.narrow


def _addressed(state: State, served: bool) -> list[pn.viewable.Viewable | pn.viewable.Viewer]:
    """Return what changes the address of the page: its mirror and the switch of the language."""
    return [_language(state), AddressView(state)] if served else []


def _language(state: State) -> pmui.Button:
    """Return the switch to the other language; the page is loaded anew in it."""
    button = pmui.Button(
        label=text("page.other_language", state.lang),
        variant="text",
        color="light",
        size="large",
        margin=(5, 0),
        sx={"minWidth": 0, "padding": "6px 8px"},
    )

    def change(event: Event) -> None:
        state.lang = "en" if state.lang == "zh" else "zh"

    button.on_click(change)
    return button
