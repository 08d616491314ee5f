"""Where a header is: below titles, above data, and how its columns are named."""

from __future__ import annotations

import pytest

from geodata.intake.header import find_header, unique_names

DATA = [[str(column), "甲村", "3", "4", "5"] for column in range(1, 5)]


@pytest.mark.parametrize(
    ("filled", "row"),
    [(0, 2), (1, 2), (2, 2), (3, 1), (4, 1), (5, 1)],
)
def test_a_row_that_fills_less_than_six_tenths_of_the_columns_is_a_title(filled, row):
    names = ["序号", "村", "户数", "人数", "劳动力"]
    first = [f"标题{n}" if n < filled else "" for n in range(5)]
    header = find_header([first, names, *DATA])
    assert (header.row, header.skip) == (row, row)


def test_the_width_is_that_of_most_rows():
    wide = ["", "", "", "", "", "", "", "备注"]
    header = find_header([["序号", "村", "户数", "人数", "劳动力"], *DATA, wide])
    assert header.row == 1


def test_a_header_stands_in_the_first_ten_rows():
    title = [["说明"] + [""] * 4]
    names = [["序号", "村", "户数", "人数", "劳动力"]]
    assert find_header(title * 9 + names + DATA * 3).row == 10
    late = find_header(title * 10 + names + DATA * 3)
    assert (late.row, late.names) == (0, tuple(f"column_{n}" for n in range(1, 6)))


@pytest.mark.parametrize(
    ("top", "row"),
    [
        (["村", "2023", "2024"], 1),
        (["村", "1899", "2024"], 0),
        (["村", "12.5", "8"], 0),
        (["甲村", "户数", "人数"], 0),
        (["村", "户数", "人数"], 1),
    ],
    ids=["years", "no year", "numbers", "a text that comes again", "names"],
)
def test_numbers_and_texts_that_come_again_are_data(top, row):
    rows = [["甲村", "1", "2"], ["乙村", "3", "4"], ["甲村", "5", "6"]]
    assert find_header([top, *rows]).row == row


def test_a_second_line_tells_repeated_names_apart():
    rows = [["村", "户数", "户数"], ["", "上月", "本月"], ["甲村", "1", "2"], ["乙村", "3", "4"]]
    header = find_header(rows)
    assert (header.names, header.skip) == (("村", "户数_上月", "户数_本月"), 2)


def test_names_that_come_again_are_numbered_past_names_that_are_there():
    names, doubled = unique_names(["户数", "户数", "户数_2", "", "户 数"])
    assert names == ("户数", "户数_3", "户数_2", "column_4", "户数_4")
    assert doubled == ("户数",)


def test_empty_rows_and_rows_of_data_alone_give_numbered_columns():
    data = [["甲村", "1", "2"], ["甲村", "3", "4"], ["甲村", "5", "6"]]
    found = find_header([["", "", ""], *data])
    assert (found.row, found.skip) == (0, 1)
    assert found.names == ("column_1", "column_2", "column_3")
    assert find_header([]).names == ()
    assert find_header([["", ""], ["", ""]]).skip == 0


def test_titles_alone_are_skipped_down_to_the_first_row_that_is_filled():
    rows = [[""] * 5, *[["说明"] + [""] * 4] * 11, *DATA * 4]
    found = find_header(rows)
    assert (found.row, found.skip) == (0, 1)


@pytest.mark.parametrize(
    ("under", "row"),
    [(["1", "x"], 0), (["1", "x", "y"], 1), (["1", "2", "x", "y"], 0), (["", ""], 0)],
    ids=["half", "a third", "half of four", "nothing below"],
)
def test_a_number_is_data_where_half_of_what_stands_below_is_numbers(under, row):
    rows = [[f"村{n}", value, "备注" * (n + 1)] for n, value in enumerate(under)]
    assert find_header([["名称", "12", "说明"], *rows]).row == row


def test_rows_shorter_than_the_header_are_data_of_its_first_columns():
    header = find_header([["序号", "村", "户数", "备注", "说明"], ["1"], ["2", "甲村", "3"], *DATA])
    assert (header.row, header.names[:3]) == (1, ("序号", "村", "户数"))


def test_a_header_wider_than_its_data_keeps_all_its_names():
    rows = [["村", "户数", "人数", "备注"], ["甲村", "1", "2"], ["乙村", "3", "4"]]
    assert find_header(rows).names == ("村", "户数", "人数", "备注")
    narrow = [["村", "户数"], ["甲村", "1", "2"], ["乙村", "3", "4"]]
    assert find_header(narrow).names == ("村", "户数", "column_3")


def test_a_header_below_titles_needs_no_row_below_it():
    names = ["序号", "村", "户数", "人数", "劳动力"]
    found = find_header([["户信息"], ["单位", "甲县"], names])
    assert (found.row, found.names) == (3, tuple(names))


@pytest.mark.parametrize(
    "last", [["乙村", "1", "2"], ["乙村", "李四", "王五"], ["乙", "1", "", "2"]]
)
def test_a_last_row_with_a_cell_too_many_is_no_header(last):
    assert find_header([["村", "户数"], ["甲村", "3"], last]).names == ("村", "户数")


def test_values_under_one_column_with_a_cell_too_many_are_no_header():
    assert find_header([["村"], ["甲村"], ["乙村", "1"]]).names == ("村",)
