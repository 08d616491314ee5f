"""All themes on one slide: the main figures, their change, and where each is worst."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.answer import Answer
from dashboard.answers.titles import short_name
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.texts import text
from geodata.cartography.decimals import is_steady
from geodata.cartography.words import change_text, number_text, share_parts
from geodata.i18n import listed

_ROWS = 9  # in all, shared by the themes
_NAMED = {"zh": 2, "en": 1}  # in the title


def overview_slide(deck: Presentation, briefing: Briefing) -> None:
    """Add the overview."""
    lang, canvas = briefing.lang, Canvas(deck, briefing.lang)
    by_theme = [
        (theme, briefing.answer(theme, indicator=key))
        for theme in briefing.themes
        for key in briefing.indicators(theme, max(2, _ROWS // len(briefing.themes)))
    ]
    answers = [one for _, one in by_theme]
    canvas.title(_message(briefing, answers))
    names = ("theme", "indicator", "figure", "counted", "change", "worst")
    shares = (1.9, 3.2, 1.1, 2.5, 1.1, 2.5)
    columns = [
        TableColumn(text(f"slides.{name}", lang), share, name in ("figure", "change"))
        for name, share in zip(names, shares, strict=True)
    ]
    rows, before = [], None
    for theme, one in by_theme:
        rows.append(_row("" if theme is before else theme.title[lang], one, lang))
        before = theme
    draw_table(canvas, Box(EDGE, TOP, WIDTH - 2 * EDGE, LOW - TOP), columns, rows)
    if answers:
        canvas.foot(answers[0].origin.foot, answers[0].origin.mark)
        canvas.notes([*(one.summary for one in answers), answers[0].origin.foot])


def change_of(answer: Answer) -> float:
    """Return the change of the place's own figure since the period before; NaN when unknown."""
    course = answer.own["value"]
    return float(course.iloc[-1] - course.iloc[-2]) if len(course) > 1 else float("nan")


def direction_of(answer: Answer) -> str:
    """Return worse, better or same; same too when it says nothing of people or has no worse end."""
    change, worse = change_of(answer), answer.layer.indicator.worse
    base = answer.own["denominator"].iloc[-1] if len(answer.own) else float("nan")
    steady = is_steady(change, base, answer.layer.indicator, answer.layer.decimals)
    months = answer.own.index
    if len(months) > 1 and answer.atlas.steps_between(answer.indicator.key, months[-2], months[-1]):
        return "same"
    if worse == "none" or pd.isna(change) or steady:
        return "same"
    return "worse" if (change > 0) == (worse == "high") else "better"


def _row(theme: str, answer: Answer, lang: str) -> TableRow:
    decimals, percent = answer.layer.decimals, answer.layer.indicator.unit.sign
    worst = ""
    if (
        not answer.view.public
        and len(answer.compared) > 1
        and answer.compared.iloc[0]["value"] != 0
    ):
        first = answer.compared.iloc[0]
        shown = number_text(first["value"], decimals) + percent
        worst = f"{short_name(first['name'])} {shown}"
    cells = (
        theme,
        titled(answer),
        percent_text(answer),
        _counted(answer),
        change_text(change_of(answer), decimals),
        worst or "—",
    )
    return TableRow(cells, alarm=frozenset({4}) if direction_of(answer) == "worse" else frozenset())


def percent_text(answer: Answer) -> str:
    """Return the figure of the place, a share with its sign; other units stand in the title."""
    sign = "" if pd.isna(answer.value) else answer.layer.indicator.unit.sign
    return number_text(answer.value, answer.layer.decimals) + sign


def titled(answer: Answer) -> str:
    """Return the title of the indicator, with its unit where the figures beside it have none."""
    title, unit = answer.layer.indicator.title_in(answer.view.lang), answer.unit
    if not unit or answer.layer.indicator.unit.sign:
        return title
    return text("paper.legend", answer.view.lang, title=title, unit=unit)


def _counted(answer: Answer) -> str:
    """Return numerator / denominator and what they count; a dash where the parts say nothing."""
    share = share_parts(*answer.parts, answer.layer.indicator, answer.view.lang)
    return "—" if share is None else "{} / {} {}".format(*share)


def _message(briefing: Briefing, answers: Sequence[Answer]) -> str:
    lang = briefing.lang
    known = [one for one in answers if not pd.isna(change_of(one))]
    worse = [one for one in known if direction_of(one) == "worse"]
    better = sum(direction_of(one) == "better" for one in known)
    names = listed((one.layer.indicator.title_in(lang) for one in worse[: _NAMED[lang]]), lang)
    values = {
        "place": short_name(briefing.name),
        "count": len(known),
        "worse": len(worse),
        "better": better,
        "names": names,
        "all": len(answers),
    }
    if not known:
        return text("slides.overview_first", lang, **values)
    kind = "worse" if worse else "better" if better else "same"
    more = "_more" if len(worse) > _NAMED[lang] else ""
    return text(f"slides.overview_{kind}{more}", lang, **values)
