"""The course of the shown place over the periods, against the place above it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import panel as pn

from dashboard.charts.course import Course, CourseFigure
from dashboard.state import State
from dashboard.texts import text
from dashboard.views.later import later
from dashboard.web.component import Viewer, together
from geodata.cartography.words import period_text, scale_of
from geodata.escaping import html_text

_CSS = "h2 { margin: 0; font-size: clamp(16px, 1.1vw, 22px); } small { font-weight: 400; opacity: 0.8; }"


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
        self.figure: CourseFigure | None = None
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

    def course(self) -> Course:
        """Return the figures of the place and of the one above it, in the unit that is shown."""
        state = self.state
        path = state.atlas.path(state.place)
        above = path[-2] if len(path) > 1 else None
        alone = not path or (len(path) == 1 and state.root is not None)
        own = self._figures(state.place)
        reported = own["places_with_data"]
        periods = list(state.periods)
        return Course(
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
        found = state.atlas.series(state.indicator, place).reindex(list(state.periods))
        scale = scale_of(state.atlas.indicator(state.indicator))
        return found.assign(value=found["value"] * scale)

    def _titled(self, course: Course) -> str:
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
        if course.whole.all():
            return f"<h2>{html_text(title)}</h2>"
        note = text("trend.partial", state.lang)
        return f"<h2>{html_text(title)} <small>{html_text(note)}</small></h2>"

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
            self.figure = CourseFigure(course, dark=dark)
            self.pane.param.update(object=self.figure.figure, loading=False)
        else:
            self.figure.show(course, dark=dark)
