"""The months as small maps: the slider of time. A month chosen there is looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import panel as pn
import param

from dashboard.answers.film import FilmMonth, beyond, film_of
from dashboard.maps.picture import OUTSIDE, bounds, grounds, states_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer, together
from geodata.escaping import plain_text

_WORDS = ("play", "stop", "film", "earlier", "later")


class Film(Component):
    """Small maps in one set of classes, the one of `at` framed; it answers with a period, or playing.

    `months` have what changes with the indicator and the place alone; a month chosen changes `at`.
    """

    months = param.List(default=[])
    picture = param.Dict(
        default={}, doc="what all months share: colours, grounds, bounds, outlines"
    )
    at = param.String(doc="the period looked at")
    beyond = param.List(default=["", ""], doc="periods before and after these, where there are any")
    playing = param.Boolean(default=False)
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, constant=True)


class FilmView(Viewer):
    """The film of a state; hidden where there is one period only."""

    def __init__(self, state: State, sources: list[dict[str, str]]) -> None:
        super().__init__()
        self.state, self._sources = state, {one["level"]: one["outlines"] for one in sources}
        self.film = Film(
            dark=state.dark,
            texts={name: text(f"film.{name}", state.lang) for name in _WORDS},
            sizing_mode="stretch_width",
            margin=0,
            **self._content(),
        )
        self._shown = self._asked()
        self.film.on_message(self._answer)
        state.param.watch(
            self._follow, ["theme", "place", "indicator", "period", "level", "classes"]
        )
        state.param.watch(lambda event: self.film.param.update(dark=event.new), ["dark"])
        # Out of sight it does not play on.
        state.param.watch(lambda event: self._play(False), ["view"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.film

    def _asked(self) -> tuple[object, ...]:
        """Return all that the small maps follow from."""
        state = self.state
        seen = (state.theme, state.place, state.indicator, state.level, state.classes)
        return (*seen, *beyond(state.source, state.shown))

    def _content(self) -> dict[str, object]:
        state = self.state
        months = film_of(state.source, state.shown)
        layer = months[-1].layer if months else state.layer
        level = state.atlas.level_of(state.area) or state.atlas.levels[0]
        return {
            "months": [_month(month) for month in months],
            "picture": {
                "colours": {name: list(one) for name, one in layer.palette.colours.items()},
                "grounds": grounds(),
                "bounds": bounds(state.atlas, state.area),
                "outlines": self._sources.get(state.level, ""),
                "around": self._sources.get(level, ""),
                "place": self._position(level),
            },
            "at": state.period,
            "beyond": list(beyond(state.source, state.shown)),
            "visible": len(months) > 1,
        }

    def _position(self, level: str) -> int:
        """Return which outline of its level is that of the area; -1 for all of them."""
        area = self.state.area
        if area is None:
            return -1
        return int(self.state.atlas.places_in(None, level).get_indexer(pd.Index([area]))[0])

    def _follow(self, *events: object) -> None:
        asked = self._asked()
        if asked == self._shown:
            self.film.at = self.state.period
            return
        self._shown = asked
        self.film.param.update(**self._content())

    def _answer(self, message: dict[str, object]) -> None:
        state, kind, period = self.state, message.get("type"), message.get("period")
        with together():
            if kind == "month" and period in state.periods:
                state.period = period
            elif kind == "play":
                self._play(message.get("on") is True)

    def _play(self, on: bool) -> None:
        self.state.playing = self.film.playing = on


def _month(month: FilmMonth) -> dict[str, object]:
    layer = month.layer
    return {
        "period": month.period,
        "title": month.title,
        "figure": plain_text(month.figure, 24),
        "whole": not month.missing,
        "classes": np.where(layer.inside, layer.classes, OUTSIDE).astype("uint8"),
        "states": {state: at for state, at in states_of(layer).items() if at},
    }
