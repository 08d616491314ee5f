from __future__ import annotations

import dataclasses
import re

import pytest
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Pt

from dashboard.briefing import briefing_file, briefing_of
from dashboard.briefing.briefing_file import check_target, known_forms, write_briefing
from dashboard.briefing.formats import pptx as form
from dashboard.briefing.slides import text_measure
from dashboard.briefing.slides.canvas import HEIGHT, WIDTH, Box, Canvas, new_deck
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.cli import main
from dashboard.notebook import open_view
from geodata.access import open_guard
from geodata.cartography.words import number_text
from geodata.errors import BriefingError, ScopeError
from tests.dashboard.briefing.briefed import AT, BY, source_of
from tests.invented_county import (
    COUNTY,
    HOSTILE,
    MONTHS,
    TOWNSHIP,
    VILLAGES,
)

LONG = "青" * 59 + "村"


@pytest.fixture(scope="module")
def trail(county):
    return open_guard(county.setup.config.folder).trail


@pytest.fixture(scope="module")
def briefing(county):
    return briefing_of(source_of(county), each="township", lang="zh")


@pytest.fixture(scope="module")
def deck(briefing, trail, tmp_path_factory):
    file = tmp_path_factory.mktemp("out") / "汇报.pptx"
    told = []
    write_briefing(briefing, file, trail, step=told.append)
    assert len(told) == form.steps(briefing) == len(Presentation(file).slides)
    return Presentation(file)


def _frames(slide):
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame
        if shape.has_table:
            yield from (cell.text_frame for row in shape.table.rows for cell in row.cells)


def _all_text(deck) -> str:
    parts = [frame.text for slide in deck.slides for frame in _frames(slide)]
    parts += [
        slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide
    ]
    return "\n".join(parts)


def _tables(slide):
    return [shape.table for shape in slide.shapes if shape.has_table]


def test_slide_shows_the_numbers_of_the_facts(briefing, deck):
    theme = briefing.themes[0]
    answer = briefing.answer(theme)
    slide = next(s for s in deck.slides if s.shapes.title.text == answer.title)
    (table,) = _tables(slide)
    shown = [[cell.text for cell in row.cells] for row in table.rows][1:]
    expected = answer.worst[answer.worst["value"] != 0]
    assert [row[1] for row in shown] == [
        number_text(value, answer.layer.decimals) for value in expected["value"]
    ]
    assert answer.summary in _all_text(deck)


def test_slide_of_a_view_has_the_numbers_of_its_other_forms(county):
    opened = open_view(county, at=AT, by=BY, lang="zh")
    (slide,) = opened.slide().slides
    assert slide.shapes.title.text == opened.answer.title
    assert opened.answer.title.replace("<", "&lt;").split("&")[0] in opened.html()


def test_chart_is_native_and_holds_the_course(briefing, deck):
    answer = briefing.answer(briefing.themes[0])
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    values = list(charts[0].plots[0].series[0].values)
    assert values == pytest.approx(list(answer.own["value"]))


def test_every_title_is_a_sentence_and_every_slide_has_notes(deck):
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert all(len(title) > 8 for title in titles)
    assert all(slide.has_notes_slide for slide in deck.slides)


def test_every_page_has_its_origin_and_mark(deck):
    for slide in list(deck.slides)[1:]:
        words = "\n".join(frame.text for frame in _frames(slide))
        for part in (
            "数据月份：2025年1月",
            "来源：快照",
            "规则",
            "有数据",
            f"{AT} {BY} 生成",
            "审图号",
            "内部使用",
        ):
            assert part in words, slide.shapes.title.text


def test_typeface_is_named_for_every_script_and_type_is_large(deck):
    for slide in deck.slides:
        for frame in _frames(slide):
            for run in (run for paragraph in frame.paragraphs for run in paragraph.runs):
                properties = run._r.rPr
                faces = {child.tag.split("}")[1]: child.get("typeface") for child in properties}
                assert faces["ea"] == text_measure.FACE
                assert faces["latin"] == text_measure.LATIN
                assert run.font.size >= Pt(16) or "数据月份" in run.text or "生成" in run.text
        assert slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size >= Pt(28)


