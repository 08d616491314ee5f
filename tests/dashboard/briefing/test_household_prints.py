"""Prints: text that can be selected, fonts inside, origin on every page, nothing of a person outside."""

from __future__ import annotations

import io
import logging
from types import SimpleNamespace

import pypdf
import pytest
import typst

from dashboard.briefing import briefing_of, printing
from dashboard.briefing.household_prints import Prints
from dashboard.briefing.map_series import print_series
from dashboard.briefing.printing import print_families, print_pdf
from dashboard.cli import main
from dashboard.maps.fonts import FAMILIES
from dashboard.view import View
from geodata.access import open_guard
from geodata.errors import BriefingError, ScopeError, StoreError
from tests.dashboard.briefing.briefed import AT, BY, source_of
from tests.invented import HOSTILE
from tests.invented_county import (
    COUNTY,
    HOSTILE_HOUSEHOLD,
    HOUSEHOLDS,
    MONTHS,
    TOWNSHIP,
    VILLAGES,
)

LAST = MONTHS[-1]
# What Typst would read as code, mathematics, the end of a block, an escape, a label, a comment.
MARKUP = '#panic("read") $x$ ] \\ <label> "村" // */ [ @ref = - + _*`'


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("printed") / "county")


@pytest.fixture(scope="module")
def series(county):
    return print_series(briefing_of(source_of(county), lang="zh", each="township"))


@pytest.fixture
def prints(county):
    guard = open_guard(county.setup.config.folder)
    view = source_of(county).view(place=TOWNSHIP, lang="zh")
    return Prints(source_of(county), view, guard)


def _pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def _plain(text: str) -> str:
    return "".join(text.split())


