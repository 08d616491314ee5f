"""The map of an indicator with its worst places, their change and who answers for them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.answer import Answer
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.sentences import sentences_of
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.texts import text
from geodata.cartography.words import change_text, number_text
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.themes import Theme

MAP = Box(EDGE, TOP, 7.75, LOW - TOP)
_RIGHT = Box(MAP.left + MAP.width + 0.2, TOP, WIDTH - 2 * EDGE - MAP.width - 0.2, 3.75)
_SHOWN = 5


def worst_slide(deck: Presentation, briefing: Briefing, theme: Theme) -> None:
    """Add the slide of a theme's first indicator."""
    view_slide(deck, briefing.answer(theme), sentences_of(briefing, theme))


def view_slide(
    deck: Presentation, answer: Answer, sentences: Mapping[str, str] | None = None
) -> None:
    """Add the slide of one view; `sentences` by indicator are what its theme says.

    That of the shown indicator stands in place of the summary, the others as far as there is room.
    """
    others = dict(sentences or {})
    told = others.pop(answer.view.indicator, answer.summary)
    canvas = Canvas(deck, answer.view.lang)
    canvas.title(answer.title)
    map_picture(canvas, answer, MAP)
    people = answer.source.responsible(answer.view)
    end = draw_table(
        canvas,
        _RIGHT,
        _columns(answer),
        [_row(answer, key, people) for key in _listed(answer).index[:_SHOWN]],
        total=min(len(_listed(answer)), _SHOWN),
    )
    below = Box(_RIGHT.left, end + 0.15, _RIGHT.width, LOW - end - 0.15)
    canvas.text(below, [told, *_due(answer, people), *others.values()])
    canvas.foot(answer.origin.foot, answer.origin.mark)
    title, *lines = notes_of(answer)
    canvas.notes([title, *(sentences or {}).values(), *lines])


def map_picture(canvas: Canvas, answer: Answer, box: Box) -> None:
    """Place the map of the answer into a box at its own size, so that its type is true to size."""
    drawn = answer.map(PaperSheet(width=box.width, height=box.height))
    canvas.picture(drawn.picture(), box, about=answer.title)


def notes_of(answer: Answer) -> list[str]:
    """Return what a speaker is asked back: definition, classes, parameters, source."""
    lang, indicator = answer.view.lang, answer.layer.indicator
    rules = answer.source.county.setup.rules
    lines = [answer.title, answer.summary]
    for key in answer.indicator.rules:
        rule = rules[key]
        said = {"title": rule.title[lang], "document": rule.document[lang]}
        lines.append(text("slides.note_rule", lang, **said))
    lines.append(
        text("slides.note_classes", lang, title=indicator.title_in(lang), rule=answer.rule)
    )
    for used in answer.origin.parameters:
        values = {"title": used.title, "value": used.value, "status": used.status}
        lines.append(text("slides.note_parameter", lang, **values, document=used.document or "—"))
    return [*lines, answer.origin.foot]


def _listed(answer: Answer) -> pd.DataFrame:
    """Return the places of the table: worst first, for the public in the order of their codes."""
    if answer.view.public:
        return answer.worst.sort_index()
    idle = (answer.worst["value"] == 0) & (answer.layer.indicator.worse == "high")
    return answer.worst[~idle]


def _columns(answer: Answer) -> list[TableColumn]:
    lang, unit = answer.view.lang, answer.unit
    columns = [
        TableColumn(text(f"atlas.{answer.view.level}", lang).capitalize(), 1.5),
        TableColumn(unit or text("slides.figure", lang), 1.05, number=True),
    ]
    if answer.view.public:
        return columns
    change = TableColumn(text("slides.change", lang), 1.05, number=True)
    return [*columns, change, TableColumn(text("slides.responsible", lang), 1.1)]


def _row(answer: Answer, key: str, people: pd.DataFrame) -> TableRow:
    name, value, change = (answer.ranked[name].loc[key] for name in ("name", "value", "change"))
    class_ = int(answer.layer.classes[answer.layer.keys.get_loc(key)])
    colours = answer.layer.palette.colours["light"]
    cells = [plain_text(name, 60), number_text(value, answer.layer.decimals)]
    if not answer.view.public:
        own = people.loc[people["place"] == key, "name"]
        cells += [
            change_text(change, answer.layer.decimals),
            plain_text(own.iloc[0], 20) if len(own) else "—",
        ]
    return TableRow(tuple(cells), colours[class_] if class_ < len(colours) else "")


def _due(answer: Answer, people: pd.DataFrame) -> list[str]:
    """Return who answers for the place itself and what the rules of the indicator ask for."""
    lang = answer.view.lang
    if answer.view.public:
        return []
    lines = []
    own = people[people["place"] == answer.view.place]
    if len(own):
        names = listed(
            (
                f"{role} {plain_text(name, 20)}"
                for role, name in own[["role", "name"]].head(2).values
            ),
            lang,
        )
        lines.append(text("slides.answers", lang, people=names))
    remedies = [
        answer.source.county.setup.rules[key].remedy[lang] for key in answer.indicator.rules
    ]
    if remedies:
        lines.append(text("slides.to_do", lang, remedy=remedies[0]))
    return lines