def test_theme_of_the_deck_names_the_typeface(deck):
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob.decode()
    assert f'<a:ea typeface="{text_measure.FACE}"' in theme
    assert "Calibri" not in re.findall(r'<a:latin typeface="([^"]*)"', theme)


def test_nothing_stands_over_the_edge_of_a_slide(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_slides_are_16_to_9(deck):
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-3)


def test_no_household_and_no_member_is_in_the_deck(deck):
    words = _all_text(deck)
    assert not re.search(r"\bh\d{3}\b", words)
    assert "王大" not in words
    assert "张三丰" not in words


def test_hostile_name_is_text_on_a_slide(deck):
    assert any(HOSTILE[:20] in frame.text for slide in deck.slides for frame in _frames(slide))


def test_there_is_one_page_for_each_township(briefing, deck):
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(briefing.pages) == 2
    for key in briefing.pages:
        name = briefing.source.atlas.name(key)
        assert any(title.startswith((f"{name}：", name)) for title in titles)


def test_a_place_without_that_level_gets_no_page(county):
    assert briefing_of(source_of(county), place=VILLAGES[0], each="township").pages == ()


def test_public_deck_has_no_findings_and_nobody_responsible(county, trail, tmp_path):
    briefing = briefing_of(source_of(county), lang="zh", public=True, each="township")
    write_briefing(briefing, tmp_path / "a.pptx", trail)
    words = _all_text(Presentation(tmp_path / "a.pptx"))
    for part in ("责任人", "要办的事", "条规则查出", "最高的", "内部使用", "搁置"):
        assert part not in words
    assert "公开版" in words


def test_same_briefing_in_english(county, trail, tmp_path):
    briefing = briefing_of(source_of(county), lang="en", themes=["monitoring"])
    write_briefing(briefing, tmp_path / "a.pptx", trail)
    words = _all_text(Presentation(tmp_path / "a.pptx"))
    assert "Internal use" in words
    assert "内部使用" not in words


def test_leaving_is_recorded_with_the_hash_of_the_file(county, trail, briefing, tmp_path):
    before = len(trail.records(act="export"))
    write_briefing(dataclasses.replace(briefing, each=""), tmp_path / "a.pptx", trail)
    record = trail.records(act="export")[before:][0]
    assert (record.outcome, record.place, record.reason) == ("allowed", COUNTY, "briefing")
    assert '"sha256"' in record.detail


def test_who_may_not_export_there_is_refused_and_recorded(county, trail, tmp_path):
    source = source_of(county, "village_officer", (VILLAGES[2],))
    briefing = briefing_of(source, place=TOWNSHIP)
    with pytest.raises(ScopeError):
        write_briefing(briefing, tmp_path / "a.pptx", trail)
    assert trail.records(act="export")[-1].outcome == "refused"
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(
    briefing, trail, tmp_path, monkeypatch
):
    file = tmp_path / "a.pptx"
    file.write_bytes(b"old")

    def fail(briefing, part, step):
        part.write_bytes(b"half")
        raise RuntimeError("power cut")

    monkeypatch.setattr(form, "write", fail)
    with pytest.raises(RuntimeError):
        write_briefing(briefing, file, trail)
    assert [found.name for found in tmp_path.iterdir()] == ["a.pptx"]
    assert file.read_bytes() == b"old"


def test_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BriefingError) as caught:
        check_target(tmp_path / "no" / "a.pptx")
    assert "不存在或不能写入" in caught.value.sentence("zh")


def test_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(briefing_file.Path, "touch", refuse)
    with pytest.raises(BriefingError, match="Permission denied"):
        check_target(tmp_path / "a.pptx")


