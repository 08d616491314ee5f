"""The course of a place: a period in which fewer reported is never joined as if it were whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.enum.dml import MSO_LINE

from dashboard.briefing.slides.canvas import Box, Canvas, new_deck
from dashboard.briefing.slides.charts import draw_time_series
from dashboard.charts.time_series import TimeSeries

WHOLE = st.lists(st.booleans(), min_size=2, max_size=8).filter(any)


@settings(max_examples=40, deadline=None)
@given(whole=WHOLE)
def test_the_solid_line_holds_whole_periods_only(whole):
    values = np.arange(len(whole), dtype=float) + 1
    labels = [str(one) for one in range(len(whole))]
    course = TimeSeries(labels, values, values, np.array(whole), ("a", "b"), 0)
    _, (_, bridged), (_, solid), (_, full), (_, hollow), _ = course.parts
    assert np.isfinite(solid).tolist() == whole
    assert np.isfinite(bridged).all()
    assert len(full) == sum(whole)
    assert len(hollow) == len(whole) - sum(whole)


@settings(max_examples=15, deadline=None)
@given(whole=WHOLE)
def test_a_slide_draws_such_a_period_hollow_and_its_lines_dotted(whole):
    canvas = Canvas(new_deck(title="", author=""), "zh")
    periods = [f"2025-{one + 1:02d}" for one in range(len(whole))]
    values = pd.Series(np.arange(len(whole), dtype=float), periods)
    draw_time_series(canvas, Box(1, 1, 5, 4), periods, {"县": values}, decimals=1, whole=whole)
    (chart,) = [shape.chart for shape in canvas.slide.shapes if shape.has_chart]
    points = chart.plots[0].series[0].points
    for at, full in enumerate(whole):
        joined = full and (at == 0 or whole[at - 1])
        assert (points[at].format.line.dash_style == MSO_LINE.ROUND_DOT) != joined
        fill = points[at].marker.format.fill
        assert (fill.type is not None and str(fill.fore_color.rgb) == "FFFFFF") != full
