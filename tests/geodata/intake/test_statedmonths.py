"""A file that says it is of another month is not imported, however and wherever it says so."""

from __future__ import annotations

import dataclasses
import datetime

import openpyxl
import pytest
from click.testing import CliRunner
from xlsxwriter.utility import xl_col_to_name

from dashboard.cli import guatu
from geodata.config import make_workspace, read_config
from geodata.errors import SourceError
from geodata.intake import plainsheets
from geodata.intake.delivery import DeliveredSheet, recognised_sheets
from geodata.intake.importing import import_month
from geodata.intake.layouts import upstream_layouts
from geodata.intake.reporting import write_report
from geodata.intake.statedmonths import contradictions, periods_in
from geodata.intake.templates import template_headers, write_templates
from geodata.store import SnapshotStore
from geodata.tables import table, tables

MONTH, OTHER = "2025-08", "2025-07"
# How people write the month {y}-{m} in words of their own; a day is the last of the month.
FREE = (
    "{y}年{m}月", "{y}年{m:02d}月", "{y} 年 {m} 月份", "{y}-{m:02d}", "{y}.{m:02d}", "{y}/{m}", "{y}{m:02d}",
    "{wide}", "{chinese}", "{y}年1月至{m}月", "{y}年1-{m}月", "{y}.01—{y}.{m:02d}", "{y}01-{y}{m:02d}",
    "{y}年1月1日至{y}年{m}月31日", "{y}年1月1日至{m}月31日", "25年{m}月", "{m}月", "{english} {y}",
)  # fmt: skip
LABELLED = ("{y}年{m}月31日", "{y}-{m:02d}-31", "{y}{m:02d}31", "{y}/{m}/31", "{y}年{m}月15日")
_CHINESE = {7: "二〇二五年七月", 8: "二○二五年八月"}
_WIDE = {7: "２０２５年０７月", 8: "２０２５－０８"}
_ENGLISH = {7: "July", 8: "Aug"}
LAYOUTS = [*(layout.name for layout in upstream_layouts()), *tables()]


def _said(form: str, month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return form.format(
        y=year, m=number, chinese=_CHINESE[number], wide=_WIDE[number], english=_ENGLISH[number]
    )


def _headers(name: str) -> tuple[list[str], bool]:
    """Return headers that a layout or template is known by, and whether its rows are events."""
    if name in tables():
        return template_headers(table(name)), table(name).nature == "events"
    layout = next(layout for layout in upstream_layouts() if layout.name == name)
    return [group[0] for group in layout.marks] + ["乡", "村"], False


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """Return one sheet of every layout and template, read from a file with a title and a month."""
    folder = tmp_path_factory.mktemp("files")
    found = {}
    for name in LAYOUTS:
        headers, _ = _headers(name)
        rows = [
            ["标题", *[""] * len(headers)],
            [*headers, "数据日期"],
            [*["x"] * len(headers), "月"],
        ]
        path = folder / f"{name}.csv"
        path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
        (found[name],) = recognised_sheets(path)
    return found


def _faults(sheet, month=MONTH, *, title="", column="", file="表.csv"):
    """Return what contradicts a month when title, column of the month or file name are these."""
    (row, cells), *_ = sheet.table.above
    changed = dataclasses.replace(
        sheet.table,
        above=((row, (title, *cells[1:])),),
        frame=sheet.table.frame.assign(数据日期=column),
    )
    return contradictions(DeliveredSheet.of(changed, sheet.layout, file, sheet.sha256), month)


@pytest.mark.parametrize("name", LAYOUTS)
def test_month_in_a_title_of_every_layout_counts(delivered, name):
    _, events = _headers(name)
    for form in FREE:
        title = f"示例县{_said(form, OTHER)}情况表"
        said = _faults(delivered[name], title=title)
        # A row that is an event says itself when it was.
        expected = [] if events else [("title", "A1", title)]
        assert [(one.kind, one.cell, one.value) for one in said] == expected, title
        assert _faults(delivered[name], title=f"示例县{_said(form, MONTH)}情况表") == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_month_behind_a_label_of_every_layout_counts(delivered, name):
    sheet = delivered[name]
    place = f"{xl_col_to_name(sheet.table.frame.shape[1] - 1)}3"
    for form in (*FREE, *LABELLED, "2024年"):
        (said,) = _faults(sheet, title=f"数据截至: {_said(form, OTHER)}")
        assert said.cell == "A1", form
        (said,) = _faults(sheet, column=_said(form, OTHER))
        assert (said.kind, said.cell, said.count) == ("column", place, 1), form
        if form != "2024年":
            assert _faults(sheet, title=f"数据截至: {_said(form, MONTH)}") == []
            assert _faults(sheet, column=_said(form, MONTH)) == []


@pytest.mark.parametrize(
    "form", ["{y}{m:02d}", "{y}-{m:02d}", "{y}_{m:02d}", "{y}年{m}月", "{m}月", "{y}{m:02d}31"]
)
@pytest.mark.parametrize("file", ["表_{}.csv", "{}表.csv", "{}.csv"])
def test_name_of_a_file_says_the_month(delivered, form, file):
    sheet = delivered["households"]
    (said,) = _faults(sheet, file=file.format(_said(form, OTHER)))
    assert said.kind == "file"
    assert _faults(sheet, file=file.format(_said(form, MONTH))) == []


@pytest.mark.parametrize(
    "words",
    [
        "导出时间: 2025-09-03", "制表日期：2025年9月", "2025年9月5日导出", "打印日期 20250930", "2024年度考核名单",
        "2024年脱贫户", "2025 年第 3 批", "导出单位: 示例县", "联系电话 20250712345", "证件号码 110101202507011234",
        "（务工月监测）已外出务工信息", "9月3日填报", "务工12个月以上",
    ],
)  # fmt: skip
def test_what_is_no_month_of_the_data_is_not_taken_for_one(words):
    assert periods_in(words) == []


def test_year_and_quarter_contradict_only_from_outside():
    assert periods_in("数据年度: 2025年", free=False) == ["2025"]
    assert periods_in("2025年第三季度") == ["2025Q3"] == periods_in("2025Q3")


def _book(file, *rows, sheet="sheet1"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)


HEAD = ("乡", "村", "户编号", "户主姓名", "家庭人口数", "出生日期", "走访日期", "数据日期")
ROW = ("青龙镇", "上河村", "H1", "张三", "2", "1970-07-01", "2025-07-03", "202508")


@pytest.fixture
def workspace(tmp_path):
    folder = make_workspace(tmp_path / "county", code="990101", name="示例县")
    places = folder / "raw" / MONTH / "区划.csv"
    places.parent.mkdir(parents=True)
    places.write_text(
        "区划代码,名称,级别\n990101,示例县,县\n990101100,青龙镇,乡镇\n990101100201,上河村,村\n",
        encoding="utf-8",
    )
    return folder


def _import(folder, **options):
    return import_month(read_config(folder), MONTH, who="clerk", at="2025-09-01", **options)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("rows", "sheet", "cells"),
    [
        ([("户信息",), ("数据截至:", "", datetime.datetime(2025, 7, 31)), HEAD, ROW], "sheet1", ["C2"]),
        ([HEAD, (*ROW[:-1], datetime.datetime(2025, 7, 31)), ROW], "sheet1", ["H2"]),
        ([HEAD, (*ROW[:-1], 45869), ROW], "sheet1", ["H2"]),
        ([HEAD, ROW, (*ROW[:2], "H2", *ROW[3:-1], "２０２５０７")], "sheet1", ["H3"]),
        ([HEAD, ROW], "2025年7月", ["2025年7月"]),
    ],
)  # fmt: skip
def test_other_month_stops_the_import_with_its_place(
    workspace, monkeypatch, plain, rows, sheet, cells
):
    monkeypatch.setattr(plainsheets, "LEAST_BYTES", 0 if plain else 10**9)
    _book(workspace / "raw" / MONTH / "户信息.xlsx", *rows, sheet=sheet)
    with pytest.raises(SourceError) as error:
        _import(workspace)
    said = str(error.value)
    assert all(cell in said for cell in (*cells, "户信息.xlsx", MONTH, "--accept-month"))
    assert "--month 2025-07" in said
    assert SnapshotStore(workspace / "store").history.entries == ()


