"""The course of an indicator against the place above, and what its last change is made of."""

from __future__ import annotations

import math

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.facts import Facts
from dashboard.answers.titles import short_name
from dashboard.briefing.order import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.charts import draw_course
from dashboard.briefing.slides.tables import Column, Row, draw_table
from dashboard.briefing.slides.worst import notes_of
from dashboard.texts import text
from geodata.cartography.words import change_text, number_text, parts_text, scale_of
from geodata.figures.change import PARTS
from geodata.themes import Theme

_CHART = Box(EDGE, TOP, 8.4, LOW - TOP)
_RIGHT = Box(9.1, TOP + 0.1, WIDTH - EDGE - 9.1, 3.9)
_COMPARED = 2


def course_slide(deck: Presentation, briefing: Briefing, theme: Theme) -> None:
    """Add the slide of the course of a theme's first indicator."""
    facts, canvas = briefing.facts(theme), Canvas(deck, briefing.lang)
    lang = briefing.lang
    indicator = facts.layer.indicator
    parts = parts_text(*facts.parts, indicator, lang)
    canvas.title(facts.summary.replace(parts, "") if parts else facts.summary)
    reported = facts.own["places_with_data"]
    draw_course(
        canvas,
        _CHART,
        list(facts.own.index),
        _courses(facts),
        decimals=facts.layer.decimals,
        whole=(reported == reported.max()).tolist(),
    )
    why = facts.source.why(facts.view)
    end = _RIGHT.top
    if why is not None and why.change and not math.isnan(why.change["before"]):
        end = _split(canvas, facts, why.change)
    unit = facts.unit or "—"
    said = text("slides.chart_about", lang, title=indicator.title_in(lang) + parts, unit=unit)
    lines = [said]
    if len(set(reported)) > 1:
        counts = {"least": int(reported.min()), "most": int(reported.max())}
        lines.append(text("slides.chart_partial", lang, **counts))
    canvas.text(Box(_RIGHT.left, end + 0.15, _RIGHT.width, LOW - end - 0.15), lines)
    canvas.foot(facts.origin.foot, facts.origin.mark)
    canvas.notes(notes_of(facts))


def _courses(facts: Facts) -> dict[str, pd.Series]:
    """Return the course of the place and what it is held against: its parent, else its worst parts."""
    atlas, view = facts.atlas, facts.view
    courses = {short_name(atlas.name(view.place)): facts.own["value"]}
    path = atlas.path(view.place)
    if facts.above is not None:
        courses[short_name(atlas.name(path[-2]))] = facts.above["value"]
        return courses
    below = atlas.levels[atlas.levels.index(atlas.level_of(view.place) or atlas.levels[0]) + 1 :]
    if not below or view.public:
        return courses
    scale = scale_of(facts.layer.indicator)
    current = atlas.frame(view.indicator, view.period, below[0])["value"].dropna()
    order = current.sort_values(ascending=facts.layer.indicator.worse == "low", kind="stable")
    for key in order.index[:_COMPARED]:
        name, series = short_name(atlas.name(key)), atlas.series(view.indicator, key)["value"]
        # Two places may bear one name; a legend must tell them apart.
        name = name if name not in courses else f"{name} {key}"
        course = (series * scale).reindex(facts.own.index)
        if not course.equals(facts.own["value"]):  # one place alone is the whole
            courses[name] = course
    return courses


def _split(canvas: Canvas, facts: Facts, change: dict[str, float]) -> float:
    """Draw what the change is made of: values, rules, reports, boundaries; they add up to it."""
    lang, decimals = facts.view.lang, facts.layer.decimals
    scale = scale_of(facts.layer.indicator)
    rows = [Row((text("slides.before", lang), number_text(change["before"] * scale, decimals)))]
    for part in PARTS:
        moved = change_text(change[part] * scale, decimals)
        rows.append(Row((text(f"slides.part_{part}", lang), moved)))
    rows.append(Row((text("slides.now", lang), number_text(change["after"] * scale, decimals))))
    head = text("slides.split", lang, unit=facts.unit or "—")
    columns = [Column(head, 2.6), Column(text("slides.figure", lang), 1.0, number=True)]
    return draw_table(canvas, _RIGHT, columns, rows)
