"""The course of the shown place over the periods, against the place above it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import panel as pn

from dashboard.charts.time_series import TimeSeries, TimeSeriesFigure
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.views.later import later
from dashboard.web.component import Viewer, together
from dashboard.web.markup import filled
from geodata.cartography.words import period_text, scale_of

_CSS = "h2 { margin: 0; font-size: var(--text); } small { font-weight: 400; color: var(--soft); }"


class TrendView(Viewer):
    """The course of one indicator over all its periods; hidden when there is only one."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.title = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        # The chart takes longer than the map: it comes when the page is there.
        self.pane = pn.pane.Bokeh(
            None, sizing_mode="stretch_both", min_height=180, margin=0, loading=True
        )
        self.figure: TimeSeriesFigure | None = None
        self.column = pn.Column(
            self.title,
            self.pane,
            sizing_mode="stretch_both",
            margin=0,
            visible=len(state.periods) > 1,
        )
        state.param.watch(self._update, ["place", "indicator", "period", "dark"])
        pn.state.onload(self._draw)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.column

    def course(self) -> TimeSeries:
        """Return the figures of the place and of the one above it, in the unit that is shown."""
        state = self.state
        path = state.atlas.path(state.place)
        above = path[-2] if len(path) > 1 else None
        alone = not path or (len(path) == 1 and state.root is not None)
        own = self._figures(state.place)
        reported = own["places_with_data"]
        periods = list(state.periods)
        return TimeSeries(
            labels=[period_text(period, state.lang) for period in periods],
            own=own["value"].to_numpy(dtype=float),
            above=np.full(len(own), np.nan)
            if alone
            else self._figures(above)["value"].to_numpy(dtype=float),
            whole=(reported == reported.max()).to_numpy(dtype=bool),
            names=(state.atlas.name(state.place), state.atlas.name(above)),
            now=periods.index(state.period) if state.period in periods else -1,
        )

    def _figures(self, place: str | None) -> pd.DataFrame:
        """Return value and places with data by period."""
        state = self.state
        course = state.atlas.series(state.indicator, place).reindex(list(state.periods))
        scale = scale_of(state.atlas.indicator(state.indicator))
        return course.assign(value=course["value"] * scale)

    def _titled(self, course: TimeSeries) -> str:
        state = self.state
        indicator = state.atlas.indicator(state.indicator)
        unit = indicator.unit_in(state.lang)
        title = text(
            "trend.title",
            state.lang,
            place=state.atlas.name(state.place),
            indicator=indicator.title_in(state.lang),
            unit=text("trend.unit", state.lang, unit=unit) if unit else "",
        )
        note = "" if course.whole.all() else text("trend.partial", state.lang)
        return filled(Path(__file__).with_name("trend.html"), title=title, note=note)

    def _update(self, *events: object) -> None:
        """Change the chart after the map has been sent."""
        later(self._draw)

    def _draw(self) -> None:
        with together():
            self._change()

    def _change(self) -> None:
        course, dark = self.course(), self.state.dark
        self.column.visible = len(course.labels) > 1
        self.title.object = self._titled(course)
        if self.figure is None:
            self.figure = TimeSeriesFigure(course, dark=dark)
            self.pane.param.update(object=self.figure.figure, loading=False)
        else:
            self.figure.show(course, dark=dark)
