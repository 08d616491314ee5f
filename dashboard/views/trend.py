"""The trend of the place looked at against the place above it."""

from __future__ import annotations

import pandas as pd
import panel as pn

from dashboard.charts import trend
from dashboard.state import State
from dashboard.texts import text
from dashboard.views.later import later
from geodata.cartography.words import period_text, scale_of
from geodata.escaping import html_text

_CSS = "h2 { margin: 0; font-size: clamp(16px, 1.1vw, 22px); } small { font-weight: 400; opacity: 0.8; }"


class TrendView(pn.viewable.Viewer):
    """The course of one indicator over all its periods; hidden when there is only one."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.title = pn.pane.HTML(
            self._title(), stylesheets=[_CSS], sizing_mode="stretch_width", margin=0
        )
        # The chart takes longer than the map: it comes when the page is there.
        self.pane = pn.pane.HoloViews(
            None, sizing_mode="stretch_both", min_height=180, margin=0, loading=True
        )
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

    def _chart(self):
        state = self.state
        path = state.atlas.path(state.place)
        above = path[-2] if len(path) > 1 else None
        names = (state.atlas.name(state.place), state.atlas.name(above))
        alone = not path or (len(path) == 1 and state.root is not None)
        return trend(
            self._course(state.place),
            None if alone else self._course(above)["value"],
            names=names,
            now=period_text(state.period, state.lang),
            dark=state.dark,
        )

    def _course(self, place: str | None) -> pd.DataFrame:
        """Return value and whole by period in words."""
        state = self.state
        found = state.atlas.series(state.indicator, place).reindex(list(state.periods))
        reported = found["places_with_data"]
        return pd.DataFrame(
            {
                "value": found["value"] * scale_of(state.atlas.indicator(state.indicator)),
                "whole": reported == reported.max(),
            }
        ).set_axis([period_text(period, state.lang) for period in found.index])

    def _title(self) -> str:
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
        if self._course(state.place)["whole"].all():
            return f"<h2>{html_text(title)}</h2>"
        note = text("trend.partial", state.lang)
        return f"<h2>{html_text(title)} <small>{html_text(note)}</small></h2>"

    def _update(self, *events) -> None:
        """Draw after the map has been sent: a chart takes longer than a change of colours."""
        later(self._draw)

    def _draw(self) -> None:
        self.column.visible = len(self.state.periods) > 1
        self.title.object = self._title()
        self.pane.param.update(object=self._chart(), loading=False)
