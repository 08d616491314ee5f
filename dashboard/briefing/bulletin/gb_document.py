"""A bulletin as a document (.docx) in the layout of GB/T 9704-2012: A4, its margins, grid and typefaces.

Named typefaces that a computer lacks are replaced by those of `_FONTS`, which the document names as
their stand-ins. Text and tables are native, headings have styles, the numbers of pages are fields.
"""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from dashboard.briefing.bulletin.content import Bulletin, BulletinTable, Section
from dashboard.texts import text
from geodata.escaping import storable

# The typefaces that the standard names, each with what stands in for it.
_TITLE, _BODY, _HEADING, _SECOND, _NUMBER = (
    *("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"),
    "宋体",
)
_FONTS = {
    _TITLE: ("方正小标宋_GBK", "华文中宋", "Noto Serif CJK SC"),
    _BODY: ("仿宋", "FangSong", "华文仿宋", "Noto Serif CJK SC"),
    _HEADING: ("SimHei", "Noto Sans CJK SC"),
    _SECOND: ("楷体", "KaiTi", "华文楷体", "Noto Serif CJK SC"),
    _NUMBER: ("SimSun", "Noto Serif CJK SC"),
}
_LATIN = "Times New Roman"
# Sizes by their Chinese names: 2, 3, 4 and small 4.
_SIZE_2, _SIZE_3, _SIZE_4, _SMALL_4 = Pt(22), Pt(16), Pt(14), Pt(12)
# 22 lines on 225 mm and 28 characters on 156 mm, as a grid counts them: twips a line, 4096ths of a point a character.
_LINES, _CHARACTERS = 22, 28
_LINE_TWIPS = round(225 / 25.4 * 1440 / _LINES)
_CHARACTER_PART = round((156 / 25.4 * 72 / _CHARACTERS - 16) * 4096)
_RED = RGBColor(0xC0, 0x00, 0x00)
_NUMBERS_ZH = "一二三四五六七八九十"


def paper_of(bulletin: Bulletin) -> bytes:
    """Return the document of a bulletin; the same bulletin gives the same text and tables."""
    paper = Document()
    _lay_out(paper)
    _make_styles(paper)
    lang = bulletin.lang
    head = text("bulletin.head", lang)
    _add(paper, head, "Guatu Head")
    number = text("bulletin.number", lang, number=bulletin.number)
    day = bulletin.day
    issued = text(
        "bulletin.issued",
        lang,
        place=bulletin.name,
        year=day.year,
        month=day.month,
        day=day.day,
    )
    _rule_below(_add(paper, f"{number}　　{issued}", "Guatu Issue"))
    _add(paper, bulletin.title, "Title")
    for note in bulletin.notes:
        _add(paper, note, "Body Text")
    for at, section in enumerate(bulletin.sections):
        _add_section(paper, section, at, lang)
    _add(paper, text("bulletin.made_by", lang, by=bulletin.by or "—"), "Body Text")
    _number_pages(paper)
    _name_stand_ins(paper)
    properties = paper.core_properties
    properties.title, properties.author = storable(bulletin.title), storable(bulletin.by)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _add(paper: Paper, said: str, style: str) -> Paragraph:
    """Add a paragraph of plain text; what XML cannot hold is left out of it."""
    return paper.add_paragraph(storable(said), style=style)


def _add_section(paper: Paper, section: Section, at: int, lang: str) -> None:
    mark = f"{_NUMBERS_ZH[at]}、" if lang == "zh" else f"{at + 1}. "
    _add(paper, mark + section.title, "Heading 1")
    for line in section.lines:
        _add(paper, line.text, "Body Text")
    if section.table is not None:
        _add_table(paper, section.table)
    if section.method:
        _add(paper, section.method, "Body Text")


