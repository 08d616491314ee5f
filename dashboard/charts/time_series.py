"""The course of a place over periods: drawn once by HoloViews, then changed in place.

A new figure costs a hundred times what new numbers in the old one cost, and fifty people look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import holoviews as hv
import numpy as np
from bokeh.models import FixedTicker, Plot

from dashboard.charts.look import COLOURS, dress, start
from geodata.escaping import plain_text

_LONGEST = 20
_ABOVE, _BRIDGE, _OWN, _WHOLE, _PARTLY, _NOW = range(6)
# From this share of the highest value on a change is seen on an axis that begins at nothing.
_GOOD_PART = 0.1


@dataclass(frozen=True)
class TimeSeries:
    """Figures by period: of the place, of its parent (NaN throughout without one), and their names.

    `whole` says of each period whether as many places reported as ever; `now` is the position of
    the shown period, or -1.
    """

    labels: Sequence[str]
    own: np.ndarray
    above: np.ndarray
    whole: np.ndarray
    names: tuple[str, str]
    now: int

    @property
    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return what each element of the figure draws: positions and values, NaN breaks a line.

        The line of the place joins periods that are whole; over the others it is only bridged.
        """
        at = np.arange(len(self.own))
        known = np.isfinite(self.own)
        shown = (known & self.whole, known & ~self.whole, known & (at == self.now))
        joined = np.where(self.whole, self.own, np.nan)
        lines = [(at, self.above), (at, self.own), (at, joined)]
        return [*lines, *((at[one], self.own[one]) for one in shown)]


class TimeSeriesFigure:
    """The place thick, its parent thin and dashed, the period marked; one not whole is hollow."""

    def __init__(self, course: TimeSeries, *, dark: bool) -> None:
        start()
        # What has no label stands in no legend: the bridges over periods that are not whole.
        curves = [
            hv.Curve(part, "period", "value", label="" if at == _BRIDGE else str(at))
            for at, part in enumerate(course.parts[:_WHOLE])
        ]
        dots = [hv.Scatter(part, "period", "value") for part in course.parts[_WHOLE:]]
        overlay = hv.Overlay([*curves, *dots]).opts(
            hv.opts.Curve(line_width=4),
            hv.opts.Scatter(size=9, line_width=2),
            hv.opts.Overlay(
                responsive=True,
                show_legend=True,
                legend_position="top_left",
                xlabel="",
                ylabel="",
                toolbar=None,
                fontsize={"ticks": "12pt", "legend": "12pt"},
            ),
        )
        plot = hv.renderer("bokeh").get_plot(overlay)
        self.figure: Plot = plot.state
        self._elements = [one.handles for one in plot.subplots.values()]
        self._elements[_ABOVE]["glyph"].update(line_width=3, line_dash="dashed")
        self._elements[_BRIDGE]["glyph"].update(line_width=2, line_dash="dotted")
        self._elements[_NOW]["glyph"].size = 18
        self._ranges = plot.handles["x_range"], plot.handles["y_range"]
        self._ticker = FixedTicker(ticks=[])
        self.figure.xaxis[0].ticker = self._ticker
        self._dark: bool | None = None
        self.show(course, dark=dark)

    def show(self, course: TimeSeries, *, dark: bool) -> None:
        """Change the figure to other numbers, names and colours."""
        for handles, (at, values) in zip(self._elements, course.parts, strict=True):
            handles["source"].data = {"period": at, "value": values}
        x_range, y_range = self._ranges
        edge = 0.06 * max(len(course.own) - 1, 1)
        x_range.update(start=-edge, end=len(course.own) - 1 + edge)
        low, high = _bounds(np.concatenate([course.own, course.above]))
        y_range.update(start=low, end=high)
        ticks = _ticks(course.labels)
        self._ticker.ticks = list(ticks)
        self.figure.xaxis[0].major_label_overrides = dict(ticks.items())
        items: list[Any] = self.figure.legend[0].items
        for item, name in zip(items, reversed(course.names), strict=True):
            item.label = {"value": plain_text(name, _LONGEST)}
        self.figure.legend[0].visible = bool(np.isfinite(course.above).any())
        if dark != self._dark:
            self._dark = dark
            self._paint(COLOURS["dark" if dark else "light"])

    def _paint(self, ink: dict[str, str]) -> None:
        dress(self.figure, ink)
        glyphs = [handles["glyph"] for handles in self._elements]
        glyphs[_ABOVE].line_color = ink["above"]
        glyphs[_BRIDGE].line_color = glyphs[_OWN].line_color = ink["own"]
        for at, fill in ((_WHOLE, "own"), (_PARTLY, "ground"), (_NOW, "own")):
            line = "ink" if at == _NOW else "own"
            glyphs[at].update(fill_color=ink[fill], line_color=ink[line])


def _bounds(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of the axis with room around the values.

    It begins at nothing where the values rise or fall by a good part of themselves, so that no course
    looks steeper than it is.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.15 * (high - low) or abs(high) or 1.0
    if low >= 0 and (high - low) >= _GOOD_PART * high:
        return 0.0, high + 0.08 * high or 1.0
    return low - room, high + room


def _ticks(names: Sequence[str]) -> dict[int, str]:
    """Return a few evenly spaced ticks, so that long names do not run into one another."""
    if not names:
        return {}
    wanted = min(len(names), 4 if max(map(len, names)) > 5 else 8)
    places = np.unique(np.linspace(0, len(names) - 1, wanted).round().astype(int))
    return {int(place): names[place] for place in places}
