"""A layout of upstream files: a YAML in the workspace is enough, and a broken one is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geodata.config import make_workspace, read_config
from geodata.errors import SourceError
from geodata.intake.importing import import_month
from geodata.store import SnapshotStore
from geodata.themes import find_themes

MONTH = "2025-03"
LAYOUT = """
title: {zh: 卫健系统走访表, en: visits of the health office}
tables: [visit]
words: [卫健走访]
marks: [[家庭号], [上门时间]]
columns: {household_code: [家庭号], day: [上门时间], visitor: [医生]}
constants: {role: 驻村工作队}
ignored: [序号]
months: [报表所属]
"""
PLACES = "区划代码,名称,级别\n990101,示例县,县\n990101100,青龙镇,乡镇\n990101100201,上河村,村\n"
HOUSEHOLDS = "乡,村,户编号,户主姓名,家庭人口数\n青龙镇,上河村,H1,张三,2\n"
VISITS = "序号,家庭号,上门时间,医生,报表所属\n1,H1,2025-03-05,李四,{month}\n"


def _workspace(folder: Path, *, layout: str | None = LAYOUT, month: str = "202503") -> Path:
    made = make_workspace(folder, code="990101", name="示例县")
    files = {"区划": PLACES, "户信息": HOUSEHOLDS, "卫健": VISITS.format(month=month)}
    raw = made / "raw" / MONTH
    raw.mkdir(parents=True)
    for name, content in files.items():
        (raw / f"{name}.csv").write_text(content, encoding="utf-8")
    if layout is not None:
        (made / "layouts").mkdir()
        (made / "layouts" / "卫健.yaml").write_text(layout, encoding="utf-8")
    return made


def _import(folder: Path):
    schema = find_themes(folder).schema
    return import_month(read_config(folder), MONTH, who="clerk", at="now", schema=schema)


def test_layout_of_a_workspace_imports_its_file(tmp_path):
    folder = _workspace(tmp_path / "county")
    result = _import(folder)
    assert [s.layout for s in result.manifest.sources if s.file == "卫健.csv"] == ["卫健"]
    store = SnapshotStore(folder / "store")
    visits = pd.read_parquet(store.files(result.manifest.snapshot, "visit")[0])
    row = visits.iloc[0]
    assert (row["household_code"], str(row["day"]), row["visitor"]) == (
        "H1",
        "2025-03-05",
        "李四",
    )
    assert row["role"] == "驻村工作队"
    assert "unknown_header" not in set(result.issues["check"])


def test_layout_of_one_workspace_is_not_one_of_another(tmp_path):
    _import(_workspace(tmp_path / "with"))
    with pytest.raises(SourceError, match=r"卫健\.csv"):
        _import(_workspace(tmp_path / "without", layout=None))


def test_column_that_a_layout_names_says_the_month(tmp_path):
    with pytest.raises(SourceError, match=r"E2.*202502"):
        _import(_workspace(tmp_path / "county", month="202502"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tables: [visit]", "tables: [visits]", ("tables", "visits", "visit")),
        ("tables: [visit]", "tables: visit", ("tables", "visit")),
        ("tables: [visit]", "tables: []", ("tables",)),
        ("tables: [visit]\n", "", ("tables",)),
        ("marks: [[家庭号], [上门时间]]", "marks: [家庭号]", ("marks", "家庭号")),
        ("marks: [[家庭号], [上门时间]]", "marks: []", ("marks",)),
        ("words: [卫健走访]", "words: 卫健走访", ("words", "卫健走访")),
        ("words:", "word:", ("word", "words")),
        ("{household_code:", "{household:", ("household", "household_code")),
        ("visitor: [医生]", "visitor: 医生", ("visitor", "医生")),
        ("{role:", "{roles:", ("roles", "role")),
        ("constants: {role: 驻村工作队}", "constants: 工作队", ("constants", "工作队")),
        ("ignored: [序号]", "measures: {产业: 产业}", ("measures", "产业")),
        ("ignored: [序号]", "measures: [产业]", ("measures", "产业")),
        ("ignored: [序号]", "rank: 高", ("rank", "高")),
        ("ignored: [序号]", "ignored: [[序号]]", ("ignored", "序号")),
        ("title: {zh: 卫健系统走访表, en: visits of the health office}", "title: 走访", ("title", "走访")),
        ("title:", "title", ("卫健.yaml",)),
        (LAYOUT, "- a", ("卫健.yaml",)),
        (LAYOUT, "a: [", ("卫健.yaml",)),
    ],
)  # fmt: skip
def test_broken_layout_is_named_and_the_others_are_there(tmp_path, old, new, said):
    assert old in LAYOUT
    folder = _workspace(tmp_path / "county", layout=LAYOUT.replace(old, new))
    (folder / "layouts" / "whole.yaml").write_text(LAYOUT, encoding="utf-8")
    registry = find_themes(folder)
    (fault,) = registry.faults
    for lang in ("zh", "en"):
        sentence = fault.sentence(lang)
        assert "卫健.yaml" in sentence
        assert all(word in sentence for word in said), sentence
    assert [layout.name for layout in registry.sheets] == ["whole"]


def test_layout_with_the_name_of_another_is_named(tmp_path):
    folder = _workspace(tmp_path / "county", layout=None)
    (folder / "layouts").mkdir()
    (folder / "layouts" / "households.yaml").write_text(LAYOUT, encoding="utf-8")
    (fault,) = find_themes(folder).faults
    assert "households" in fault.sentence("en")


@pytest.mark.parametrize(
    ("column", "value"),
    [("role", "队员"), ("minutes", "many"), ("visitor", "[a]"), ("household_code", "true")],
)
def test_a_constant_that_its_column_cannot_hold_is_told(tmp_path, column, value):
    layout = LAYOUT.replace("{role: 驻村工作队}", f"{{{column}: {value}}}")
    (fault,) = find_themes(_workspace(tmp_path / "county", layout=layout)).faults
    for word in ("卫健.yaml", "constants", column, value.strip("[]").capitalize()[:3].lower()):
        assert word in fault.sentence("en").lower()


def test_all_that_is_wrong_with_a_layout_is_told_at_once(tmp_path):
    layout = LAYOUT
    for before, after in (
        ("ignored:", "ingored:"),
        ("{role:", "{rol:"),
        ("{household_code:", "{household_cod:"),
    ):
        layout = layout.replace(before, after)
    (fault,) = find_themes(_workspace(tmp_path / "county", layout=layout)).faults
    for word in ("ingored", "rol", "household_cod", "constants", "columns"):
        assert f"{word}" in fault.sentence("en")
    assert fault.sentence("en").count("nearest") >= 3


def test_a_layout_that_asks_what_another_asks_is_told(tmp_path):
    folder = _workspace(tmp_path / "county")
    (folder / "layouts" / "疾控.yaml").write_text(LAYOUT, encoding="utf-8")
    (fault,) = find_themes(folder).faults
    for word in ("疾控.yaml", "卫健", "marks"):
        assert word in fault.sentence("en")
    told_apart = LAYOUT.replace("[[家庭号]", "[[疾控号], [家庭号]")
    (folder / "layouts" / "疾控.yaml").write_text(told_apart, encoding="utf-8")
    assert find_themes(folder).faults == ()
