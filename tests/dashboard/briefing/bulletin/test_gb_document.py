"""The document of a bulletin, read back: layout of GB/T 9704, native text and tables, the same words."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
from docx.oxml.ns import qn

from dashboard.briefing.bulletin.content import Line
from dashboard.briefing.bulletin.gb_document import paper_of


def _read(bulletin):
    return docx.Document(BytesIO(paper_of(bulletin)))


def test_every_sentence_and_cell_is_native_text(second):
    paper = _read(second)
    said = [one.text for one in paper.paragraphs]
    for section in second.sections:
        assert any(one.endswith(section.title) for one in said)
        assert all(line.text in said for line in section.lines)
    tables = [one.table for one in second.sections if one.table is not None]
    assert len(paper.tables) == len(tables)
    for made, table in zip(paper.tables, tables, strict=True):
        rows = [tuple(cell.text for cell in row.cells) for row in made.rows]
        assert rows == [table.heads, *table.rows]


def test_paper_margins_grid_styles_and_numbers_of_pages_are_those_of_the_standard(second):
    paper = _read(second)
    (section,) = paper.sections
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    sizes += (section.left_margin, section.right_margin)
    assert [round(one.mm) for one in sizes] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    pitch, part = (int(grid.get(qn(f"w:{name}"))) for name in ("linePitch", "charSpace"))
    assert int(225 / 25.4 * 1440 / pitch + 0.01) == 22
    assert int(156 / 25.4 * 72 / (16 + part / 4096) + 0.01) == 28
    fonts = {
        name: paper.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Heading 1", "Heading 2", "Body Text")
    }
    assert list(fonts.values()) == ["方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"]
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text == "—  —"
        assert "PAGE" in footer._element.xml
        assert footer.paragraphs[0].style.font.size.pt == 14
    stand_ins = next(
        part.blob.decode()
        for part in paper.part.package.iter_parts()
        if str(part.partname) == "/word/fontTable.xml"
    )
    assert all(stand_ins.count(f'w:name="{name}"') == 1 for name in fonts.values())


def test_what_xml_cannot_hold_and_markup_in_data_are_plain_text(second):
    hostile = "a\x00b\ud800<w:br/>&amp;"
    section = replace(second.sections[0], lines=(Line(hostile),))
    paper = _read(replace(second, sections=(section,)))
    said = [one.text for one in paper.paragraphs if "<w:br/>&amp;" in one.text]
    assert len(said) == 1
