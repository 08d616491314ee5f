"""What the figures rest on: who reported, what is missing, and which parameters are not set."""

from __future__ import annotations

from pptx.presentation import Presentation

from dashboard.answers.answer import Answer
from dashboard.answers.origin import UsedParameter, used_parameters
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.texts import text
from geodata.escaping import plain_text
from geodata.i18n import listed

_LEFT = Box(EDGE, TOP, 5.0, LOW - TOP)
_RIGHT = Box(5.8, TOP, WIDTH - EDGE - 5.8, LOW - TOP)
_NAMES = 6


def basis_slide(deck: Presentation, briefing: Briefing) -> None:
    """Add the slide about the data; the public reads of coverage and parameters only."""
    lang, canvas = briefing.lang, Canvas(deck, briefing.lang)
    answers = [briefing.answer(theme) for theme in briefing.themes]
    used = _parameters(briefing, answers)
    unset = [one for one in used if one[1]]
    first = answers[0]
    complete = first.origin.coverage
    values = {"count": complete.with_data, "places": complete.places, "unset": len(unset)}
    level = text(f"atlas.{briefing.source.atlas.lowest}", lang)
    key = "slides.honest_unset" if unset else "slides.honest"
    canvas.title(text(key, lang, level=level, parameters=len(used), **values))
    canvas.text(_LEFT, _lines(briefing, answers))
    columns = [
        TableColumn(text("slides.parameter", lang), 3.6),
        TableColumn(text("slides.figure", lang), 1.7),
        TableColumn(text("slides.status", lang), 1.8),
    ]
    rows = [
        TableRow((one.title, one.value, one.status), alarm=frozenset({1} if missing else ()))
        for one, missing in used
    ]
    draw_table(canvas, _RIGHT, columns, rows)
    canvas.foot(first.origin.foot, first.origin.mark)
    told = [
        text(
            "slides.note_parameter",
            lang,
            title=one.title,
            value=one.why or one.value,
            status=one.status,
            document=one.document or "—",
        )
        for one, _ in used
    ]
    canvas.notes([*told, first.origin.foot])


def _parameters(briefing: Briefing, answers: list[Answer]) -> list[tuple[UsedParameter, bool]]:
    """Return every parameter that the themes use, those without a usable value first."""
    source = briefing.source
    used = {
        one.key: one
        for part in answers
        for one in used_parameters(source, part.view, source.theme(part.view.theme))
    }
    return sorted(
        ((one, not one.usable) for one in used.values()),
        key=lambda pair: (not pair[1], pair[0].key),
    )


def _lines(briefing: Briefing, answers: list[Answer]) -> list[str]:
    lang, lines = briefing.lang, []
    for part in answers:
        complete = part.origin.coverage
        counts = {"count": complete.with_data, "places": complete.places}
        title = part.layer.indicator.title_in(lang)
        lines.append(text("slides.covered", lang, title=title, **counts))
    if briefing.public:
        return lines
    missing = answers[0].origin.coverage.missing["name"]
    unshaped = answers[0].origin.coverage.unshaped
    for key, places in (("without_data", list(missing)), ("without_shape", list(unshaped))):
        if places:
            first = listed((plain_text(place, 14) for place in places[:_NAMES]), lang)
            lines.append(text(f"slides.{key}", lang, count=len(places), names=first))
    store = briefing.source.county.setup.store
    manifest = store.manifest(store.snapshot_of(briefing.month))
    rows = manifest.rows()
    absent = [
        one.title[lang]
        for name, one in briefing.source.county.setup.tables.items()
        if not rows.get(name)
    ]
    if absent:
        names = listed(absent[:_NAMES], lang)
        lines.append(text("slides.not_reported", lang, count=len(absent), names=names))
    aside = sum(one.set_aside for one in manifest.sources)
    read = sum(one.rows for one in manifest.sources)
    lines.append(text("slides.set_aside", lang, aside=f"{aside:,}", read=f"{read:,}"))
    known = {theme.key for theme in briefing.themes}
    others = [t.title[lang] for t in briefing.source.county.setup.themes if t.key not in known]
    if others:
        lines.append(text("slides.not_in_deck", lang, names=listed(others, lang)))
    return lines
