"""The leader's page: figures over the map, the map with its finding, and a panel beside it."""

from __future__ import annotations

import panel as pn
from panel_material_ui.template.base import Page

from dashboard.pages import opening, phone
from dashboard.pages.session_page import session_page
from dashboard.pages.side_panel import side_panel
from dashboard.panels import Parts, load_panels
from dashboard.session.state import State
from dashboard.session.stops import Stops
from dashboard.texts import text
from dashboard.view import STEPS
from dashboard.views.account import SignedIn
from dashboard.views.address import AddressView
from dashboard.views.bar_tools import BarToolsView
from dashboard.views.briefing_button import BriefingButton
from dashboard.views.card import CardView
from dashboard.views.controls import ControlsView
from dashboard.views.film import FilmView
from dashboard.views.find import FindView
from dashboard.views.headline import HeadlineView
from dashboard.views.join_line import JoinLineView
from dashboard.views.left_out import left_out_view
from dashboard.views.map_picture import MapPictureView
from dashboard.views.map_view import MapView
from dashboard.views.matters import MattersView
from dashboard.views.popover import popover
from dashboard.views.presenter import PresenterView
from dashboard.views.strip import StripView
from dashboard.views.top_bar import TopBarView
from dashboard.web.component import Component, filling
from dashboard.web.tokens import tokens, tokens_css
from geodata.escaping import plain_text

# What stands over the map: the finding in its corner, and what opens how it is drawn.
_STAGE = """
:host { position: relative; background: var(--ground); }
:host > .guatu-corner { position: absolute; left: 20px; top: 14px; z-index: 4; width: auto; max-width: min(46%, 40em); pointer-events: none; }
:host > .guatu-settings { position: absolute; right: 12px; bottom: 228px; z-index: 4; color: var(--ink); background: var(--raised);
  border: 1px solid var(--hair); border-radius: 8px; }
"""
# The height of the top line, in which everything is one row.
_TOP = "max(44px, 2.29vw)"
# Steps of a story that have lines beside the map.
_BESIDE_LINES = STEPS[2:]
_CLEAR = {"backgroundImage": "none", "boxShadow": "none"}
# Words as they are written, not in capitals.
_TYPE = {"fontFamily": tokens()["sans"], "fontSize": 16, "button": {"textTransform": "none"}}


def _look(look: str) -> dict[str, object]:
    """Return how the library draws its own parts: in the colours of every other part."""
    own = tokens(look)
    bar = {**_CLEAR, "backgroundColor": own["bar"]}
    line = {"minHeight": f"{_TOP} !important", "padding": "0 8px 0 24px !important"}
    return {
        "typography": _TYPE,
        "components": {
            "MuiAppBar": {"styleOverrides": {"root": bar}},
            "MuiToolbar": {"styleOverrides": {"root": line}},
        },
        "palette": {
            "primary": {"main": own["accent"], "contrastText": own["on-accent"]},
            "background": {"paper": own["paper"], "default": own["ground"]},
            "text": {"primary": own["ink"], "secondary": own["soft"]},
        },
    }


def map_page(
    state: State,
    *,
    sources: list[dict[str, str]],
    script: str,
    parts: Parts | None = None,
    served: bool = True,
    who: SignedIn | None = None,
) -> Page:
    """Return the page of one session; with `parts`, points, reasons, households and cards as well.

    A page that is not `served` leaves the address bar alone and orders no briefing: it is part of
    another page, such as a notebook, and there is no server to fetch from.
    `who` stands at the end of the top line: who is signed in.
    """
    load_panels()
    parts = parts or Parts()
    body = _Body(state, sources, script, parts, served=served)
    presenter = PresenterView(state, parts.stops or Stops(state))
    title = plain_text(text("page.title", state.lang, area=state.atlas.title), 60)
    page = session_page(
        title="",
        template=opening.PAGE,
        meta_title=title,
        meta_name=title,
        dark_theme=state.dark,
        theme_toggle=False,
        # The address is kept in the header, which is always there.
        header=[
            TopBarView(state),
            FindView(state, parts.people),
            BarToolsView(state, served=served),
            presenter,
            *([AddressView(state)] if served else []),
            *left_out_view(state, parts.faults),
            *(who.bar(state.lang) if who else ()),
        ],
        main=[body.column],
        stylesheets=[tokens_css()],
        theme_config={look: _look(look) for look in ("light", "dark")},
    )
    page.param.watch(lambda event: state.param.update(dark=event.new), "dark_theme")

    def follow(*events: object) -> None:
        looks = ("presenting", state.presenting), ("on-dark", state.dark)
        page.param.update(dark_theme=state.dark, css_classes=[name for name, on in looks if on])

    state.param.watch(follow, ["dark", "presenting"])
    follow()
    if served and pn.state.curdoc is not None:
        said = pn.state.curdoc.template_variables
        said["old"] = opening.old_markup(state.lang)
        said["opening"] = opening.opening_markup(state, body.opens_with)
    return page