def test_birthdays_and_visits_are_not_the_month_of_the_file(workspace):
    _book(workspace / "raw" / MONTH / "户信息.xlsx", ("户信息",), HEAD, ROW)
    assert "accepted_month" not in _import(workspace, accept_month="无需说明").manifest.facts


def test_reason_lets_another_month_through_and_is_kept(workspace):
    _book(workspace / "raw" / MONTH / "户信息.xlsx", ("数据截至: 2025年07月",), HEAD, ROW)
    result = _import(workspace, accept_month="系统<b>延期</b>")
    kept = result.manifest.facts["accepted_month"]
    assert kept["reason"] == "系统<b>延期</b>"
    assert [said["cell"] for said in kept["stated"]] == ["A1"]
    found = result.issues[result.issues["check"] == "other_month"]
    assert found[["file", "row", "detail"]].values.tolist() == [["户信息.xlsx", 1, kept["reason"]]]
    page = write_report(result, workspace / "report", config=read_config(workspace))
    content = page.read_text(encoding="utf-8")
    assert "系统&lt;b&gt;延期&lt;/b&gt;" in content
    assert "<b>延期" not in content


def test_command_stops_and_goes_through_with_a_reason(workspace):
    _book(workspace / "raw" / MONTH / "户信息.xlsx", ("数据截至: 2025年07月",), HEAD, ROW)
    command = ["import", str(workspace), "--month", MONTH]
    stopped = CliRunner().invoke(guatu, command)
    assert stopped.exit_code != 0
    assert not list((workspace / "store").glob("*/manifest.json"))
    blank = CliRunner().invoke(guatu, [*command, "--accept-month", "  "])
    assert blank.exit_code != 0
    taken = CliRunner().invoke(guatu, [*command, "--accept-month", "系统延期"])
    assert taken.exit_code == 0, taken.output


def test_templates_say_no_month(tmp_path):
    for file in write_templates(tmp_path, lang="zh"):
        book = openpyxl.load_workbook(file)
        for row in book.worksheets[0].iter_rows(values_only=True):
            assert not any(periods_in(str(cell or "")) for cell in row)
