"""Charts on slides: native line charts whose figures can be edited in the presentation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from pptx.chart.data import CategoryChartData
from pptx.chart.series import LineSeries
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from dashboard.briefing.slides.canvas import BODY, Box, Canvas
from dashboard.briefing.slides.text_measure import set_face
from dashboard.texts import text

# The place itself first and thick, then those it is compared with (Okabe and Ito).
_COLOURS = ("0b57d0", "6b7680", "d55e00", "009e73")
_DASHES = (None, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.DASH_DOT)


def draw_time_series(
    canvas: Canvas,
    box: Box,
    periods: Sequence[str],
    courses: Mapping[str, pd.Series],
    *,
    decimals: int,
    whole: Sequence[bool],
) -> None:
    """Draw courses over the periods, the first thick; a missing figure leaves a gap.

    A period that is not `whole`, in which fewer places reported, is hollow and its line dotted.
    """
    data = CategoryChartData(number_format=_format(decimals))
    _categories(data, periods, canvas.lang)
    for name, course in courses.items():
        values = [None if not math.isfinite(value) else float(value) for value in course]
        data.add_series(name, values)
    shape = canvas.slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box.sides, data)
    chart = shape.chart
    chart.has_title = False
    chart.has_legend = len(courses) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.font.size = Pt(BODY)
    properties = chart.font._rPr
    set_face(properties, size=BODY, lang=canvas.lang)
    value_axis, category_axis = chart.value_axis, chart.category_axis
    value_axis.tick_labels.number_format = _format(decimals)
    value_axis.tick_labels.number_format_is_linked = False
    value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("d9dee3")
    value_axis.format.line.fill.background()
    category_axis.format.line.color.rgb = RGBColor.from_string("6b7680")
    for number, series in enumerate(chart.plots[0].series):
        _dress(series, number)
    _break(chart.plots[0].series[0], whole)


def _categories(data: CategoryChartData, periods: Sequence[str], lang: str) -> None:
    """Write the periods below the chart: months under their year, anything else as it is."""
    if not all(len(period) == 7 for period in periods):
        data.categories = list(periods)
        return
    year = None
    for period in periods:
        if year is None or year.label != period[:4]:
            year = data.add_category(period[:4])
        year.add_sub_category(text("slides.axis_month", lang, month=int(period[5:])))


def _dress(series, number: int) -> None:  # type: ignore[no-untyped-def]
    colour = RGBColor.from_string(_COLOURS[number % len(_COLOURS)])
    series.smooth = False
    series.format.line.width = Pt(4.5 if number == 0 else 2.5)
    series.format.line.color.rgb = colour
    if _DASHES[number % len(_DASHES)] is not None:
        series.format.line.dash_style = _DASHES[number % len(_DASHES)]
    series.marker.style = XL_MARKER_STYLE.CIRCLE if number == 0 else XL_MARKER_STYLE.NONE
    if number == 0:
        series.marker.size = 9
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour
        series.marker.format.line.color.rgb = colour


def _break(series: LineSeries, whole: Sequence[bool]) -> None:
    """Draw the points that are not whole hollow, and the lines to and from them dotted."""
    for at, full in enumerate(whole):
        before = at == 0 or whole[at - 1]
        if not (full and before):
            line = series.points[at].format.line
            line.dash_style, line.width = MSO_LINE.ROUND_DOT, Pt(2.5)
            line.color.rgb = RGBColor.from_string(_COLOURS[0])
        if not full:
            marker = series.points[at].marker
            marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 9
            marker.format.fill.solid()
            marker.format.fill.fore_color.rgb = RGBColor.from_string("ffffff")
            marker.format.line.color.rgb = RGBColor.from_string(_COLOURS[0])


def _format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
