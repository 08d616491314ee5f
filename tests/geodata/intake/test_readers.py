"""Tables read from files: encodings, headers, exact digits, and what is refused."""

from __future__ import annotations

import zipfile

import openpyxl
import pandas as pd
import pytest

from geodata.errors import SourceError
from geodata.intake import plainsheets
from geodata.intake.readers import read_table, read_tables

ROWS = (
    "乡镇,行政村,村代码,低收入户数\n新华镇,大王庄村,990101001201,12\n新华镇,李家村,990101001202,7\n"
)


def _text_file(folder, content, encoding="utf-8", name="t.csv"):
    file = folder / name
    file.write_bytes(content.encode(encoding))
    return file


def _workbook(folder, rows, merge=None, name="t.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    book.save(folder / name)
    return folder / name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_simplified_text_is_read_in_every_usual_encoding(tmp_path, encoding):
    table = read_table(_text_file(tmp_path, ROWS, encoding))
    assert list(table.frame.columns) == ["乡镇", "行政村", "村代码", "低收入户数"]
    assert table.frame["行政村"].tolist() == ["大王庄村", "李家村"]


def test_big5_is_told_from_gb18030(tmp_path):
    rows = "縣市,鄉鎮市區,村里\n臺南市,新營區,三仙里\n臺南市,東區,大福里\n臺南市,後壁區,菁寮里\n"
    table = read_table(_text_file(tmp_path, rows, "big5"))
    assert table.encoding == "big5"
    assert table.frame["村里"].tolist() == ["三仙里", "大福里", "菁寮里"]


def test_accented_text_is_not_taken_for_chinese(tmp_path):
    rows = "Distrito;Población\nPeñón;12\nSan José;7\n"
    table = read_table(_text_file(tmp_path, rows, "cp1252"))
    assert table.frame["Distrito"].tolist() == ["Peñón", "San José"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    table = read_table(_text_file(tmp_path, ROWS.replace(",", delimiter)))
    assert table.frame.shape == (2, 4)


def test_header_below_title_rows_is_found(tmp_path):
    table = read_table(_text_file(tmp_path, "低收入户统计表,,,\n填报单位:测试县,,,\n" + ROWS))
    assert table.header_row == 3
    assert table.rows.tolist() == [4, 5]


def test_table_without_header_gets_numbered_columns(tmp_path):
    table = read_table(_text_file(tmp_path, ROWS.split("\n", 1)[1]))
    assert table.header_row == 0
    assert list(table.frame.columns) == ["column_1", "column_2", "column_3", "column_4"]
    assert len(table.frame) == 2


def test_years_as_column_names_are_a_header(tmp_path):
    table = read_table(_text_file(tmp_path, "村,2010,2011\n甲村,3,4\n乙村,5,6\n"))
    assert list(table.frame.columns) == ["村", "2010", "2011"]


def test_codes_keep_zeros_and_lose_the_point_of_a_float(tmp_path):
    file = _workbook(tmp_path, [["代码", "收入"], ["0401", 1.5], [3411810000.0, 2.0], ["007", 3]])
    table = read_table(file)
    assert table.frame["代码"].tolist() == ["0401", "3411810000", "007"]
    assert table.frame["收入"].tolist() == ["1.5", "2", "3"]


def test_code_that_lost_digits_stays_in_scientific_form(tmp_path):
    table = read_table(_workbook(tmp_path, [["编号", "n"], [1.10101199001011e17, 1], [5, 2]]))
    assert table.frame["编号"].tolist()[0] == "1.10101199001011e+17"


def test_text_of_merged_cells_reaches_every_row(tmp_path):
    rows = [["乡镇", "村", "户数"], ["新华镇", "甲村", 1], [None, "乙村", 2]]
    table = read_table(_workbook(tmp_path, rows, merge="A2:A3"))
    assert table.frame["乡镇"].tolist() == ["新华镇", "新华镇"]


def test_merged_number_is_not_repeated(tmp_path):
    rows = [["乡镇", "村", "户数"], ["新华镇", "甲村", 12], ["新华镇", "乙村", None]]
    table = read_table(_workbook(tmp_path, rows, merge="C2:C3"))
    assert table.frame["户数"].tolist() == ["12", ""]


def test_parquet_numbers_become_exact_text(tmp_path):
    frame = pd.DataFrame({"code": [3411810000.0, None], "count": [1, 2], "name": ["甲", None]})
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.frame["code"].tolist() == ["3411810000", ""]
    assert table.frame["name"].tolist() == ["甲", ""]


def test_kind_is_told_from_content_not_name(tmp_path):
    file = _workbook(tmp_path, [["村", "户数"], ["甲村", 1]])
    table = read_table(file.rename(tmp_path / "t.xls"))
    assert table.frame["户数"].tolist() == ["1"]


def test_every_filled_sheet_is_a_table(tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("2024").append(["村", "户数"])
    book["2024"].append(["甲村", 1])
    book.save(tmp_path / "t.xlsx")
    assert [table.sheet for table in read_tables(tmp_path / "t.xlsx")] == ["2024"]


def test_doubled_columns_are_told_apart_and_named(tmp_path):
    table = read_table(_text_file(tmp_path, "村,人口,人口\n甲村,1,2\n"))
    assert list(table.frame.columns) == ["村", "人口", "人口_2"]
    assert table.doubled == ("人口",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "是空的"),
        (b"\n\n", "是空的"),
        ("村,户数\n".encode(), "没有数据行"),
        (b"<html><table></table></html>", "网页"),
        (b"%PDF-1.7 \x00\x01\x02", "不是表格文件"),
        ("村,户数\n甲村,1\n乙村,1,2\n".encode(), "第 3 行的单元格多于"),
        (("村,户数\n甲村,1\n" + "乙" * 1_100_000 + ",2\n").encode(), "个字符"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, content, message):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read_table(tmp_path / "t.csv")


def test_wrong_sheet_names_the_nearest(tmp_path):
    file = _workbook(tmp_path, [["村"], ["甲村"]])
    with pytest.raises(SourceError, match="Sheet"):
        read_table(file, sheet="Sheeet")


def test_wrong_encoding_names_the_line(tmp_path):
    file = _text_file(tmp_path, ROWS, "gb18030")
    with pytest.raises(SourceError, match="第 1 行"):
        read_table(file, encoding="utf-8")


def test_workbook_that_unpacks_beyond_any_table_is_refused(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    monkeypatch.setattr("geodata.intake.workbooks.MOST_BYTES", 1_000_000)
    with pytest.raises(SourceError, match="已拒绝打开"):
        read_table(tmp_path / "t.xlsx")


def test_plain_workbook_is_measured_before_it_is_unpacked(tmp_path, monkeypatch):
    file = _workbook(tmp_path, [["村代码", "户"], ["990101001001", 1]])
    monkeypatch.setattr("geodata.intake.plainsheets.LEAST_BYTES", 0)
    assert len(read_table(file).frame) == 1
    monkeypatch.setattr("geodata.intake.workbooks.MOST_BYTES", 100)
    with pytest.raises(SourceError, match="已拒绝打开"):
        read_table(file)


def test_sheet_without_an_end_of_row_is_left_to_the_general_reader(tmp_path, monkeypatch):
    file = _workbook(tmp_path, [["村代码", "户"], ["990101001001", 1]])
    monkeypatch.setattr("geodata.intake.plainsheets.LEAST_BYTES", 0)
    monkeypatch.setattr("geodata.intake.plainsheets._LONGEST_REST", 10)
    assert plainsheets.read_plain_sheets(file) is None
    assert len(read_table(file).frame) == 1


def test_damaged_workbook_is_refused(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(SourceError, match="已损坏"):
        read_table(tmp_path / "t.xlsx")


def test_markup_in_a_cell_is_shown_as_text(tmp_path):
    shown = read_table(_text_file(tmp_path, "村,户数\n<script>x</script>,1\n"))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lone_return_inside_a_cell_loses_no_row(tmp_path, end):
    lines = ["编号,名称,数", "1,甲\r乙,3", "2,丙,4", "3,丁,5"]
    (tmp_path / "a.csv").write_bytes(end.join(lines).encode())
    found = read_table(tmp_path / "a.csv")
    assert found.frame["名称"].tolist() == ["甲 乙", "丙", "丁"]
    assert found.rows.tolist() == [2, 3, 4]


def test_returns_alone_are_line_ends(tmp_path):
    (tmp_path / "a.csv").write_bytes("编号,名称\r1,甲\r2,乙\r".encode())
    assert read_table(tmp_path / "a.csv").frame["名称"].tolist() == ["甲", "乙"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_file_cut_within_its_last_row_is_refused(tmp_path, delimiter):
    lines = [
        delimiter.join(cells)
        for cells in [("编号", "名称", "数", "日期")] + [("1", "甲", "3", "5")] * 9
    ]
    whole = "\n".join(lines)
    file = tmp_path / "a.csv"
    for left in range(2, len(lines[-1])):
        file.write_text(whole[: len(whole) - len(lines[-1]) + left], encoding="utf-8")
        if lines[-1][:left].count(delimiter) == 3:
            assert len(read_table(file).frame) == 9
            continue
        with pytest.raises(SourceError, match="第 10 行") as refused:
            read_table(file)
        assert refused.value.key == "readers.cut_short"
    # A file without an end of its last line is whole, and so is one with a note under its rows.
    for ending in ("", "\n", "\n备注", f"\n备注{delimiter}\n"):
        file.write_text(whole + ending, encoding="utf-8")
        assert len(read_table(file).frame) >= 9


def test_quotation_mark_that_takes_in_rows_is_refused(tmp_path):
    lines = ["编号,名称,数", '1,"甲,3', "2,丙,4", '3,丁",5', "4,戊,6"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SourceError, match="第 2 行") as refused:
        read_table(tmp_path / "a.csv")
    assert refused.value.key == "readers.swallowed"


def test_cell_of_several_lines_is_kept(tmp_path):
    (tmp_path / "a.csv").write_text('编号,名称,数\n1,"甲\n乙",3\n2,丙,4\n', encoding="utf-8")
    assert read_table(tmp_path / "a.csv").frame["名称"].tolist() == ["甲\n乙", "丙"]