def test_folder_instead_of_a_file_is_refused(tmp_path):
    (tmp_path / "a.pptx").mkdir()
    with pytest.raises(BriefingError) as caught:
        check_target(tmp_path / "a.pptx")
    assert "是一个文件夹" in caught.value.sentence("zh")


@pytest.mark.parametrize("lock", [".~lock.a.pptx#", "~$a.pptx"])
def test_file_that_is_open_elsewhere_is_refused(tmp_path, lock):
    (tmp_path / lock).write_bytes(b"")
    with pytest.raises(BriefingError) as caught:
        check_target(tmp_path / "a.pptx")
    assert "正在被打开" in caught.value.sentence("zh")


def test_forms_are_found_by_the_names_of_their_modules():
    assert "pptx" in known_forms()


def test_table_shows_what_finds_room_and_counts_the_rest():
    deck = new_deck(title="t", author="a")
    canvas = Canvas(deck, "zh")
    rows = [TableRow((LONG, str(number))) for number in range(500)]
    end = draw_table(
        canvas, Box(0.5, 1.5, 5, 5), [TableColumn("村", 3), TableColumn("数", 1)], rows
    )
    assert end <= 6.5
    (table,) = _tables(canvas.slide)
    left = 500 - (len(table.rows) - 1)
    assert any(f"另有 {left} 项" in frame.text for frame in _frames(canvas.slide))


def test_long_name_is_cut_in_a_title_of_two_lines():
    canvas = Canvas(new_deck(title="t", author="a"), "zh")
    canvas.title(LONG * 3)
    run = canvas.slide.shapes.title.text_frame.paragraphs[0].runs[0]
    assert run.text.endswith("…")
    assert text_measure.lines_of(run.text, 28, WIDTH - 2.8) <= 2
    assert HEIGHT == 7.5


@pytest.mark.parametrize(
    ("clause", "mark"), [("短句" * 12, "；"), ("a short clause of words" * 2, "; ")]
)
def test_of_a_long_title_the_first_clauses_stand_whole(clause, mark):
    canvas = Canvas(new_deck(title="t", author="a"), "zh")
    canvas.title(mark.join([clause] * 6))
    run = canvas.slide.shapes.title.text_frame.paragraphs[0].runs[0]
    assert set(run.text.split(mark)) == {clause}
    assert text_measure.lines_of(run.text, 28, WIDTH - 2.8) <= 2


@pytest.mark.parametrize(("words", "lines"), [("村" * 10, 1), ("村" * 11, 2), ("one two", 1)])
def test_lines_of_text_are_counted(words, lines):
    assert text_measure.lines_of(words, 72, 10) == lines


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code or 0


def test_command_writes_a_deck_and_says_so(county, tmp_path, capsys):
    folder, out = str(county.setup.config.folder), tmp_path / "a.pptx"
    options = ["--theme", "monitoring", "--by", BY, "--at", AT]
    assert _run("briefing", folder, "--month", "2025年1月", "--out", str(out), *options) == 0
    assert "汇报材料已写好" in capsys.readouterr().out
    assert len(Presentation(out).slides) == 6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--month", "2019-01"], "没有“2019-01”的数据"),
        (["--month", "一月"], "应写成 2025-03"),
        (["--place", "110101"], "不在某县里"),
        (["--theme", "forestry"], "没有专题“forestry”"),
        (["--each", "street"], "不能作为分页单位"),
        (["--out", "a.docx"], "不会写“.docx”格式"),
        (["--out", "no/a.pptx"], "不存在或不能写入"),
    ],
)
def test_command_refuses_in_one_sentence(county, tmp_path, capsys, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    given = ["--out", "a.pptx", *options]
    assert _run("briefing", str(county.setup.config.folder), *given) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_months_are_those_of_the_workspace(county):
    assert briefing_of(source_of(county)).month == MONTHS[-1]
