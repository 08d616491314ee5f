"""Large plain workbooks are read in pieces, and exactly as the general reader reads them."""

from __future__ import annotations

import pandas as pd
import pytest
import xlsxwriter

from geodata.intake import plainsheets
from geodata.intake.readers import read_tables


@pytest.fixture(autouse=True)
def _small_files_count_as_large(monkeypatch):
    monkeypatch.setattr(plainsheets, "LEAST_BYTES", 0)
    monkeypatch.setattr(plainsheets, "_CHUNK", 700)


def _book(path, rows, *, memory=False, merge=None):
    with xlsxwriter.Workbook(path, {"constant_memory": memory}) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
        if merge:
            sheet.merge_range(*merge, "合并")
    return path


ROWS = [["标题", "", ""], [None, None, None], ["编号", "名称", "备注"]] + [
    [f"{number:03d}", f"村<{number}>&\"'", " 空 " if number % 3 else None] for number in range(40)
]


def _both(path, monkeypatch):
    plain = read_tables(path)
    assert plainsheets.read_plain_sheets(path) is not None
    monkeypatch.setattr(plainsheets, "LEAST_BYTES", 10**12)
    return plain, read_tables(path)


@pytest.mark.parametrize("memory", [True, False])
def test_plain_sheet_is_read_as_by_the_general_reader(tmp_path, monkeypatch, memory):
    plain, general = _both(_book(tmp_path / "a.xlsx", ROWS, memory=memory), monkeypatch)
    pd.testing.assert_frame_equal(plain[0].frame, general[0].frame)
    assert list(plain[0].rows) == list(general[0].rows)
    assert (plain[0].header_row, plain[0].notes) == (general[0].header_row, general[0].notes)


def test_rows_left_out_keep_the_numbers_of_the_others(tmp_path, monkeypatch):
    rows = [*ROWS[:6], [None], [None], *ROWS[6:]]
    plain, general = _both(_book(tmp_path / "a.xlsx", rows), monkeypatch)
    assert list(plain[0].rows) == list(general[0].rows)
    assert 7 not in plain[0].rows


@pytest.mark.parametrize("cell", [8500, 0.5, True, "=1+1"])
def test_sheet_with_other_cells_is_left_to_the_general_reader(tmp_path, cell):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "值"])
        sheet.write(1, 0, "001")
        sheet.write(1, 1, cell)
    assert plainsheets.read_plain_sheets(path) is None
    assert len(read_tables(path)[0].frame) == 1


def test_merged_rows_below_the_title_are_left_to_the_general_reader(tmp_path):
    path = _book(tmp_path / "a.xlsx", ROWS, merge=(20, 1, 22, 1))
    assert plainsheets.read_plain_sheets(path) is None


def test_text_that_is_no_workbook_is_left_alone(tmp_path):
    (tmp_path / "a.xlsx").write_text("编号,名称\n1,2\n", encoding="utf-8")
    assert plainsheets.read_plain_sheets(tmp_path / "a.xlsx") is None
