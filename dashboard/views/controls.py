"""How the map is drawn: level, classes and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import panel as pn
import panel_material_ui as pmui
from param.parameterized import Event

from dashboard.layers import classing_title
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import COMPARED
from dashboard.web.component import Viewer, together
from geodata.cartography.words import period_text

_FOLLOWED = ["theme", "place", "indicator", "period", "level", "classes", "compare", "compared"]


class ControlsView(Viewer):
    """The widgets that set the state, and follow it when the address or the map sets it."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        full = {"sizing_mode": "stretch_width", "margin": (6, 0)}
        self.level = pmui.RadioButtonGroup(label=self._text("level"), **full)
        self.classes = pmui.Select(label=self._text("classes"), **full)
        self.compare = pmui.Select(label=self._text("compare"), **full)
        ways = {self._text(name): name for name in COMPARED}
        self.compared = pmui.RadioButtonGroup(options=ways, value=state.compared, **full)
        self._follow()
        self._bind()
        state.param.watch(self._follow, _FOLLOWED)

    def __panel__(self) -> pn.viewable.Viewable:
        parts = (self.level, self.classes, self.compare, self.compared)
        return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

    def _bind(self) -> None:
        state = self.state
        chosen: tuple[tuple[pn.widgets.WidgetBase, Callable[[Event], None]], ...] = (
            (self.compare, lambda event: _set(state, compare=event.new)),
            (self.compared, lambda event: _set(state, compared=event.new)),
            (self.level, lambda event: _set(state, level=event.new)),
            (self.classes, lambda event: _given(event, state.choose_classes)),
        )
        for widget, choose in chosen:
            widget.param.watch(partial(_together, choose), "value")

    def _text(self, name: str) -> str:
        return text(f"controls.{name}", self.state.lang)

    def _follow(self, *events: object) -> None:
        """Show the state; equal values are not set again, so nothing echoes."""
        state, lang = self.state, self.state.lang
        levels = {
            text(f"controls.by_{level}", lang): level for level in state.levels_below(state.area)
        }
        methods = {classing_title(method, lang): method for method in state.methods}
        several = len(state.periods) > 1
        others = {self._text("compare_none"): ""}
        others |= {period_text(p, lang): p for p in reversed(state.periods) if p != state.period}
        self.level.param.update(options=levels, value=state.level, visible=len(levels) > 1)
        self.classes.param.update(options=methods, value=state.classes)
        compare = state.compare if state.compare in others.values() else ""
        self.compare.param.update(options=others, value=compare, visible=several)
        self.compared.param.update(value=state.compared, visible=bool(compare))


def _together(choose: Callable[[Event], None], event: Event) -> None:
    with together():
        choose(event)


def _given(event: Event, choose: Callable[[str], None]) -> None:
    """Choose what a widget was set to, unless it was cleared."""
    if event.new:
        choose(event.new)


def _set(state: State, **values: str | None) -> None:
    """Set the state unless a widget was cleared; choosing a level drops the selection."""
    if all(value is not None for value in values.values()):
        state.param.update(**values, **({"selected": []} if "level" in values else {}))
