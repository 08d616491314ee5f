"""One place on one slide: its map, its figures in every theme, what is found, who answers."""

from __future__ import annotations

from pptx.presentation import Presentation

from dashboard.answers.answer import Answer
from dashboard.answers.titles import short_name
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.overview import change_of, direction_of, percent_text, titled
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.briefing.slides.worst_places import map_picture, notes_of
from dashboard.texts import text
from geodata.cartography.words import change_text
from geodata.escaping import plain_text
from geodata.i18n import listed

_MAP = Box(EDGE, TOP, 6.9, LOW - TOP)
_RIGHT = Box(7.6, TOP, WIDTH - EDGE - 7.6, 3.9)
_EACH, _RULES = 2, 3


def place_slide(deck: Presentation, briefing: Briefing, place: str) -> None:
    """Add the slide of one place."""
    lang, canvas = briefing.lang, Canvas(deck, briefing.lang)
    answers = [
        briefing.answer(theme, place=place, indicator=key)
        for theme in briefing.themes
        for key in briefing.indicators(theme, _EACH)
    ]
    first = answers[0]
    canvas.title(_titled(first))
    map_picture(canvas, first, _MAP)
    columns = [
        TableColumn(text("slides.indicator", lang), 2.4),
        TableColumn(text("slides.figure", lang), 1.1, number=True),
        TableColumn(text("slides.change", lang), 0.95, number=True),
    ]
    end = draw_table(canvas, _RIGHT, columns, [_row(answer, lang) for answer in answers])
    below = Box(_RIGHT.left, end + 0.15, _RIGHT.width, LOW - end - 0.15)
    canvas.text(below, _lines(first))
    canvas.foot(first.origin.foot, first.origin.mark)
    canvas.notes(notes_of(first))


def _titled(answer: Answer) -> str:
    """Return the message with the name of the place before it where it does not begin with it."""
    name = short_name(answer.atlas.name(answer.view.place))
    if answer.title.startswith(name):
        return answer.title
    return text("slides.place_message", answer.view.lang, place=name, message=answer.title)


def _row(answer: Answer, lang: str) -> TableRow:
    cells = (
        titled(answer),
        percent_text(answer),
        change_text(change_of(answer), answer.layer.decimals),
    )
    return TableRow(cells, alarm=frozenset({2}) if direction_of(answer) == "worse" else frozenset())


def _lines(answer: Answer) -> list[str]:
    """Return the main findings of the place and who answers for it."""
    lang, why = answer.view.lang, answer.source.why(answer.view)
    if why is None:
        return []
    lines, rules = [], answer.source.county.setup.rules
    kept = why.rules[why.rules["rule"].map(lambda key: rules[key].kind == "finding")]
    told = [f"{row.title} {row.found}" for row in kept.head(_RULES).itertuples()]
    if told:
        lines.append(text("slides.found_most", lang, rules=listed(told, lang)))
    names = listed(
        (
            f"{role} {plain_text(name, 20)}"
            for role, name in why.responsible[["role", "name"]].head(2).values
        ),
        lang,
    )
    said = {"people": names} if names else {}
    lines.append(text("slides.answers" if names else "slides.nobody", lang, **said))
    return lines
