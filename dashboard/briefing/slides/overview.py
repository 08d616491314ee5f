"""All themes on one slide: the main figures, their change, and where each is worst."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.facts import Facts
from dashboard.answers.titles import short_name
from dashboard.briefing.order import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import Column, Row, draw_table
from dashboard.texts import text
from geodata.cartography.words import change_text, number_text, share_parts
from geodata.i18n import listed

_ROWS = 9  # in all, shared by the themes
_NAMED = {"zh": 2, "en": 1}  # in the title


def overview_slide(deck: Presentation, briefing: Briefing) -> None:
    """Add the overview."""
    lang, canvas = briefing.lang, Canvas(deck, briefing.lang)
    found = [
        (theme, briefing.facts(theme, indicator=key))
        for theme in briefing.themes
        for key in briefing.indicators(theme, max(2, _ROWS // len(briefing.themes)))
    ]
    facts = [one for _, one in found]
    canvas.title(_message(briefing, facts))
    names = ("theme", "indicator", "figure", "counted", "change", "worst")
    shares = (1.9, 3.2, 1.1, 2.5, 1.1, 2.5)
    columns = [
        Column(text(f"slides.{name}", lang), share, name in ("figure", "change"))
        for name, share in zip(names, shares, strict=True)
    ]
    rows, before = [], None
    for theme, one in found:
        rows.append(_row("" if theme is before else theme.title[lang], one, lang))
        before = theme
    draw_table(canvas, Box(EDGE, TOP, WIDTH - 2 * EDGE, LOW - TOP), columns, rows)
    if facts:
        canvas.foot(facts[0].origin.foot, facts[0].origin.mark)
        canvas.notes([*(one.summary for one in facts), facts[0].origin.foot])


def change_of(facts: Facts) -> float:
    """Return the change of the place's own figure since the period before; NaN when unknown."""
    course = facts.own["value"]
    return float(course.iloc[-1] - course.iloc[-2]) if len(course) > 1 else float("nan")


def course_of(facts: Facts) -> str:
    """Return worse, better or same; same too when it rounds to nothing or has no worse end."""
    change, worse = change_of(facts), facts.layer.indicator.worse
    if worse == "none" or pd.isna(change) or round(change, facts.layer.decimals) == 0:
        return "same"
    return "worse" if (change > 0) == (worse == "high") else "better"


def _row(theme: str, facts: Facts, lang: str) -> Row:
    decimals, percent = facts.layer.decimals, facts.layer.indicator.unit.sign
    worst = ""
    if not facts.view.public and len(facts.worst) > 1 and facts.worst.iloc[0]["value"] != 0:
        first = facts.worst.iloc[0]
        shown = number_text(first["value"], decimals) + percent
        worst = f"{short_name(first['name'])} {shown}"
    cells = (
        theme,
        titled(facts),
        percent_text(facts),
        _counted(facts),
        change_text(change_of(facts), decimals),
        worst or "—",
    )
    return Row(cells, alarm=frozenset({4}) if course_of(facts) == "worse" else frozenset())


def percent_text(facts: Facts) -> str:
    """Return the figure of the place, a share with its sign; other units stand in the title."""
    sign = "" if pd.isna(facts.value) else facts.layer.indicator.unit.sign
    return number_text(facts.value, facts.layer.decimals) + sign


def titled(facts: Facts) -> str:
    """Return the title of the indicator, with its unit where the figures beside it have none."""
    title, unit = facts.layer.indicator.title_in(facts.view.lang), facts.unit
    if not unit or facts.layer.indicator.unit.sign:
        return title
    return text("paper.legend", facts.view.lang, title=title, unit=unit)


def _counted(facts: Facts) -> str:
    """Return numerator / denominator and what they count; a dash where the parts say nothing."""
    share = share_parts(*facts.parts, facts.layer.indicator, facts.view.lang)
    return "—" if share is None else "{} / {} {}".format(*share)


def _message(briefing: Briefing, facts: Sequence[Facts]) -> str:
    lang = briefing.lang
    known = [one for one in facts if not pd.isna(change_of(one))]
    worse = [one for one in known if course_of(one) == "worse"]
    better = sum(course_of(one) == "better" for one in known)
    names = listed((one.layer.indicator.title_in(lang) for one in worse[: _NAMED[lang]]), lang)
    values = {
        "place": short_name(briefing.name),
        "count": len(known),
        "worse": len(worse),
        "better": better,
        "names": names,
        "all": len(facts),
    }
    if not known:
        return text("slides.overview_first", lang, **values)
    kind = "worse" if worse else "better" if better else "same"
    more = "_more" if len(worse) > _NAMED[lang] else ""
    return text(f"slides.overview_{kind}{more}", lang, **values)
