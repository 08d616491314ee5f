"""The trend of the place looked at against the place above it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import panel as pn
import param

from dashboard.maps.component import Component, script_of
from dashboard.state import State
from dashboard.texts import text
from geodata.cartography.words import period_text, scale_of
from geodata.escaping import plain_text

_LONGEST = 20


class Course(Component):
    """A course over periods, drawn by the browser: a change sends its numbers and no new figure.

    `content`: title and note; labels of the periods; `own` and `above` (or None) by period, None
    where there is no figure; `whole`, whether as many places reported as ever; their names; `now`,
    the position of the shown period.
    """

    content = param.Dict(default={})
    dark = param.Boolean(default=False)

    _esm = script_of("drawing.js", "course.js", folder=Path(__file__).parent)
    _stylesheets: ClassVar[list[str]] = [
        Path(__file__).with_name("course.css").read_text(encoding="utf-8")
    ]


class TrendView(pn.viewable.Viewer):
    """The course of one indicator over all its periods; hidden when there is only one."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.course = Course(
            content=self._content(),
            dark=state.dark,
            visible=len(state.periods) > 1,
            sizing_mode="stretch_both",
            min_height=180,
            margin=0,
        )
        state.param.watch(self._update, ["place", "indicator", "period"])
        state.param.watch(lambda event: self.course.param.update(dark=event.new), "dark")

    def __panel__(self) -> pn.viewable.Viewable:
        return self.course

    def _content(self) -> dict[str, object]:
        state = self.state
        path = state.atlas.path(state.place)
        above = path[-2] if len(path) > 1 else None
        alone = not path or (len(path) == 1 and state.root is not None)
        own = self._course(state.place)
        whole = own["places_with_data"] == own["places_with_data"].max()
        periods = list(state.periods)
        return {
            "title": self._title(),
            "note": "" if whole.all() else text("trend.partial", state.lang),
            "labels": [period_text(period, state.lang) for period in periods],
            "own": _numbers(own["value"]),
            "above": None if alone else _numbers(self._course(above)["value"]),
            "whole": whole.tolist(),
            "names": [plain_text(state.atlas.name(key), _LONGEST) for key in (state.place, above)],
            "now": periods.index(state.period) if state.period in periods else -1,
        }

    def _course(self, place: str | None) -> pd.DataFrame:
        """Return the figures of a place in the periods of the indicator, in shown units."""
        state = self.state
        found = state.atlas.series(state.indicator, place).reindex(list(state.periods))
        return found.assign(value=found["value"] * scale_of(state.atlas.indicator(state.indicator)))

    def _title(self) -> str:
        state = self.state
        indicator = state.atlas.indicator(state.indicator)
        unit = indicator.unit_in(state.lang)
        named = {
            "place": state.atlas.name(state.place),
            "indicator": indicator.title_in(state.lang),
        }
        unit = text("trend.unit", state.lang, unit=unit) if unit else ""
        return plain_text(text("trend.title", state.lang, unit=unit, **named))

    def _update(self, *events) -> None:
        self.course.param.update(content=self._content(), visible=len(self.state.periods) > 1)


def _numbers(values: pd.Series) -> list[float | None]:
    """Return the values as plain numbers, None where there is none."""
    return [None if np.isnan(value) else float(value) for value in values]