def _fonts(content: bytes) -> dict[str, bool]:
    """Return each font of a PDF and whether its program is inside."""
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            for below in font.get_object().get("/DescendantFonts", [font]):
                told = below.get_object()
                describes = told["/FontDescriptor"].get_object()
                inside = any(key in describes for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                found[str(told["/BaseFont"])] = inside
    return found


def test_text_of_a_series_can_be_selected_and_its_fonts_are_inside(series):
    pages = "".join(map(_plain, _pages(series)))
    assert "甲二村" in pages
    assert "村名索引" in pages
    fonts = _fonts(series)
    assert fonts
    assert all(fonts.values())


def test_every_page_of_a_series_has_number_month_source_version_and_mark(series):
    pages = [_plain(page) for page in _pages(series)]
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in page
        for said in (
            "2025年1月",
            "快照2025-01-001",
            "规则",
            "个村中",
            f"{BY}生成",
            "审图号",
            "内部使用",
        ):
            assert said in page, (number, said)


def test_sheet_says_why_who_answers_and_what_is_missing(series):
    sheet = next(page for page in map(_plain, _pages(series)) if "为什么" in page)
    # What the figure counts by stands in its title, and is no cause of it.
    assert sheet.count("人均纯收入低于监测线") == 1
    assert "最需要关注的" in sheet


def test_same_arguments_give_the_same_bytes(county, series):
    assert print_series(briefing_of(source_of(county), lang="zh", each="township")) == series


def test_series_for_the_public_has_no_findings_and_no_ranks(county):
    briefing = briefing_of(source_of(county), lang="zh", each="township", public=True)
    pages = "".join(map(_plain, _pages(print_series(briefing))))
    assert "公开版" in pages
    for said in ("内部使用", "为什么", "责任人", "最需要关注的", "位次", "主要问题"):
        assert said not in pages


def test_paper_of_a_series_is_a4_or_a3(county):
    briefing = briefing_of(source_of(county), lang="en", place=TOWNSHIP, paper="a3")
    reader = pypdf.PdfReader(io.BytesIO(print_series(briefing)))
    assert round(float(reader.pages[0].mediabox.width) / 72 * 25.4) == 420
    assert "Map series" in reader.pages[0].extract_text()


def test_place_without_places_of_the_level_has_its_own_sheet_alone(county):
    briefing = briefing_of(source_of(county), lang="zh", place=VILLAGES[1], each="township")
    assert "甲二村" in _plain(_pages(print_series(briefing))[0])


def test_hostile_names_are_printed_as_they_are(series):
    pages = "".join(map(_plain, _pages(series)))
    assert _plain(HOSTILE)[:40] in pages


def test_markup_in_text_is_printed_and_never_read():
    block = {"kind": "facts", "title": MARKUP, "note": MARKUP, "pairs": [[MARKUP, MARKUP]]}
    card = {"sentence": MARKUP, "title": MARKUP, "where": MARKUP, "blocks": [block]}
    page = dict.fromkeys(("title", "mark", "foot", "by"), MARKUP)
    data = {**page, "paper": "a4", "lang": "zh", "words": {}, "scale": 1.0, "card": card}
    printed = _plain(_pages(print_pdf("card", data))[0])
    assert printed.count("#panic(") >= 6
    assert "<label>" in printed


def test_missing_typeface_is_named_and_the_next_is_used(caplog):
    first = print_families()[0]
    with caplog.at_level(logging.WARNING):
        assert print_families(("No Such Typeface", first)) == (first,)
    assert "No Such Typeface not installed" in caplog.text


def test_typeface_installed_while_the_process_runs_is_used_for_prints(monkeypatch):
    looks = []

    def look(*paths: object) -> object:
        looks.append(paths)
        return SimpleNamespace(families=lambda: FAMILIES[:1] if len(looks) > 1 else ["Latin"])

    monkeypatch.setattr(typst, "Fonts", look)
    printing._fonts.cache_clear()
    try:
        assert print_families.__wrapped__() == FAMILIES[:1]
    finally:
        printing._fonts.cache_clear()


def test_without_a_chinese_typeface_nothing_is_printed():
    with pytest.raises(BriefingError, match="No Such Typeface"):
        print_families(("No Such Typeface",))


def test_list_to_visit_has_a_sheet_a_village_and_names_nobody_in_full(prints):
    pages = [_plain(page) for page in _pages(prints.visits())]
    poor = [code for code, place, wages in HOUSEHOLDS if place == VILLAGES[1] and wages < 1_000_000]
    village = "".join(page for page in pages if "甲二村" in page)
    assert all(code in "".join(pages) for code in poor)
    assert "甲二村" in village
    assert "王*" in village
    assert "王大" not in "".join(pages)
    assert "责任人" in village


def test_list_to_visit_is_recorded_and_bears_the_number(prints):
    pages = [_plain(page) for page in _pages(prints.visits())]
    record = [one for one in prints.guard.trail.records() if one.act == "export"][-1]
    assert record.place == TOWNSHIP
    assert f"wangwu{record.seq}-" in pages[0]


def test_nobody_to_visit_is_said(county, prints):
    view = View(**{**vars(prints.view), "rule": "child_out_of_school"})
    pages = _pages(Prints(prints.source, view, prints.guard).visits())
    assert "没有需要走访的预警户" in pages[0]


def test_card_is_one_page_masked_and_recorded(prints):
    content = prints.card(HOSTILE_HOUSEHOLD)
    [page] = map(_plain, _pages(content))
    assert HOSTILE_HOUSEHOLD in page
    assert "人均纯收入低于监测线" in page
    assert "张三丰" not in page
    record = prints.guard.trail.records()[-1]
    assert (record.act, record.reason) == ("export", "card")
    assert f"审计编号{record.seq}-" in page
    assert all(_fonts(content).values())


def test_card_of_an_unknown_household_is_refused(prints):
    with pytest.raises(StoreError, match="nobody"):
        prints.card("nobody")


def test_household_outside_the_actors_places_is_not_printed(county, prints):
    outside = source_of(county, "township_officer", ("990101101",))
    guard = prints.guard
    with pytest.raises(ScopeError):
        Prints(outside, prints.view, guard).card(HOSTILE_HOUSEHOLD)
    with pytest.raises(ScopeError):
        Prints(outside, prints.view, guard).visits()
    assert guard.trail.records()[-1].outcome == "refused"


def test_commands_write_prints_and_say_where(county, tmp_path, capsys):
    folder = str(county.setup.config.folder)
    listed, card = tmp_path / "名单.pdf", tmp_path / "户卡.pdf"
    same = ["--lang", "zh", "--at", AT, "--by", BY]
    for arguments in (
        ["visits", folder, "--place", TOWNSHIP, "--out", str(listed), *same],
        ["card", folder, "--household", HOSTILE_HOUSEHOLD, "--out", str(card), *same],
    ):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
    assert str(listed) in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((listed.name, card.name))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--out", "{folder}/h000.pdf"], "户编号"),
        (["--out", "{folder}/no/card.pdf"], "不存在"),
        (["--month", "2019-01", "--out", "{folder}/card.pdf"], "没有“2019-01”的数据"),
        (["--place", "110000", "--out", "{folder}/card.pdf"], "不在某县里"),
    ],
)
def test_what_cannot_be_printed_is_refused_in_a_sentence(county, tmp_path, capsys, asked, said):
    words = [word.format(folder=tmp_path) for word in asked]
    command = ["card", str(county.setup.config.folder), "--household", HOSTILE_HOUSEHOLD, *words]
    with pytest.raises(SystemExit) as left:
        main(command)
    assert left.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_print_of_the_whole_county_names_it(county):
    briefing = briefing_of(source_of(county), lang="zh")
    assert briefing.place == COUNTY
    assert "某县地图册" in _plain(_pages(print_series(briefing))[0])