def _add_table(paper: Paper, table: BulletinTable) -> None:
    """Add a native table whose heads come again on each page."""
    _add(paper, table.title, "Heading 2")
    made = paper.add_table(rows=0, cols=len(table.heads), style="Table Grid")
    for number, row in enumerate((table.heads, *table.rows)):
        line = made.add_row()
        for cell, said in zip(line.cells, row, strict=True):
            (told,) = cell.paragraphs
            told.style = "Guatu Cell"
            told.add_run(storable(said)).bold = number == 0
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _lay_out(paper: Paper) -> None:
    """Set paper, margins and the grid of lines and characters."""
    (section,) = paper.sections
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(_LINE_TWIPS))
    grid.set(qn("w:charSpace"), str(_CHARACTER_PART))
    section._sectPr.append(grid)


def _make_styles(paper: Paper) -> None:
    centre, both = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
    styles = paper.styles
    for name in ("Guatu Head", "Guatu Issue", "Guatu Cell"):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
    told = {
        "Normal": (_BODY, _SIZE_3, both, 0),
        "Body Text": (_BODY, _SIZE_3, both, 2),
        "Guatu Head": (_TITLE, Pt(36), centre, 0),
        "Guatu Issue": (_BODY, _SIZE_3, centre, 0),
        "Title": (_TITLE, _SIZE_2, centre, 0),
        "Heading 1": (_HEADING, _SIZE_3, both, 2),
        "Heading 2": (_SECOND, _SIZE_3, both, 2),
        "Guatu Cell": (_BODY, _SMALL_4, centre, 0),
        "Footer": (_NUMBER, _SIZE_4, both, 0),
    }
    for name, (font, size, align, indent) in told.items():
        style = styles[name]
        assert isinstance(style, ParagraphStyle)
        _set_type(style, font, size.pt)
        style.font.color.rgb = _RED if name == "Guatu Head" else RGBColor(0, 0, 0)
        layout = style.paragraph_format
        layout.alignment = align
        layout.space_before = Pt(12) if name == "Title" else Pt(0)
        layout.space_after = Pt(12) if name in ("Title", "Guatu Head") else Pt(0)
        layout.first_line_indent = Pt(indent * size.pt)
        if name in ("Normal", "Body Text", "Heading 1", "Heading 2", "Guatu Issue"):
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(_LINE_TWIPS / 20)
        else:
            layout.line_spacing = 1.0


def _set_type(style: ParagraphStyle, font: str, size: float) -> None:
    """Set the typeface of Chinese and of Latin text, and the size."""
    style.font.name, style.font.size = _LATIN, Pt(size)
    style.font.bold = style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    for border in style.element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)


def _rule_below(line: Paragraph) -> None:
    """Draw the red line that parts the head from the text."""
    borders, below = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "4"), ("color", "C00000")):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    line._p.get_or_add_pPr().append(borders)


def _number_pages(paper: Paper) -> None:
    """Put numbers of pages between dashes on the outer side: odd ones at the right, even ones at the left."""
    paper.settings.odd_and_even_pages_header_footer = True
    (section,) = paper.sections
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.style, line.alignment = paper.styles["Footer"], align
        # One character stays free at the outer side.
        indent = line.paragraph_format
        indent.right_indent = indent.left_indent = Pt(14)
        line.add_run("— ")
        for kind, told in (("begin", None), ("instr", "PAGE"), ("end", None)):
            run = line.add_run()
            if told is None:
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), kind)
            else:
                part = OxmlElement("w:instrText")
                part.text = told
            run._r.append(part)
        line.add_run(" —")
        for run in line.runs:
            fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
            for name in ("ascii", "hAnsi", "eastAsia"):
                fonts.set(qn(f"w:{name}"), _NUMBER)


def _name_stand_ins(paper: Paper) -> None:
    """Name in the table of typefaces what stands in for each that a computer may lack."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/></w:font>'
        for name, others in _FONTS.items()
    )
    for part in paper.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            told = part.blob.decode("utf-8").replace("</w:fonts>", f"{fonts}</w:fonts>")
            part._blob = told.encode("utf-8")
