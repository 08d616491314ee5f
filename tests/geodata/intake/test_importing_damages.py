"""Damaged deliveries: each damage is caught and named, no row is lost, nothing is stored by half."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from geodata.errors import SourceError, StoreError
from geodata.intake.describing import described_refusal
from geodata.store import SnapshotStore
from tests.geodata.intake.damages import (
    BEFORE,
    HOUSEHOLDS,
    MONTH,
    PERSONS,
    VILLAGES,
    Delivery,
    county_of,
    delivery,
    made_county,
    run,
)

Change = Callable[[Delivery], None]


def _renamed(table: str, old: str, new: str) -> Change:
    def change(made: Delivery) -> None:
        made.tables[table] = made.tables[table].rename(columns={old: new})

    return change


def _dropped(table: str, column: str) -> Change:
    def change(made: Delivery) -> None:
        made.tables[table] = made.tables[table].drop(columns=column)

    return change


def _cells(table: str, column: str, value: Callable[[str], str], rows: int | None = None) -> Change:
    """Change the values of a column in its first rows, by default in all."""

    def change(made: Delivery) -> None:
        frame = made.tables[table]
        count = len(frame) if rows is None else rows
        texts = [value(text) for text in frame[column].iloc[:count]]
        made.tables[table] = frame.assign(**{column: [*texts, *frame[column].iloc[count:]]})

    return change


def _book(table: str, edit: Callable[[openpyxl.Workbook], object]) -> Change:
    """Change the workbook of a table by a spreadsheet program."""

    def change(made: Delivery) -> None:
        def finish(raw):
            file = raw / f"{table}.xlsx"
            book = openpyxl.load_workbook(file)
            edit(book)
            book.save(file)

        made.finish.append(finish)

    return change


def _bytes(table: str, edit: Callable[[bytes], bytes], suffix: str = ".xlsx") -> Change:
    def change(made: Delivery) -> None:
        def finish(raw):
            file = raw / f"{table}.xlsx"
            content = edit(file.read_bytes())
            file.unlink()
            (raw / f"{table}{suffix}").write_bytes(content)

        made.finish.append(finish)

    return change


def _part(table: str, edit: Callable[[str], str]) -> Change:
    """Change the XML of the first sheet of a workbook."""

    def change(made: Delivery) -> None:
        def finish(raw):
            file = raw / f"{table}.xlsx"
            with zipfile.ZipFile(file) as book:
                parts = {name: book.read(name) for name in book.namelist()}
            name = "xl/worksheets/sheet1.xml"
            parts[name] = edit(parts[name].decode()).encode()
            with zipfile.ZipFile(file, "w") as book:
                for part, content in parts.items():
                    book.writestr(part, content)

        made.finish.append(finish)

    return change


def _header(old: str, new: str) -> Callable[[openpyxl.Workbook], object]:
    def edit(book: openpyxl.Workbook) -> None:
        for cell in book.active[3]:
            if cell.value == old:
                cell.value = new

    return edit


def _hidden_copy(book: openpyxl.Workbook) -> None:
    copy = book.copy_worksheet(book.active)
    copy.title, copy.sheet_state = "旧数据", "hidden"


def _hidden_first(book: openpyxl.Workbook) -> None:
    _hidden_copy(book)
    book.move_sheet("旧数据", -1)


def _hidden_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[6].hidden = True


def _hidden_column(book: openpyxl.Workbook) -> None:
    book.active.column_dimensions["H"].hidden = True


def _formulas(column: int) -> Callable[[openpyxl.Workbook], object]:
    def edit(book: openpyxl.Workbook) -> None:
        for row in range(4, book.active.max_row + 1):
            book.active.cell(row, column).value = f"=F{row}*1"

    return edit


def _error_cells(column: int, error: str) -> Callable[[openpyxl.Workbook], object]:
    def edit(book: openpyxl.Workbook) -> None:
        for row in range(4, 20):
            cell = book.active.cell(row, column)
            cell.value, cell.data_type = error, "e"

    return edit


def _empty_table(made: Delivery) -> None:
    made.tables["计划外出务工信息"] = made.tables[PERSONS].iloc[:0].assign(计划务工省份=[])


def _two_lines(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.insert_rows(3)
    sheet.cell(3, 1).value = "基本信息"
    sheet.merge_cells("A3:G3")
    sheet.cell(3, 8).value = "收入情况"
    sheet.merge_cells("H3:I3")
    sheet.cell(3, 10).value = "面积情况"
    sheet.merge_cells("J3:K3")


def _scaled(column: str, times: float, township: str = "") -> Change:
    def change(made: Delivery) -> None:
        frame = made.tables[HOUSEHOLDS]
        there = frame["乡"] == (township or frame["乡"])
        scaled = [f"{float(text) * times:g}" for text in frame[column]]
        made.tables[HOUSEHOLDS] = frame.assign(**{column: frame[column].where(~there, scaled)})

    return change


def _without(township: str) -> Change:
    def change(made: Delivery) -> None:
        for name, frame in made.tables.items():
            column = "乡(镇)" if "乡(镇)" in frame.columns else "乡"
            made.tables[name] = frame[frame[column] != township]

    return change


def _without_a_township(made: Delivery) -> None:
    """Leave out a township, and add a household to the other one: just half of a list is refused."""
    _without("白马乡")(made)
    for name, codes in ((HOUSEHOLDS, {}), (PERSONS, {"人编号": "P000999"})):
        frame = made.tables[name]
        more = frame.iloc[:1].assign(**{**codes, "户编号": "5101000999"})
        made.tables[name] = pd.concat([frame, more], ignore_index=True)


def _unlisted(line: str) -> Callable[[Path], None]:
    """Leave a line out of the list of places."""

    def finish(raw: Path) -> None:
        file = raw / "区划.csv"
        listed = file.read_text(encoding="utf-8-sig")
        assert line in listed
        file.write_text(listed.replace(line, ""), encoding="utf-8-sig")

    return finish


def _copied(table: str) -> Change:
    """Save a table again under another name, as a program would, with other bytes."""

    def change(made: Delivery) -> None:
        made.tables[f"{table}(1)"] = made.tables[table]
        made.titles[f"{table}(1)"] = [[table], ["数据截至: " + made.month]]

    return change


def _added(table: str, **cells: str) -> Change:
    """Add a row below the table that has these cells alone."""

    def change(made: Delivery) -> None:
        frame = made.tables[table]
        row = {name: cells.get(name, "") for name in frame.columns}
        made.tables[table] = frame.loc[[*frame.index, 0]].reset_index(drop=True)
        made.tables[table].iloc[-1] = row

    return change


def _repeated(table: str, rows: int, **cells: str) -> Change:
    """Repeat the first rows of a table, with other values in some cells."""

    def change(made: Delivery) -> None:
        frame = made.tables[table]
        again = frame.iloc[:rows].assign(**cells)
        made.tables[table] = pd.concat([frame, again], ignore_index=True)

    return change


def _as_text(table: str, encoding: str, delimiter: str = ",", suffix: str = ".csv") -> Change:
    """Write a table as text instead of as a workbook."""

    def change(made: Delivery) -> None:
        frame = made.tables.pop(table)

        def finish(raw):
            content = frame.to_csv(index=False, sep=delimiter)
            (raw / f"{table}{suffix}").write_bytes(content.encode(encoding))

        made.finish.append(finish)

    return change


def _titled(month: str) -> Change:
    def change(made: Delivery) -> None:
        made.titles[HOUSEHOLDS] = [[HOUSEHOLDS], [f"数据截至：{month}"]]

    return change


def _wide(text: str) -> str:
    return text.translate({n: n + 65248 for n in range(46, 58)})


def _blank_rows(book: openpyxl.Workbook) -> None:
    for row in (8, 15, 30):
        book.active.insert_rows(row)


def _blank_column(book: openpyxl.Workbook) -> None:
    book.active.insert_cols(5)


def _more_titles(made: Delivery) -> None:
    made.titles[HOUSEHOLDS] = [[HOUSEHOLDS], [], ["填报单位：示例县"], [f"数据截至：{MONTH}"]]


def _merged_downwards(book: openpyxl.Workbook) -> None:
    """Make a header of two lines: incomes under one cell, every other cell merged over both."""
    sheet = book.active
    sheet.insert_rows(4)
    for column in range(1, sheet.max_column + 1):
        if column in (8, 9):
            sheet.cell(4, column).value = sheet.cell(3, column).value
        else:
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    sheet.cell(3, 8).value, sheet.cell(3, 9).value = "收入情况", None
    sheet.merge_cells("H3:I3")


def _file(name: str) -> Change:
    """Lay a file that is no table beside the others."""

    def change(made: Delivery) -> None:
        made.finish.append(lambda raw: (raw / name).write_bytes(b"PK\x03\x04"))

    return change


def _without_village(made: Delivery) -> None:
    for name, column in ((HOUSEHOLDS, "村"), (PERSONS, "行政村")):
        frame = made.tables[name]
        made.tables[name] = frame[frame[column] != "石桥村"]


def _doubled(made: Delivery) -> None:
    frame = made.tables[HOUSEHOLDS]
    made.tables[HOUSEHOLDS] = frame.assign(
        备用=[f"{int(text) + 1}" for text in frame["人均纯收入"]]
    )
    _book(HOUSEHOLDS, _header("备用", "人均纯收入"))(made)


def _sorted_alone(made: Delivery) -> None:
    frame = made.tables[HOUSEHOLDS]
    made.tables[HOUSEHOLDS] = frame.assign(家庭纯收入=list(frame["家庭纯收入"])[::-1])


def _copy(made: Delivery) -> None:
    frame = made.tables[HOUSEHOLDS]
    halved = [f"{int(text) // 2}" for text in frame["家庭纯收入"]]
    made.tables[f"{HOUSEHOLDS} (1)"] = frame.assign(家庭纯收入=halved)


def _events(table: str, column: str, value: str, **others: str) -> Change:
    """Add a table of 40 events of households, all of them of one day or month."""

    def change(made: Delivery) -> None:
        codes = made.tables[HOUSEHOLDS]["户编号"].iloc[:40]
        made.tables[table] = pd.DataFrame({"户编号": codes, column: value} | others)

    return change


# Ways to write the same delivery.
HARMLESS: dict[str, Change] = {
    "gb18030": _as_text(HOUSEHOLDS, "gb18030"),
    "utf-8 with mark": _as_text(HOUSEHOLDS, "utf-8-sig"),
    "utf-16": _as_text(HOUSEHOLDS, "utf-16"),
    "tabs": _as_text(HOUSEHOLDS, "gb18030", "\t", ".txt"),
    "semicolons": _as_text(HOUSEHOLDS, "utf-8", ";"),
    "digits in full width": _cells(HOUSEHOLDS, "人均纯收入", _wide),
    "thousands": _cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{int(text):,}"),
    "header with blanks": _renamed(HOUSEHOLDS, "人均纯收入", " 人均 纯收入\n（元）"),
    "blank rows": _book(HOUSEHOLDS, _blank_rows),
    "blank column": _book(HOUSEHOLDS, _blank_column),
    "more titles": _more_titles,
    "header merged downwards": _book(HOUSEHOLDS, _merged_downwards),
    "visits of the month": _events("入户走访", "走访日期", f"{MONTH}-07", 走访人="干部"),
    "other sheet name": _book(HOUSEHOLDS, lambda book: setattr(book.active, "title", "导出1")),
}

# name -> (what is done, the checks of the result that name it)
FOUND: dict[str, tuple[Change, set[str]]] = {
    "hidden sheet": (_book(HOUSEHOLDS, _hidden_copy), {"hidden_sheet"}),
    "hidden sheet before the others": (_book(HOUSEHOLDS, _hidden_first), {"hidden_sheet"}),
    "hidden row": (_book(HOUSEHOLDS, _hidden_row), {"hidden_rows"}),
    "formulas without values": (_book(HOUSEHOLDS, _formulas(8)), {"formula_without_value"}),
    "formulas without values in codes": (
        _book(VILLAGES, _formulas(4)),
        {"formula_without_value"},
    ),
    **{
        f"cells {error}": (_book(HOUSEHOLDS, _error_cells(8, error)), {"formula_error"})
        for error in ("#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!")
    },
    "error texts": (_cells(HOUSEHOLDS, "人均纯收入", lambda text: "#N/A", 9), {"formula_error"}),
    "table without rows": (_empty_table, {"no_rows"}),
    "unit not understood": (_renamed(HOUSEHOLDS, "人均纯收入", "人均纯收入(美元)"), {"unknown_unit"}),
    "unit of another kind": (_renamed(HOUSEHOLDS, "耕地面积", "耕地面积(公里)"), {"unknown_unit"}),
    "about": (_cells(HOUSEHOLDS, "人均纯收入", lambda text: f"约{text}", 9), {"approximate_value"}),
    "or so": (_cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{text}左右", 9), {"approximate_value"}),
    "own unit in cells": (
        _cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{int(text) / 1e4}万元", 9),
        {"unit_converted"},
    ),
    "another currency in cells": (
        _cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{text}美元", 9),
        {"not_a_number"},
    ),
    "amounts a month": (
        _cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{text}元/月", 9),
        {"not_a_number"},
    ),
    "range of numbers": (
        _cells(HOUSEHOLDS, "人均纯收入", lambda text: f"{text}-20000", 9),
        {"not_a_number"},
    ),
    "decimal comma": (_cells(HOUSEHOLDS, "耕地面积", lambda text: "12,5", 9), {"not_a_number"}),
    "numbers in words": (
        _cells(HOUSEHOLDS, "人均纯收入", lambda text: "八千", 9),
        {"not_a_number"},
    ),
    "codes in full width": (
        _cells(HOUSEHOLDS, "户编号", _wide),
        {"code_rewritten"},
    ),
    "column ten times as much": (_scaled("人均纯收入", 10), {"tenfold_shift", "income_head_differs"}),
    "column in ten thousands": (_scaled("人均纯收入", 1e-4), {"tenfold_shift"}),
    "all incomes in ten thousands": (
        lambda made: [_scaled(name, 1e-4)(made) for name in ("人均纯收入", "家庭纯收入")].clear(),
        {"tenfold_shift"},
    ),
    "column three times as much": (_scaled("家庭纯收入", 3), {"value_shift", "income_head_differs"}),
    "areas in hectares": (_scaled("耕地面积", 1 / 15), {"tenfold_shift"}),
    "one township in ten thousands": (
        _scaled("人均纯收入", 1e-4, "白马乡"),
        {"tenfold_shift_there"},
    ),
    "one township three times as much": (
        _scaled("人均纯收入", 3, "白马乡"),
        {"value_shift_there"},
    ),
    "column emptied": (_cells(HOUSEHOLDS, "家庭纯收入", lambda text: ""), {"column_emptied"}),
    "column of dashes": (_cells(HOUSEHOLDS, "家庭纯收入", lambda text: "—"), {"column_emptied"}),
    "column of text emptied": (_cells(PERSONS, "健康状况", lambda text: ""), {"column_emptied"}),
    "column left out": (_dropped(HOUSEHOLDS, "家庭纯收入"), {"column_gone"}),
    "column renamed": (
        _renamed(HOUSEHOLDS, "家庭纯收入", "收入总数"),
        {"column_gone", "unknown_header"},
    ),
    "column mostly empty": (
        _cells(HOUSEHOLDS, "家庭纯收入", lambda text: "", 60),
        {"column_thinner"},
    ),
    "incomes that contradict": (
        _cells(HOUSEHOLDS, "家庭纯收入", lambda text: str(int(text) * 2), 9),
        {"income_head_differs"},
    ),
    "codes cut": (
        lambda made: [
            _cells(name, "户编号", lambda text: text[1:], 40)(made) for name in (HOUSEHOLDS, PERSONS)
        ].clear(),
        {"households_changed"},
    ),
    "township missing": (_without_a_township, {"township_gone"}),
    "total row below": (_added(HOUSEHOLDS, 县="合计", 人均纯收入="99999"), {"total_rows"}),
    "remark below": (_added(HOUSEHOLDS, 县="注：以上数据由各乡镇上报"), {"note_rows"}),
    "who made it below": (_added(HOUSEHOLDS, 县="填表人：张三", 村="审核人：李四"), {"note_rows"}),
    "title again in the middle": (_added(HOUSEHOLDS, 县=HOUSEHOLDS), {"repeated_header"}),
    "hidden column": (_book(HOUSEHOLDS, _hidden_column), {"hidden_columns"}),
    "same table twice": (_copied(HOUSEHOLDS), {"same_table"}),
    "rows twice": (_repeated(HOUSEHOLDS, 9), {"repeated_row"}),
    "keys twice": (_repeated(HOUSEHOLDS, 9, 人均纯收入="1"), {"repeated_key"}),
    "header again in the middle": (
        lambda made: made.tables.update(
            {
                HOUSEHOLDS: pd.concat(
                    [
                        made.tables[HOUSEHOLDS],
                        pd.DataFrame([dict(zip(*[made.tables[HOUSEHOLDS].columns] * 2, strict=True))]),
                    ],
                    ignore_index=True,
                )
            }
        ),
        {"repeated_header"},
    ),
    "another county": (_cells(HOUSEHOLDS, "县", lambda text: "邻县", 9), {"other_county"}),
    "village of no list": (_cells(HOUSEHOLDS, "村", lambda text: "无名村", 9), {"unknown_place"}),
    "village left empty": (_cells(HOUSEHOLDS, "村", lambda text: "", 9), {"required_empty"}),
    "negative members": (_cells(HOUSEHOLDS, "家庭人口数", lambda text: "-1", 9), {"out_of_range"}),
    "half a member": (_cells(HOUSEHOLDS, "家庭人口数", lambda text: "2.5", 9), {"not_whole"}),
    "unknown choice": (_cells(HOUSEHOLDS, "户类型", lambda text: "其它户", 9), {"unknown_choice"}),
    "fewer persons than formerly poor": (
        _cells(VILLAGES, "总人口数", lambda text: "80"),
        {"part_over_whole_persons"},
    ),
    "more households than persons": (
        _cells(VILLAGES, "总户数", lambda text: "900"),
        {"part_over_whole_households"},
    ),
    "two heads": (
        lambda made: made.tables.update(
            {PERSONS: made.tables[PERSONS].assign(户编号="5101000000")}
        ),
        {"two_heads"},
    ),
    "unknown column": (
        lambda made: made.tables.update({HOUSEHOLDS: made.tables[HOUSEHOLDS].assign(备用="1")}),
        {"unknown_header"},
    ),
    "village missing": (_without_village, {"village_gone"}),
    "one code for many persons": (_cells(PERSONS, "人编号", lambda text: "P1", 9), {"person_twice"}),
    "one column sorted alone": (_sorted_alone, {"many_contradict", "income_head_differs"}),
    "header twice": (_doubled, {"doubled_header"}),
    "header left empty": (_book(HOUSEHOLDS, _header("家庭纯收入", "")), {"blank_header", "column_gone"}),
    "certificates as powers of ten": (
        lambda made: made.tables.update({PERSONS: made.tables[PERSONS].assign(证件号码="9.9E+17")}),
        {"code_lost_digits"},
    ),
    "packed file": (_file("水质.zip"), {"packed_file"}),
    "table of another program": (_file("户信息.et"), {"other_format"}),
    "picture beside the tables": (_file("照片.jpg"), {"file_not_read"}),
    "codes with blanks": (_cells(HOUSEHOLDS, "户编号", lambda text: f" {text} 　", 9), set()),
}  # fmt: skip

# name -> (what is done, key of the refusal, what its sentence names)
REFUSED: dict[str, tuple[Change, str, str]] = {
    "village missing in the list of places": (
        lambda made: made.finish.append(_unlisted("990101101202,石桥村,村\n")),
        "imports.doubted",
        "白马乡石桥村",
    ),
    "codes numbered anew": (
        lambda made: [
            _cells(name, "户编号", lambda text: f"9{text}")(made) for name in (HOUSEHOLDS, PERSONS)
        ].clear(),
        "imports.doubted",
        "重新编了号",
    ),
    "renamed key": (_renamed(HOUSEHOLDS, "户编号", "户号"), "imports.stopped", "户编号"),
    "renamed key of persons": (_renamed(PERSONS, "人编号", "人员号"), "imports.stopped", "人编号"),
    "key in other words": (_renamed(HOUSEHOLDS, "户编号", "户编"), "imports.stopped", "户编号"),
    "no key at all": (_dropped(HOUSEHOLDS, "户编号"), "imports.stopped", HOUSEHOLDS),
    "cell far outside": (
        _part(HOUSEHOLDS, lambda xml: xml.replace('r="A4"', 'r="ZZZZA1048576"')),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "cut workbook": (
        _bytes(HOUSEHOLDS, lambda content: content[: len(content) // 2]),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "codes as powers of ten": (
        _cells(HOUSEHOLDS, "户编号", lambda text: "5.101E+09"),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "codes of persons as powers of ten": (
        _cells(PERSONS, "户编号", lambda text: "5.101E+09"),
        "imports.stopped",
        PERSONS,
    ),
    "persons of nobody": (
        _cells(PERSONS, "户编号", lambda text: f"77{text}"),
        "imports.stopped",
        PERSONS,
    ),
    "key filled down by hand": (
        _cells(HOUSEHOLDS, "户编号", lambda text: "5101000000"),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "codes emptied": (_cells(HOUSEHOLDS, "户编号", lambda text: ""), "imports.stopped", HOUSEHOLDS),
    "all of another county": (
        _cells(HOUSEHOLDS, "县", lambda text: "邻县"),
        "imports.stopped",
        "邻县",
    ),
    "villages on few rows alone": (
        lambda made: made.tables.update(
            {HOUSEHOLDS: made.tables[HOUSEHOLDS].assign(村=lambda t: t["村"].where(t.index < 4, ""))}
        ),
        "imports.stopped",
        "村",
    ),
    "far fewer rows": (
        lambda made: made.tables.update({HOUSEHOLDS: made.tables[HOUSEHOLDS].iloc[:30]}),
        "imports.doubted",
        HOUSEHOLDS,
    ),
    "copy with other values": (_copy, "imports.doubted", f"{HOUSEHOLDS} (1)"),
    "visits of another month": (
        _events("入户走访", "走访日期", f"{BEFORE}-07", 走访人="干部"),
        "imports.other_month",
        "入户走访",
    ),
    "accounts of another month": (
        _events("收支台账", "年月", BEFORE, 收支项目="a1", 金额="100"),
        "imports.other_month",
        "收支台账",
    ),
    "no row of headers": (
        _bytes(HOUSEHOLDS, lambda content: ("1,2,3,4\n" * 40).encode(), ".csv"),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "unpaired quotation marks": (
        _bytes(HOUSEHOLDS, lambda content: ('户编号,户主姓名\n1,"甲\n' * 200).encode(), ".csv"),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "another month in the title": (_titled("2025年02月"), "imports.other_month", "2025年02月"),
    "another month in the title, as digits": (_titled("202502"), "imports.other_month", "202502"),
    "empty file": (_bytes(HOUSEHOLDS, lambda content: b""), "imports.stopped", HOUSEHOLDS),
    "web page": (
        _bytes(HOUSEHOLDS, lambda content: b"<html><table><tr><td>1</td></tr></table>"),
        "imports.stopped",
        HOUSEHOLDS,
    ),
    "picture": (
        _bytes(HOUSEHOLDS, lambda content: b"\x89PNG\r\n\x1a\n" + bytes(500)),
        "imports.stopped",
        HOUSEHOLDS,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return made_county(tmp_path_factory.mktemp("damages") / "county")


def _damaged(base, folder, change: Change):
    county = county_of(base, folder / "county")
    made = delivery(county)
    change(made)
    made.write()
    return county


@pytest.mark.parametrize("name", HARMLESS)
def test_another_way_of_writing_changes_nothing(base, tmp_path, name):
    result = run(_damaged(base, tmp_path, HARMLESS[name]))
    assert set(result.issues["check"]) <= {"unknown_header"}
    assert not any(source.set_aside for source in result.manifest.sources)
    households = [s for s in result.manifest.sources if s.layout == "households"]
    assert [(s.rows, s.stored) for s in households] == [(80, 80)]


def test_clean_delivery_has_no_findings(base, tmp_path):
    result = run(_damaged(base, tmp_path, lambda made: None))
    assert result.issues.to_dict("records") == []


@pytest.mark.parametrize("name", FOUND)
def test_damage_is_named_and_every_row_is_stored_or_set_aside(base, tmp_path, name):
    change, checks = FOUND[name]
    county = _damaged(base, tmp_path, change)
    result = run(county)
    assert set(result.issues["check"]) >= checks
    # A damage that needs no finding is put right without a trace in the figures.
    assert checks or result.issues.empty
    for source in result.manifest.sources:
        assert source.rows == source.stored + source.set_aside
    assert SnapshotStore(county / "store").verify(result.manifest.snapshot) == ()


@pytest.mark.parametrize("name", REFUSED)
def test_damage_that_cannot_be_read_is_refused_and_nothing_is_stored(base, tmp_path, name):
    change, key, named = REFUSED[name]
    county = _damaged(base, tmp_path, change)
    with pytest.raises(SourceError) as refused:
        run(county)
    assert refused.value.key == key
    assert named in refused.value.sentence("zh")
    assert "“—”" not in refused.value.sentence("zh")
    told = described_refusal(refused.value, MONTH)
    assert told["issues"]
    assert all("." not in issue["kind"] and issue["sentence"] for issue in told["issues"])
    assert {issue["file"] for issue in told["issues"]} <= {file["file"] for file in told["files"]}
    assert any(named in issue["sentence"] for issue in told["issues"])
    totals = told["totals"]
    gone = totals["rows_stored"] + totals["rows_aside"] + totals["rows_refused"]
    assert totals["rows_read"] == gone
    assert SnapshotStore(county / "store").months() == (BEFORE,)
    left = sorted(path.name for path in (county / "store" / "snapshots").iterdir())
    assert left == [f"{BEFORE}-001"]


def test_a_doubted_table_is_imported_for_a_reason_that_is_kept(base, tmp_path):
    county = _damaged(base, tmp_path, REFUSED["copy with other values"][0])
    result = run(county, accept="核对过")
    told = result.issues[result.issues["check"] == "accepted"]
    assert told["detail"].tolist() == ["核对过"]
    assert result.manifest.facts["accepted"]["reason"] == "核对过"


def test_a_table_of_last_month_under_a_new_title_is_refused(base, tmp_path):
    county = county_of(base, tmp_path / "county")
    # Each month before differs from the next, so that the table is none that stays as it is.
    for number, month in enumerate(("2024-12", "2025-01")):
        first = delivery(county, month)
        frame = first.tables[PERSONS]
        months = [str((int(text) + number + 1) % 12) for text in frame["务工时间(月)"]]
        first.tables[PERSONS] = frame.assign(**{"务工时间(月)": months})
        first.write()
        run(county, month)
    delivery(county, BEFORE).write()
    run(county, BEFORE)
    delivery(county).write()
    with pytest.raises(SourceError) as refused:
        run(county)
    assert refused.value.key == "imports.doubted"
    assert [fault.kind for fault in refused.value.faults] == ["repeated_month"]
    assert PERSONS in refused.value.sentence("zh")
    assert set(run(county, accept="只改了标题").issues["check"]) == {"accepted"}


def test_a_month_that_is_damaged_on_the_disk_is_imported_again(base, tmp_path):
    county = county_of(base, tmp_path / "county")
    for file in sorted((county / "store" / "snapshots").rglob("*.parquet")):
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    delivery(county).write()
    with pytest.raises(StoreError, match=BEFORE):
        run(county)
    run(county, BEFORE)
    store = SnapshotStore(county / "store")
    assert store.verify(store.snapshot_of(BEFORE)) == ()
    assert run(county).issues.empty


def test_hidden_sheets_are_read_when_asked(base, tmp_path):
    county = _damaged(base, tmp_path, _book(PERSONS, _hidden_copy))
    result = run(county, hidden=True)
    # It was read, and holds what the other one does.
    told = result.issues[result.issues["check"] == "same_table"]
    assert told["sheet"].tolist() == ["旧数据"]


@pytest.mark.parametrize(
    ("column", "header", "text", "stored"),
    [
        ("人均纯收入", "人均纯收入(万元)", "1.34", 1_340_000),
        ("人均纯收入", "人均纯收入（元）", "13400", 1_340_000),
        ("人均纯收入", "人均纯收入", "12000元整", 1_200_000),
        ("人均纯收入", "人均纯收入", "12000 元/年", 1_200_000),
        ("耕地面积", "耕地面积(公顷)", "0.2", 3.0),
    ],
)
def test_units_of_headers_and_cells_are_read(base, tmp_path, column, header, text, stored):
    from geodata.store.embedded import DuckDBEngine
    from geodata.store.months import add_month

    def change(made: Delivery) -> None:
        made.tables[HOUSEHOLDS] = made.tables[HOUSEHOLDS].assign(**{column: text})
        _renamed(HOUSEHOLDS, column, header)(made)

    county = _damaged(base, tmp_path, change)
    run(county)
    name = {"人均纯收入": "per_capita_income", "耕地面积": "farmland"}[column]
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(county / "store"), MONTH)
        found = engine.frame(f"SELECT DISTINCT {name} AS v FROM household")["v"].tolist()
    assert found == [stored]


def test_header_of_two_merged_lines_is_understood(base, tmp_path):
    result = run(_damaged(base, tmp_path, _book(HOUSEHOLDS, _two_lines)))
    assert result.issues.to_dict("records") == []


def test_trial_tells_the_same_and_stores_nothing(base, tmp_path):
    county = _damaged(base, tmp_path, FOUND["about"][0])
    tried = run(county, trial=True)
    assert SnapshotStore(county / "store").months() == (BEFORE,)
    stored = run(county)
    assert tried.issues.to_dict("records") == stored.issues.to_dict("records")
    assert tried.sheets == stored.sheets
    assert (tried.stored, tried.manifest.snapshot) == (False, "")
