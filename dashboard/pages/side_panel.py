"""What stands beside the map: one panel at a time, and the switch between them."""

from __future__ import annotations

from collections.abc import Sequence

import panel as pn
import param
from panel.viewable import Viewable

from dashboard.pages import phone
from dashboard.pages.guarded import guarded
from dashboard.panel_specs import panel_specs
from dashboard.panels import Parts, panel_of, panel_of_error
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import RANKING
from dashboard.views.panel_tabs import PanelTabs
from dashboard.web.component import filling
from dashboard.web.failed_part import failed_part

# What a panel has too much of is scrolled to; it never lies over the film below.
_SCROLLED = ":host { overflow-y: auto; }"


def side_panel(
    state: State,
    parts: Parts,
    stage: Viewable | None = None,
    around: Sequence[Viewable] = (),
) -> pn.Column:
    """Return the panels of a state, each made when it is first shown: most viewers look at one.

    There is a switch where there are several. The `stage` with the map, and what stands `around`
    it, give way to a panel that stands in the place of the map. While presenting there is the stage
    alone, with a panel only where it was asked for.
    """
    made: dict[str, pn.Column] = {}
    switch = PanelTabs(sizing_mode="stretch_width", margin=(0, 0, 8, 0))
    column = pn.Column(
        switch,
        css_classes=["guatu-side"],
        stylesheets=[phone.SIDE],
        sizing_mode="stretch_both",
        margin=(4, 24, 4, 20),
    )

    def shown() -> list[str]:
        names = state.source.panels_of(state.theme, presenting=state.presenting)
        return [name for name in names if parts.people is not None or not panel_specs()[name].needs]

    def follow(*events: object) -> None:
        names = shown()
        here = state.side if state.side in names else next(iter(_first(names)), "")
        if here and here not in made:
            made[here] = _added(column, here, state, parts)
        for name, part in made.items():
            part.visible = name == here
        labels = [[name, text(f"{name}.tab", state.lang)] for name in names]
        switch.param.update(names=labels, at=here, visible=len(names) > 1 and not state.presenting)
        whole = here != "" and panel_specs()[here].whole
        width = panel_specs()[here].width if here else "0px"
        flex = "1 1 0" if whole else f"0 0 {width}"
        column.styles = {"flex": flex, "max-width": width, "min-height": "0"}
        if stage is not None:
            stage.visible = not whole
            column.visible = not state.presenting or here != RANKING
        for neighbour in around:
            neighbour.visible = not whole and not state.presenting

    _tell_of_later(made, state)
    switch.on_message(lambda message: state.choose_side(str(message.get("key", ""))))
    state.param.watch(follow, ["side", "theme", "presenting"])
    follow()
    return column


def _added(column: pn.Column, name: str, state: State, parts: Parts) -> pn.Column:
    """Return a panel in its frame, put into a column; where it cannot be shown, a sentence."""
    frame = _part(name, state, parts)
    try:
        column.append(frame)
    except Exception as error:
        column.remove(frame)
        frame = _kept(_failed(name, state.lang, error))
        column.append(frame)
    return frame


def _tell_of_later(made: dict[str, pn.Column], state: State) -> None:
    """Let a panel that fails at what a viewer does say so in its place; anything else is raised."""

    def fails(error: BaseException) -> None:
        name = panel_of_error(error)
        if name not in made or not isinstance(error, Exception):
            raise error
        made[name].objects = [_failed(name, state.lang, error)]

    # Outside a session the setting would be that of everybody.
    if pn.state.curdoc is not None:
        pn.config.exception_handler = fails


def _first(names: list[str]) -> list[str]:
    """Return the names with the one that stands there when nothing is asked for in front."""
    return sorted(names, key=lambda name: name != RANKING)


def _part(name: str, state: State, parts: Parts) -> pn.Column:
    """Return a panel in its frame; where it cannot be made or go on, a sentence that says so."""
    frame = _kept()

    def fails(error: Exception) -> None:
        frame.objects = [_failed(name, state.lang, error)]

    all_sources = (state, parts.people, parts.points, parts.stops)
    sources = [one for one in all_sources if isinstance(one, param.Parameterized)]
    try:
        with guarded(sources, fails):
            frame.append(panel_of(name, state, parts))
    except Exception as error:
        fails(error)
    return frame


def _kept(*shown: Viewable) -> pn.Column:
    return filling(*shown, css_classes=["guatu-part"], stylesheets=[_SCROLLED])


def _failed(name: str, lang: str, error: Exception) -> pn.pane.HTML:
    title = text(f"{name}.tab", lang)
    said = text("page.part_failed", lang, part=title)
    return failed_part(f"panel {name}", said, error, panel_specs()[name].folder)
