"""One slide: its title, text, table, picture, foot, mark and notes, measured in inches."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pptx import Presentation as open_presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Inches, Pt

from dashboard.briefing.slides.text_measure import (
    cut_to,
    height_of,
    lines_of,
    name_theme_faces,
    set_face,
)
from geodata.escaping import plain_text

WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.5
TOP, LOW = 1.55, 6.85  # the body lies between
BODY, SMALL = 16.0, 10.5  # points; only the line at the foot is small
TITLES = (30.0, 28.0)
INK, QUIET, ACCENT, ALARM = "10171c", "4a555c", "0b57d0", "b3261e"
HEAD, STRIPE, PLAIN = "12304f", "f3f6f9", "ffffff"
_AFTER = 4  # points between paragraphs
_SURE = 0.95  # of the width of a title: suites break lines in their own ways
_CLAUSE = re.compile("; |；")  # what follows stands in the notes as well
_TITLE_ONLY = 5  # the layout of the built-in template with a title and nothing else


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def sides(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height as lengths of the slide."""
        return Inches(self.left), Inches(self.top), Inches(self.width), Inches(self.height)


def new_deck(*, title: str, author: str) -> Presentation:
    """Return an empty deck of 16:9 with its typeface named and nothing of the template's author."""
    deck = open_presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    name_theme_faces(deck)
    about = deck.core_properties
    about.title, about.author, about.last_modified_by = title[:200], author, author
    about.keywords = about.subject = about.comments = ""
    return deck


def _first_clauses(words: str, size: float, room: float) -> str:
    """Return as many clauses of a message as have room in two lines; all of it where one has none."""
    ends = [len(words), *(found.start() for found in reversed([*_CLAUSE.finditer(words)]))]
    fitting = (words[:end] for end in ends if lines_of(words[:end], size, room) <= 2)
    return next(fitting, words)


class Canvas:
    """A slide that is being filled; `lang` is the language of its text."""

    def __init__(self, deck: Presentation, lang: str) -> None:
        self.lang = lang
        self.slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])

    def title(self, words: str, box: Box | None = None, *, sizes: Sequence[float] = TITLES) -> None:
        """Write the message in at most two lines; of a longer one the first clauses that have room."""
        box = box or Box(EDGE, 0.32, WIDTH - 2 * EDGE - 1.7, 1.12)
        room = (box.width - 0.1) * _SURE
        words = _first_clauses(plain_text(words, 300), sizes[-1], room)
        size = next((s for s in sizes if lines_of(words, s, room) <= 2), sizes[-1])
        shape = self.slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = box.sides
        self._fill(shape.text_frame, [cut_to(words, size, room, 2)], size, bold=True)
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE

    def text(
        self,
        box: Box,
        paragraphs: Sequence[str],
        *,
        size: float = BODY,
        colour: str = INK,
        bold: bool = False,
        align: PP_ALIGN = PP_ALIGN.LEFT,
    ) -> None:
        """Write paragraphs into a box; what would not fit is cut, never written over its edge."""
        room, left = box.width - 0.1, box.height + 0.05
        kept: list[str] = []
        for words in paragraphs:
            lines = int(left / height_of(1, size))
            if lines < 1:
                break
            shown = cut_to(plain_text(words, 600), size, room, lines)
            left -= height_of(lines_of(shown, size, room), size) + _AFTER / 72
            kept.append(shown)
        shape = self.slide.shapes.add_textbox(*box.sides)
        self._fill(shape.text_frame, kept, size, bold=bold, colour=colour, align=align)

    def picture(self, png: bytes, box: Box, *, about: str) -> None:
        """Place a picture of the box's own proportions; `about` is read out to who cannot see it."""
        shape = self.slide.shapes.add_picture(io.BytesIO(png), *box.sides)
        shape._element.nvPicPr.cNvPr.set("descr", plain_text(about, 300))

    def foot(self, words: str, mark: str) -> None:
        """Write where the figures come from, and the mark at the upper right."""
        box = Box(EDGE, 6.92, WIDTH - 2 * EDGE, 0.46)
        self.text(box, [words], size=SMALL, colour=QUIET)
        shape = self.slide.shapes.add_textbox(*Box(WIDTH - EDGE - 1.6, 0.36, 1.6, 0.42).sides)
        shape.line.color.rgb = RGBColor.from_string(ALARM)
        centre = PP_ALIGN.CENTER
        self._fill(shape.text_frame, [mark], 16, bold=True, colour=ALARM, align=centre)
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE

    def rule(self, left: float, top: float, width: float) -> None:
        """Draw the thin bar that separates the title from the body."""
        shape = self.slide.shapes.add_shape(1, *Box(left, top, width, 0.05).sides)
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(ACCENT)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def notes(self, lines: Sequence[str]) -> None:
        """Write what the speaker reads: sources and definitions."""
        frame = self.slide.notes_slide.notes_text_frame
        self._fill(frame, [plain_text(line, 2000) for line in lines if line], 12)

    def _fill(
        self,
        frame: TextFrame,
        paragraphs: Sequence[str],
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: PP_ALIGN = PP_ALIGN.LEFT,
    ) -> None:
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Inches(0.05)
        frame.margin_top = frame.margin_bottom = Inches(0.02)
        for number, words in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            write_run(paragraph, words, size, bold=bold, colour=colour, lang=self.lang)
            paragraph.space_after = Pt(_AFTER if number < len(paragraphs) - 1 else 0)
            paragraph.alignment = align


def write_run(
    paragraph: _Paragraph, words: str, size: float, *, bold: bool, colour: str, lang: str
) -> None:
    """Add one run of text in the deck's typeface."""
    run = paragraph.add_run()
    run.text = words
    run.font.color.rgb = RGBColor.from_string(colour)
    set_face(run._r.get_or_add_rPr(), size=size, bold=bold, lang=lang)
