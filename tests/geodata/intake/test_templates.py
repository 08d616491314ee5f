"""Our own templates are recognised and read back."""

from __future__ import annotations

import openpyxl
import pytest

from geodata.config import make_workspace, read_config
from geodata.errors import SourceError
from geodata.intake.importing import import_month
from geodata.intake.layouts import recognise
from geodata.intake.schema import Schema
from geodata.intake.templates import key_lines, template_headers, write_templates
from geodata.tables import enumerations, table, tables

MONTH = "2025-03"
CODES = {
    "place_code": "990101100201", "household_code": "H1", "person_code": "P1", "works_code": "W1",
    "zone_code": "Z1", "site_code": "S1", "workshop_code": "C1", "birth_day": "1980-01-01",
    "households": "9", "persons": "9", "wage_income": "100", "net_income": "102",
    "per_capita_income": "102", "collective_income": "4", "result": "0.5",
}  # fmt: skip


@pytest.mark.parametrize("name", tables())
def test_headers_of_a_template_are_recognised_as_its_table(name):
    layouts = Schema().layouts
    found = recognise(
        template_headers(table(name)), name=f"{table(name).label('zh')}.xlsx", layouts=layouts
    )
    assert found is not None
    assert found.tables[0].name == name


def test_filled_templates_of_all_tables_are_imported_without_a_finding(tmp_path):
    folder = make_workspace(tmp_path / "county", code="990101", name="示例县")
    month = folder / "raw" / MONTH
    for file in write_templates(month):
        _fill(file)
    result = import_month(read_config(folder), MONTH, who="clerk", at="2025-04-01")
    assert result.issues[["check", "file", "header", "value"]].values.tolist() == []
    rows = result.manifest.rows()
    assert {name: rows[name] for name in tables()} == {
        name: 3 if name == "place" else 1 for name in tables()
    }


def _fill(file):
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    name = next(name for name, entry in tables().items() if entry.label("zh") == sheet.title)
    if name == "place":
        rows = [("990101", "示例县"), ("990101100", "青龙镇"), ("990101100201", "上河村")]
        for row in rows:
            sheet.append(row)
    else:
        columns = {column.title["zh"]: column for column in table(name).columns.values()}
        sheet.append(
            [
                _cell(columns[header]) if header in columns else ""
                for header in template_headers(table(name))
            ]
        )
    book.save(file)


def _cell(column):
    if CODES.get(column.name):
        return CODES[column.name]
    if column.choice:
        return enumerations()[column.choice].choices[0].title["zh"]
    samples = {
        "month": MONTH,
        "day": "2025-03-05",
        "flag": "否",
        "count": "1",
        "place": "990101100201",
        "certificate": "",
    }
    if column.kind in ("money", "number"):
        return str(int(column.usual[0]) if column.usual else 1)
    return samples.get(column.kind, "文字")


def test_every_key_of_every_table_and_column_is_listed():
    lines = key_lines(lang="en")
    assert [line.split()[0] for line in lines if line[0] != " "] == list(tables())
    told = [tuple(line.split()[:3]) for line in lines if line[0] == " "]
    assert told == [
        (column.name, column.kind, column.privacy)
        for one in tables().values()
        for column in one.columns.values()
    ]
    household = key_lines(["household"])
    assert len(household) == 1 + len(table("household").columns)
    for line, column in zip(household[1:], table("household").columns.values(), strict=True):
        values = column.choices.values if column.choices is not None else ()
        assert line.endswith(" | ".join(values))
        assert bool(values) == (" | " in line)


def test_unknown_table_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(SourceError, match="household"):
        write_templates(tmp_path, ["households"])
    with pytest.raises(SourceError, match="household"):
        key_lines(["households"])
