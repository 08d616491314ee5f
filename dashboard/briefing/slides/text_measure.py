"""Typeface and measure of text on slides, so that nothing runs over its box."""

from __future__ import annotations

import re
import unicodedata

from lxml.etree import SubElement
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.oxml.text import CT_TextCharacterProperties
from pptx.presentation import Presentation

# Chinese: every Windows since Vista has this face. Domestic Linux does not, but shows the sans face
# it comes with (Source Han, Noto CJK) for it, in which a character is as wide, one em. Latin letters
# and digits: Windows has Arial, and Linux shows Liberation Sans for it, made with the same widths;
# those of YaHei would be replaced by whatever wide face the machine has. So lines break alike.
FACE, LATIN = "Microsoft YaHei", "Arial"
# Width of a character in ems: wide ones fill one, the others about this much in bold Arial.
_NARROW, _CAPITAL, _BROAD, _THIN = 0.58, 0.72, 0.87, 0.32
_BETWEEN = 0.2
_MEETING = re.compile(r"[\u2e80-\uffef](?= ?[!-~])|[!-~](?= ?[\u2e80-\uffef])")
_LINE = 1.46  # ems from line to line in the tallest of the faces


def set_face(
    properties: CT_TextCharacterProperties, *, size: float, bold: bool = False, lang: str = "zh"
) -> None:
    """Name the typeface of a run for every script, with its size in points."""
    properties.set("lang", "zh-CN" if lang == "zh" else "en-US")
    properties.set("altLang", "en-US" if lang == "zh" else "zh-CN")
    properties.set("sz", str(int(size * 100)))
    properties.set("b", "1" if bold else "0")
    for name, face in (("a:latin", LATIN), ("a:ea", FACE), ("a:cs", LATIN)):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        SubElement(properties, qn(name), typeface=face)


def name_theme_faces(presentation: Presentation) -> None:
    """Name the typeface in the theme too, for what is typed into the slides later."""
    theme = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    content = theme.blob.decode("utf-8")
    for name, face in (("latin", LATIN), ("ea", FACE)):
        content = re.sub(rf'<a:{name} typeface="[^"]*"', f'<a:{name} typeface="{face}"', content)
    theme._blob = content.encode("utf-8")


def width_of(words: str, size: float) -> float:
    """Return about how wide a line of text is, in inches, rather more than less."""
    ems = sum(
        1.0
        if unicodedata.east_asian_width(sign) in "WF"
        else _THIN
        if sign in " .,:;ijlfrtI|!/'-()"
        else _BROAD
        if sign in "%mwMW@"
        else _CAPITAL
        if sign.isupper()
        else _NARROW
        for sign in words
    )
    # Some suites set a little space where Chinese meets letters or digits.
    return (ems + _BETWEEN * len(_MEETING.findall(words))) * size / 72


def lines_of(words: str, size: float, room: float) -> int:
    """Return in how many lines a text stands in a box `room` inches wide; words are kept whole."""
    lines, used = 1, _BETWEEN * size / 72 * len(_MEETING.findall(words)) / 2
    for piece in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+", words):
        wide = width_of(piece, size)
        if used and used + width_of(piece.rstrip(), size) > room:
            lines, used = lines + 1, 0.0
        lines += int(wide // room)
        used += wide % room
    return lines


def cut_to(words: str, size: float, room: float, lines: int) -> str:
    """Return a text that stands in so many lines, cut with an ellipsis where it does not."""
    if lines_of(words, size, room) <= lines:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = lines_of(words[:middle] + "…", size, room) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return words[:low].rstrip() + "…"


def height_of(lines: int, size: float) -> float:
    """Return how high so many lines stand, in inches."""
    return lines * size * _LINE / 72
