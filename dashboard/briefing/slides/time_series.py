"""The course of an indicator against the place above, and what its last change is made of."""

from __future__ import annotations

import math

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.answer import Answer
from dashboard.answers.titles import short_name
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.charts import draw_time_series
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.briefing.slides.worst_places import notes_of
from dashboard.texts import text
from geodata.cartography.words import change_text, number_text, parts_text, scale_of
from geodata.figures.change import PARTS
from geodata.themes import Theme

_CHART = Box(EDGE, TOP, 8.4, LOW - TOP)
_RIGHT = Box(9.1, TOP + 0.1, WIDTH - EDGE - 9.1, 3.9)
_COMPARED = 2


def time_series_slide(deck: Presentation, briefing: Briefing, theme: Theme) -> None:
    """Add the slide of the course of a theme's first indicator."""
    answer, canvas = briefing.answer(theme), Canvas(deck, briefing.lang)
    lang = briefing.lang
    indicator = answer.layer.indicator
    parts = parts_text(*answer.parts, indicator, lang)
    canvas.title(answer.summary.replace(parts, "") if parts else answer.summary)
    reported = answer.own["places_with_data"]
    draw_time_series(
        canvas,
        _CHART,
        list(answer.own.index),
        _courses(answer),
        decimals=answer.layer.decimals,
        whole=(reported == reported.max()).tolist(),
    )
    why = answer.source.why(answer.view)
    end = _RIGHT.top
    if why is not None and why.change and not math.isnan(why.change["before"]):
        end = _split(canvas, answer, why.change)
    unit = answer.unit or "—"
    said = text("slides.chart_about", lang, title=indicator.title_in(lang) + parts, unit=unit)
    lines = [said]
    if len(set(reported)) > 1:
        counts = {"least": int(reported.min()), "most": int(reported.max())}
        lines.append(text("slides.chart_partial", lang, **counts))
    canvas.text(Box(_RIGHT.left, end + 0.15, _RIGHT.width, LOW - end - 0.15), lines)
    canvas.foot(answer.origin.foot, answer.origin.mark)
    canvas.notes(notes_of(answer))


def _courses(answer: Answer) -> dict[str, pd.Series]:
    """Return the course of the place and what it is held against: its parent, else its worst parts."""
    atlas, view = answer.atlas, answer.view
    courses = {short_name(atlas.name(view.place)): answer.own["value"]}
    path = atlas.path(view.place)
    if answer.above is not None:
        courses[short_name(atlas.name(path[-2]))] = answer.above["value"]
        return courses
    below = atlas.levels[atlas.levels.index(atlas.level_of(view.place) or atlas.levels[0]) + 1 :]
    if not below or view.public:
        return courses
    scale = scale_of(answer.layer.indicator)
    current = atlas.frame(view.indicator, view.period, below[0])["value"].dropna()
    order = current.sort_values(ascending=answer.layer.indicator.worse == "low", kind="stable")
    for key in order.index[:_COMPARED]:
        name, series = short_name(atlas.name(key)), atlas.series(view.indicator, key)["value"]
        # Two places may bear one name; a legend must tell them apart.
        name = name if name not in courses else f"{name} {key}"
        course = (series * scale).reindex(answer.own.index)
        if not course.equals(answer.own["value"]):  # one place alone is the whole
            courses[name] = course
    return courses


def _split(canvas: Canvas, answer: Answer, change: dict[str, float]) -> float:
    """Draw what the change is made of: values, rules, reports, boundaries; they add up to it."""
    lang, decimals = answer.view.lang, answer.layer.decimals
    scale = scale_of(answer.layer.indicator)
    rows = [
        TableRow((text("slides.before", lang), number_text(change["before"] * scale, decimals)))
    ]
    for part in PARTS:
        moved = change_text(change[part] * scale, decimals)
        rows.append(TableRow((text(f"slides.part_{part}", lang), moved)))
    rows.append(
        TableRow((text("slides.now", lang), number_text(change["after"] * scale, decimals)))
    )
    head = text("slides.split", lang, unit=answer.unit or "—")
    columns = [TableColumn(head, 2.6), TableColumn(text("slides.figure", lang), 1.0, number=True)]
    return draw_table(canvas, _RIGHT, columns, rows)
