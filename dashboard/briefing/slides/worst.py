"""The map of an indicator with its worst places, their change and who answers for them."""

from __future__ import annotations

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.facts import Facts
from dashboard.briefing.order import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import Column, Row, draw_table
from dashboard.maps.sheet import Sheet
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
    view_slide(deck, briefing.facts(theme))


def view_slide(deck: Presentation, facts: Facts) -> None:
    """Add the slide of one view."""
    canvas = Canvas(deck, facts.view.lang)
    canvas.title(facts.title)
    map_picture(canvas, facts, MAP)
    people = facts.source.responsible(facts.view)
    end = draw_table(
        canvas,
        _RIGHT,
        _columns(facts),
        [_row(facts, key, people) for key in _listed(facts).index[:_SHOWN]],
        total=min(len(_listed(facts)), _SHOWN),
    )
    below = Box(_RIGHT.left, end + 0.15, _RIGHT.width, LOW - end - 0.15)
    canvas.text(below, [facts.summary, *_due(facts, people)])
    canvas.foot(facts.origin.foot, facts.origin.mark)
    canvas.notes(notes_of(facts))


def map_picture(canvas: Canvas, facts: Facts, box: Box) -> None:
    """Place the map of the facts into a box at its own size, so that its type is true to size."""
    drawn = facts.map(Sheet(width=box.width, height=box.height))
    canvas.picture(drawn.picture(), box, about=facts.title)


def notes_of(facts: Facts) -> list[str]:
    """Return what a speaker is asked back: definition, classes, parameters, source."""
    lang, indicator = facts.view.lang, facts.layer.indicator
    rules = facts.source.county.setup.rules
    lines = [facts.title, facts.summary]
    for key in facts.indicator.rules:
        rule = rules[key]
        said = {"title": rule.title[lang], "document": rule.document[lang]}
        lines.append(text("slides.note_rule", lang, **said))
    lines.append(text("slides.note_classes", lang, title=indicator.title_in(lang), rule=facts.rule))
    for used in facts.origin.parameters:
        values = {"title": used.title, "value": used.value, "status": used.status}
        lines.append(text("slides.note_parameter", lang, **values, document=used.document or "—"))
    return [*lines, facts.origin.foot]


def _listed(facts: Facts) -> pd.DataFrame:
    """Return the places of the table: worst first, for the public in the order of their codes."""
    if facts.view.public:
        return facts.worst.sort_index()
    idle = (facts.worst["value"] == 0) & (facts.layer.indicator.worse == "high")
    return facts.worst[~idle]


def _columns(facts: Facts) -> list[Column]:
    lang, unit = facts.view.lang, facts.unit
    columns = [
        Column(text(f"atlas.{facts.view.level}", lang).capitalize(), 1.5),
        Column(unit or text("slides.figure", lang), 1.05, number=True),
    ]
    if facts.view.public:
        return columns
    change = Column(text("slides.change", lang), 1.05, number=True)
    return [*columns, change, Column(text("slides.responsible", lang), 1.1)]


def _row(facts: Facts, key: str, people: pd.DataFrame) -> Row:
    name, value, change = (facts.ranked[name].loc[key] for name in ("name", "value", "change"))
    class_ = int(facts.layer.classes[facts.layer.keys.get_loc(key)])
    colours = facts.layer.palette.colours["light"]
    cells = [plain_text(name, 60), number_text(value, facts.layer.decimals)]
    if not facts.view.public:
        own = people.loc[people["place"] == key, "name"]
        cells += [
            change_text(change, facts.layer.decimals),
            plain_text(own.iloc[0], 20) if len(own) else "—",
        ]
    return Row(tuple(cells), colours[class_] if class_ < len(colours) else "")


def _due(facts: Facts, people: pd.DataFrame) -> list[str]:
    """Return who answers for the place itself and what the rules of the indicator ask for."""
    lang = facts.view.lang
    if facts.view.public:
        return []
    lines = []
    own = people[people["place"] == facts.view.place]
    if len(own):
        names = listed(
            (
                f"{role} {plain_text(name, 20)}"
                for role, name in own[["role", "name"]].head(2).values
            ),
            lang,
        )
        lines.append(text("slides.answers", lang, people=names))
    remedies = [facts.source.county.setup.rules[key].remedy[lang] for key in facts.indicator.rules]
    if remedies:
        lines.append(text("slides.to_do", lang, remedy=remedies[0]))
    return lines
