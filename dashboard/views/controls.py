"""Indicator, level, classes and period with play."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import panel as pn
import panel_material_ui as pmui
from panel.io import PeriodicCallback
from param.parameterized import Event

from dashboard.layers import classing_title
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import COMPARED
from dashboard.web.component import Viewer, together
from geodata.cartography.words import period_text
from geodata.escaping import plain_text

_FOLLOWED = ["theme", "place", "indicator", "period", "level", "classes", "compare", "compared"]
STEP = 1600  # milliseconds a period stands while playing


class ControlsView(Viewer):
    """The widgets that set the state, and follow it when the address or the map sets it."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        full = {"sizing_mode": "stretch_width", "margin": (6, 0)}
        self.theme = pmui.RadioButtonGroup(
            orientation="vertical", visible=len(state.themes) > 1, **full
        )
        # A theme may have forty indicators: a long list beats a long scroll.
        self.indicator = pmui.Select(label=self._text("indicator"), dropdown_height=900, **full)
        self.level = pmui.RadioButtonGroup(label=self._text("level"), **full)
        self.classes = pmui.Select(label=self._text("classes"), **full)
        self.period = pmui.DiscreteSlider(label=self._text("period"), options=[""], **full)
        self.play = pmui.Button(icon="play_arrow", variant="contained", **full)
        self.compare = pmui.Select(label=self._text("compare"), **full)
        ways = {self._text(name): name for name in COMPARED}
        self.compared = pmui.RadioButtonGroup(options=ways, value=state.compared, **full)
        self._clock: PeriodicCallback | None = None
        self._follow()
        self._bind()
        self.play.on_click(self._toggle)
        state.param.watch(self._follow, _FOLLOWED)

    def __panel__(self) -> pn.viewable.Viewable:
        parts = [self.theme, self.indicator, self.period, self.play, self.level, self.classes]
        parts += [self.compare, self.compared]
        return pn.Column(*parts, sizing_mode="stretch_width", margin=0)

    def _bind(self) -> None:
        state = self.state
        chosen: tuple[tuple[pn.widgets.WidgetBase, Callable[[Event], None]], ...] = (
            (self.compare, lambda event: _set(state, compare=event.new)),
            (self.compared, lambda event: _set(state, compared=event.new)),
            (self.theme, self._choose_theme),
            (self.indicator, lambda event: _given(event, state.choose_indicator)),
            (self.level, lambda event: _set(state, level=event.new)),
            (self.classes, lambda event: _given(event, state.choose_classes)),
            (self.period, lambda event: _set(state, period=event.new)),
        )
        for widget, choose in chosen:
            widget.param.watch(partial(_together, choose), "value")

    def _text(self, name: str) -> str:
        return text(f"controls.{name}", self.state.lang)

    def _follow(self, *events: object) -> None:
        """Show the state; equal values are not set again, so nothing echoes."""
        state, lang = self.state, self.state.lang
        themes = {plain_text(theme.title[lang], 30): key for key, theme in state.themes.items()}
        levels = {
            text(f"controls.by_{level}", lang): level for level in state.levels_below(state.area)
        }
        methods = {classing_title(method, lang): method for method in state.methods}
        periods = {period_text(period, lang): period for period in state.periods} or {"": ""}
        several = len(state.periods) > 1
        others = {self._text("compare_none"): ""}
        others |= {period_text(p, lang): p for p in reversed(state.periods) if p != state.period}
        self.theme.param.update(options=themes, value=state.theme or None)
        self.indicator.param.update(**self._indicators(), value=state.indicator)
        self.level.param.update(options=levels, value=state.level, visible=len(levels) > 1)
        self.classes.param.update(options=methods, value=state.classes)
        self.period.param.update(options=periods, value=state.period, visible=several)
        compare = state.compare if state.compare in others.values() else ""
        self.compare.param.update(options=others, value=compare, visible=several)
        self.compared.param.update(value=state.compared, visible=bool(compare))
        self.play.param.update(
            visible=several,
            label=self._text("stop" if state.playing else "play"),
            icon="stop" if state.playing else "play_arrow",
        )

    def _indicators(self) -> dict[str, object]:
        """Return the indicators of the theme by title, under its topics where it has some."""
        state = self.state

        def titled(keys: Iterable[str]) -> dict[str, str]:
            named = state.atlas.indicator
            return {plain_text(named(key).title_in(state.lang), 60): key for key in keys}

        topics = state.topics_of(state.theme)
        groups = {title: titled(keys) for title, keys in topics.items()}
        flat = {} if groups else titled(state.indicators_of(state.theme))
        return {"options": flat, "groups": groups or None}

    def _choose_theme(self, event: Event) -> None:
        """Go to a theme; the echo of the state's own is none."""
        if event.new and event.new != self.state.theme:
            self.state.choose_theme(event.new)

    def _toggle(self, event: Event) -> None:
        self.state.playing = not self.state.playing
        if self.state.playing:
            self._clock = pn.state.add_periodic_callback(self._step, period=STEP)
        elif self._clock is not None:
            self._clock.stop()
            self._clock = None
        self._follow()

    def _step(self) -> None:
        with together():
            self.state.step()


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
