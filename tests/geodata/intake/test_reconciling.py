"""Two sources about the same households: what differs, what one side does not know or have."""

from __future__ import annotations

import openpyxl
import pytest

from geodata.errors import SourceError
from geodata.intake.reconciling import read_households, reconcile, write_reconciliation

LEDGER = """乡,村,户编号,户主姓名,人均纯收入,家庭人口数,是否危房户
青龙镇,上河村,H1,张三,8500,3,否
青龙镇,上河村,H2,李四,9000,2,
白马乡,大坪村,H3,王五,7000,1,是
"""
CARD = """乡,村,户编号,户主姓名,人均纯收入(元),人数,危房户
青龙镇,上河村,H1,张三,"8,500.00",4,否
青龙镇,上河村,H2,李斯,,2,是
青龙镇,上河村,H9,赵六,1,1,否
"""


@pytest.fixture
def sources(tmp_path):
    files = {"台账.csv": LEDGER, "户卡.csv": CARD}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return [read_households(str(tmp_path / name)) for name in files]


def test_values_are_compared_not_spellings(sources):
    found = reconcile(*sources, ["人均纯收入", "家庭人口数"])
    differing = found.differences[found.differences["kind"] == "differs"]
    assert differing[["township", "household_code", "field", "a", "b"]].values.tolist() == [
        ["青龙镇", "H1", "家庭人口数", "3", "4"]
    ]


def test_unknown_on_one_side_is_counted_apart_from_different(sources):
    counts = reconcile(*sources, ["人均纯收入", "危房户"]).fields.set_index("field")
    assert counts.loc["人均纯收入"].tolist() == [1, 0, 1]
    assert counts.loc["是否危房户"].tolist() == [1, 0, 1]


def test_households_of_one_side_are_listed(sources):
    found = reconcile(*sources)
    assert (found.both, found.only_a, found.only_b) == (2, 1, 1)
    only = found.differences.query("kind != 'differs'")[["kind", "household_code"]]
    assert sorted(only.values.tolist()) == [["only_a", "H3"], ["only_b", "H9"]]


def test_names_of_people_are_masked(sources):
    found = reconcile(*sources, ["户主姓名"]).differences.query("kind == 'differs'")
    assert found[["a", "b"]].values.tolist() == [["李*", "李*"]]


def test_field_that_a_side_lacks_is_refused_with_the_common_ones(sources):
    with pytest.raises(SourceError, match="人均纯收入"):
        reconcile(*sources, ["住房面积"])


def test_file_without_household_codes_is_refused(tmp_path):
    file = tmp_path / "村.csv"
    file.write_text("行政村,总户数,总人口数\n上河村,3,9\n", encoding="utf-8")
    with pytest.raises(SourceError, match="户编号"):
        read_households(str(file))


def test_differences_are_exported_with_formulas_made_harmless(tmp_path, sources):
    sources[0].frame["备注"] = ["=1+1", None, None]
    sources[1].frame["备注"] = ["@x", None, None]
    found = reconcile(*sources, ["备注"])
    write_reconciliation(tmp_path / "差异.xlsx", found)
    book = openpyxl.load_workbook(tmp_path / "差异.xlsx")
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert "'=1+1" in cells
    assert len(book.worksheets) == 3
