"""The cover: what the deck is about, of which month, made by whom, and for whose eyes."""

from __future__ import annotations

from pptx.presentation import Presentation

from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import ALARM, EDGE, QUIET, WIDTH, Box, Canvas
from geodata.cartography.words import period_text
from geodata.i18n import listed


def cover_slide(deck: Presentation, briefing: Briefing) -> None:
    """Add the cover."""
    lang, canvas = briefing.lang, Canvas(deck, briefing.lang)
    answer = briefing.answer(briefing.themes[0]) if briefing.themes else None
    wide = WIDTH - 2 * EDGE - 1.4
    title = briefing.title
    canvas.rule(EDGE + 0.7, 1.75, 2.2)
    canvas.title(title, Box(EDGE + 0.6, 1.95, wide, 1.6), sizes=(48.0, 40.0, 32.0))
    month = period_text(briefing.month, lang)
    canvas.text(Box(EDGE + 0.6, 3.6, wide, 0.7), [month], size=32)
    names = listed((theme.title[lang] for theme in briefing.themes), lang)
    canvas.text(Box(EDGE + 0.6, 4.4, wide, 1.1), [names], size=24, colour=QUIET)
    if answer is not None:
        origin = answer.origin
        lines = [origin.mark, origin.made, origin.approval]
        canvas.text(Box(EDGE + 0.6, 5.6, wide, 0.5), lines[:1], size=24, bold=True, colour=ALARM)
        canvas.text(Box(EDGE + 0.6, 6.15, wide, 0.8), lines[1:], size=16, colour=QUIET)
        canvas.notes([title, month, names, origin.foot])