class _Body:
    """The overview or the map; each is made when it is first looked at, and stays."""

    def __init__(
        self,
        state: State,
        sources: list[dict[str, str]],
        script: str,
        parts: Parts,
        *,
        served: bool,
    ) -> None:
        self.state, self.sources, self.script, self.parts = state, sources, script, parts
        self.served = served
        self._made: dict[str, pn.viewable.Viewable] = {}
        self.opens_with: dict[str, Component] = {}
        self.column = filling()
        self._show()
        self._make_room()
        state.param.watch(self._show, ["view"])
        state.param.watch(self._make_room, ["presenting", "story"])

    def _show(self, *events: object) -> None:
        view = self.state.view
        if view not in self._made:
            self._made[view] = self._overview() if view == "overview" else self._map()
            self.column.append(self._made[view])
        for name, part in self._made.items():
            part.visible = name == view

    def _make_room(self, *events: object) -> None:
        """Take the whole screen while presenting, but for the caption and the lines of a story."""
        state = self.state
        right = "50vw" if state.story in _BESIDE_LINES else "0"
        # What a style no longer names stays as it was: all is named either way.
        self.column.styles = {
            "min-height": "0",
            "position": "fixed" if state.presenting else "relative",
            "inset": f"0 {right} 20vh 0" if state.presenting else "auto",
            "max-height": "80vh" if state.presenting else "none",
            "width": "auto" if state.presenting else "100%",
            "background": "var(--ground)" if state.presenting else "none",
        }

    def _overview(self) -> pn.viewable.Viewable:
        matters = MattersView(self.state, self.sources)
        self.opens_with = {"matters": matters.page}
        return filling(matters)

    def _map(self) -> pn.viewable.Viewable:
        state, parts = self.state, self.parts
        kept = {"sizing_mode": "stretch_both", "styles": {"min-height": "0"}, "margin": 0}
        headline = HeadlineView(state)
        shown = MapView(state, self.sources, self.script, parts.points)
        figures, months = StripView(state), FilmView(state, self.sources)
        self.opens_with = {
            "strip": figures.strip,
            "headline": headline.headline,
            "map": shown.screen,
            "film": months.film,
        }
        stage = self._stage(headline, shown)
        # In a frame, since the style of a component shows it whatever Panel says.
        strip, film = (
            pn.Column(part, sizing_mode="stretch_width", margin=0) for part in (figures, months)
        )
        side = side_panel(state, parts, stage=stage, around=(strip, film))
        row = pn.Row(stage, side, stylesheets=[phone.ROW], **kept)
        drawer = [] if parts.people is None else [CardView(parts.people)]
        return pn.Column(strip, row, film, *drawer, stylesheets=[phone.PAGE], **kept)

    def _stage(self, headline: HeadlineView, shown: MapView) -> pn.Column:
        """Return the map with what stands over it; on a projector it stands alone."""
        corner = pn.Column(headline, css_classes=["guatu-corner"], margin=0)
        settings = popover(
            text("page.settings", self.state.lang),
            self._settings,
            icon="tune",
            upwards=True,
            css_classes=["guatu-settings"],
        )
        stage = pn.Column(
            shown,
            corner,
            settings,
            css_classes=["guatu-map"],
            stylesheets=[_STAGE, phone.STAGE],
            sizing_mode="stretch_both",
            margin=0,
        )
        corners = (corner, settings)

        def present(*events: object) -> None:
            for one in corners:
                one.visible = not self.state.presenting

        self.state.param.watch(present, ["presenting"])
        present()
        return stage

    def _settings(self) -> list[pn.viewable.Viewable | pn.viewable.Viewer]:
        """Return how the map is drawn, how complete it is, and what makes a briefing of it."""
        people = self.parts.people
        orders = [BriefingButton(people)] if self.served and people is not None else []
        drawn = [MapPictureView(self.state)] if self.state.source.workspace is not None else []
        return [ControlsView(self.state), JoinLineView(self.state), *drawn, *orders]
