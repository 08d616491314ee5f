"""Files as they lie in the folder of a month: totals, empty and scrambled tables, files not read, folders."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.errors import SourceError
from geodata.intake.converting import convert
from geodata.intake.delivery import Delivery, delivered_files, recognised_sheets
from geodata.intake.doubts import unread_faults
from geodata.intake.issues import Issues, sentences
from geodata.intake.layouts import header_key
from geodata.intake.schema import Schema
from tests.geodata.intake.test_repeats import MONTHS, _value

SCHEMA = Schema()
TEMPLATES = [layout for layout in SCHEMA.layouts if layout.name.startswith("template_")]
CERTIFICATES = [
    column
    for table in SCHEMA.tables.values()
    for column in table.columns.values()
    if column.kind == "certificate"
]


def _by(layout):
    return layout.name


def _columns(layout):
    return [column for column in layout.tables[0].columns.values() if not column.derived]


def _frame(layout):
    """Return three rows under the titles of a table, as texts."""
    return pd.DataFrame(
        {
            one.title["zh"]: [str(_value(one, row, MONTHS[0])) for row in range(3)]
            for one in _columns(layout)
        }
    )


def _told(issues):
    listed = issues.frame()
    said = sentences(listed, SCHEMA.tables, "zh")
    assert "{" not in "".join([*said["sentence"], *said["advice"]])
    return listed


@pytest.mark.parametrize("layout", TEMPLATES, ids=_by)
@pytest.mark.parametrize("figure", ["", "1134", "1,134 户"])
def test_a_total_at_the_end_is_no_row(layout, figure, tmp_path):
    frame = _frame(layout)
    words = [one.kind != "code" for one in _columns(layout)]
    total = [figure if word else "" for word in words]
    total[0] = "合计"
    frame.loc[3] = total
    file = tmp_path / f"{layout.title['zh']}.csv"
    frame.to_csv(file, index=False, encoding="utf-8-sig")
    (sheet,) = recognised_sheets(file)
    assert list(sheet.rows) == [2, 3, 4]


@pytest.mark.parametrize("layout", SCHEMA.layouts, ids=_by)
def test_a_table_that_is_empty_where_it_had_rows_is_a_warning(layout):
    for count, check in ((19, "no_rows"), (20, "rows_gone")):
        issues = Issues(SCHEMA.tables)
        delivery = Delivery(emptied=[("表.xlsx", "sheet1", layout.name)])
        delivery.report(issues, {layout.name: {"990101100": count - 9, "990101101": 9}})
        told = _told(issues)
        assert list(told["check"]) == [check]


@pytest.mark.parametrize("layout", TEMPLATES, ids=_by)
@pytest.mark.parametrize(
    ("written", "taken"), [("gb18030", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "gb18030")]
)
def test_a_scrambled_table_is_told_as_such(layout, written, taken, tmp_path):
    text = _frame(layout).to_csv(index=False)
    file = tmp_path / "表.csv"
    scrambled = text.encode(written).decode(taken, "replace").replace("\ufffd", "?")
    file.write_text(scrambled, encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        recognised_sheets(file)
    assert "乱码" in refused.value.sentence("zh")


@pytest.mark.parametrize("suffix", ["et", "wps", "dbt", "zip", "rar", "pdf", "jpg", "unknown"])
def test_every_file_that_is_not_read_is_named_with_what_to_do(suffix):
    name = f"责任人.{suffix}"
    issues = Issues(SCHEMA.tables)
    Delivery(unread=[name]).report(issues, {})
    told = _told(issues)
    assert list(told["file"]) == [name]
    (fault,) = unread_faults([name])
    assert name in fault.sentence
    assert "另存为" in fault.sentence


@pytest.mark.parametrize("column", CERTIFICATES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "hidden", ["990121********0012", "9901**********0012", "990121XXXXXXXX0012"]
)
def test_masked_certificates_are_told_as_masked(column, hidden):
    converted = convert(pd.Series([hidden, hidden, ""]), column)
    assert {name: mask.tolist() for name, mask in converted.faults.items() if mask.any()} == {
        "certificate_masked": [True, True, False]
    }
    assert converted.values.isna().all()


def test_a_file_in_a_folder_is_read_and_named(tmp_path):
    (layout,) = [one for one in TEMPLATES if one.name == "template_visit"]
    file = tmp_path / "旧表" / "入户走访.csv"
    file.parent.mkdir()
    _frame(layout).to_csv(file, index=False, encoding="utf-8-sig")
    assert delivered_files(tmp_path) == [file]
    sheets = recognised_sheets(file)
    below = [type(sheets[0])(**{**vars(sheets[0]), "file": "旧表/入户走访.csv"})]
    issues = Issues(SCHEMA.tables)
    Delivery(sheets=below).report(issues, {})
    told = _told(issues)
    assert list(zip(told["check"], told["value"], strict=True)) == [("in_subfolder", "旧表")]
    assert header_key(told["file"][0]) == "旧表/入户走访.csv"
