"""A month's files into a snapshot: found, checked, counted, explained."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from geodata.config import make_workspace, read_config
from geodata.errors import SourceError
from geodata.intake.converting import MISSING
from geodata.intake.delivery import read_delivery
from geodata.intake.importing import import_month
from geodata.intake.issues import sentences
from geodata.intake.layouts import bindings
from geodata.intake.schema import Schema
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month

MONTH = "2025-03"
PLACES = """区划代码,名称,级别
990101,示例县,县
990101100,青龙镇,乡镇
990101101,白马乡,乡镇
990101100201,上河村,村
990101100202,下河村,村
990101101201,大坪村,村
"""
PERSONS = [
    "县", "乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "人数", "与户主关系", "文化程度",
    "健康状况", "劳动技能", "务工时间(月)", "人均纯收入", "户类型", "易返贫致贫户(监测对象)类型",
    "风险识别时间", "产业帮扶",
]  # fmt: skip
GOOD = {
    "县": "示例县", "乡(镇)": "青龙镇", "行政村": "上河村", "户编号": "H1", "人编号": "P1", "姓名": "张三",
    "人数": "1", "与户主关系": "户主", "文化程度": "小学", "健康状况": "健康", "劳动技能": "普通劳动力",
    "务工时间(月)": "6", "人均纯收入": "8500", "户类型": "脱贫户",
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    folder = make_workspace(tmp_path / "county", code="990101", name="示例县")
    _write(folder, "区划.csv", PLACES)
    return folder


def _write(folder: Path, name: str, content: str, month: str = MONTH) -> None:
    file = folder / "raw" / month / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8-sig")


def _persons(
    folder: Path, *rows: dict, month: str = MONTH, name: str = "（自定义）监测对象信息.xlsx"
) -> None:
    """Write the export of persons: two title rows, the header on the third, all text."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["（自定义）监测对象信息"])
    sheet.append(["导出单位:示例县", "", "数据日期", month.replace("-", "")])
    sheet.append(["序号", *PERSONS])
    for number, row in enumerate(rows, 1):
        filled = GOOD | row
        sheet.append([str(number), *(filled.get(column, "") for column in PERSONS)])
    file = folder / "raw" / month / name
    file.parent.mkdir(exist_ok=True)
    book.save(file)


def _import(folder: Path, month: str = MONTH):
    return import_month(read_config(folder), month, who="clerk", at="2025-04-01T08:00:00")


def _found(result) -> set[tuple]:
    issues = result.issues
    return set(
        zip(issues["check"], issues["row"].fillna(0), issues["header"].fillna(""), strict=True)
    )


def _read(folder: Path, sql: str, month: str = MONTH) -> pd.DataFrame:
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(folder / "store"), month)
        return engine.frame(sql)


def test_export_of_persons_gives_persons_households_and_measures(workspace):
    _persons(
        workspace,
        {"人数": "2", "产业帮扶": "养牛"},
        {"人编号": "P2", "人数": "2", "与户主关系": "配偶", "产业帮扶": "养牛"},
    )
    result = _import(workspace)
    assert _found(result) == set()
    household = _read(workspace, "SELECT * FROM household").iloc[0]
    assert (household["place_code"], household["per_capita_income"]) == ("990101100201", 850000)
    assert _read(workspace, "SELECT COUNT(*) AS n FROM person").loc[0, "n"] == 2
    measures = _read(workspace, "SELECT household_code, kind, detail, place_code FROM measure")
    assert measures.values.tolist() == [["H1", "industry", "养牛", "990101100201"]]


def test_code_in_full_width_is_the_same_household(workspace):
    _persons(
        workspace,
        {"人数": "2", "产业帮扶": "养牛"},
        {
            "户编号": "Ｈ １",
            "人编号": "Ｐ２",
            "人数": "2",
            "与户主关系": "配偶",
            "产业帮扶": "养牛",
        },
    )
    result = _import(workspace)
    assert _found(result) == {("code_rewritten", 5, "户编号"), ("code_rewritten", 5, "人编号")}
    assert set(result.issues["severity"]) == {"notice"}
    for name, count in (("household", 1), ("person", 2), ("measure", 1)):
        found = _read(workspace, f"SELECT household_code AS h FROM {name}")["h"].tolist()
        assert found == ["H1"] * count


def test_bad_values_are_unknown_and_named_by_file_row_and_column(workspace):
    _persons(
        workspace,
        {"务工时间(月)": "13", "人均纯收入": "一万", "风险识别时间": "202504", "文化程度": "博士"},
    )
    result = _import(workspace)
    assert _found(result) == {
        ("out_of_range", 4, "务工时间(月)"),
        ("not_a_number", 4, "人均纯收入"),
        ("future_month", 4, "风险识别时间"),
        ("unknown_choice", 4, "文化程度"),
    }
    assert set(result.issues["file"]) == {"（自定义）监测对象信息.xlsx"}
    assert _read(workspace, "SELECT per_capita_income AS i FROM household")["i"].isna().all()
    assert _read(workspace, "SELECT education AS e FROM person").loc[0, "e"] == "博士"


def test_rows_read_are_rows_stored_and_rows_set_aside(workspace):
    _persons(
        workspace,
        {},
        {},
        {"人均纯收入": "9000", "劳动技能": "技能劳动力"},
        {"户编号": "H2", "行政村": "无名村"},
        {"户编号": "H3", "人编号": ""},
    )
    result = _import(workspace)
    source = next(s for s in result.manifest.sources if "监测" in s.file)
    assert (source.rows, source.stored, source.set_aside) == (5, 1, 4)
    checks = result.issues[result.issues["set_aside"]].set_index("row")["check"].to_dict()
    assert checks == {5: "repeated_row", 6: "repeated_key", 7: "unknown_place", 8: "required_empty"}
    aside = _aside(workspace, result)
    assert list(aside["row"]) == [5, 6, 7, 8]


def _aside(folder, result):
    store = SnapshotStore(folder / "store")
    return pd.read_parquet(store.files(result.manifest.snapshot, "set_aside")[0])


def test_names_and_numbers_of_people_are_masked_in_issues(workspace):
    _persons(workspace, {"证件号码": "110105194912310021"})
    result = _import(workspace)
    assert list(result.issues["value"]) == ["11*************021"]
    assert "194912" not in " ".join(sentences(result.issues, result.tables)["sentence"])


@pytest.mark.parametrize(
    ("township", "village", "step"),
    [
        ("青龙镇", "上河村", "name"),
        ("青龙镇", "上河村委会", "normalised_name"),
        ("青龙乡", "上 河 村", "normalised_name"),
        ("青龍鎮", "上河村", "normalised_name"),
        ("某县青龙镇", "上河村", "normalised_name"),
        ("青龙镇", "青龙镇上河村委会", "normalised_name"),
    ],
)
def test_place_names_are_found_in_their_usual_spellings(workspace, township, village, step):
    _persons(workspace, {"乡(镇)": township, "行政村": village})
    result = _import(workspace)
    assert list(result.places["step"]) == [step]
    assert list(result.places["code"]) == ["990101100201"]


def test_similar_name_is_proposed_but_not_taken(workspace):
    _persons(workspace, {"行政村": "上何村"})
    result = _import(workspace)
    assert result.places.loc[0, ["outcome", "proposal"]].tolist() == [
        "unmatched",
        "上河村 990101100201",
    ]
    assert _found(result) == {("unknown_place", 4, "行政村")}


def test_decision_and_alias_of_the_settings_place_a_name(workspace):
    with (workspace / "guatu.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[places.decisions]]\ntownship = "青龙镇"\nname = "上何村"\ncode = "990101100201"\n'
        )
    settings = workspace / "guatu.toml"
    settings.write_text(
        settings.read_text("utf-8").replace(
            "[places.aliases]", '[places.aliases]\n"老坪" = "大坪村"'
        ),
        encoding="utf-8",
    )
    _persons(
        workspace,
        {"行政村": "上何村"},
        {"户编号": "H2", "人编号": "P2", "乡(镇)": "白马乡", "行政村": "老坪"},
    )
    result = _import(workspace)
    assert _found(result) == set()
    assert set(result.places["step"]) == {"decision", "alias"}


def test_bad_file_stops_everything_and_all_faults_are_named(workspace):
    _persons(workspace, {})
    _import(workspace)
    before = (workspace / "store" / "pointer.json").read_bytes()
    _write(workspace, "说明.csv", "甲,乙\n1,2\n")
    (workspace / "raw" / MONTH / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(SourceError) as caught:
        _import(workspace)
    sentence = caught.value.sentence("zh")
    assert "说明.csv" in sentence
    assert "坏.xlsx" in sentence
    assert (workspace / "store" / "pointer.json").read_bytes() == before


def test_kind_of_source_of_a_works_is_kept(workspace):
    head = "工程编号,工程名称,行政村代码,工程类型,水源类型\n"
    _write(workspace, "供水工程.csv", f"{head}W1,一厂,990101100201,小型集中供水,山泉水\n")
    _persons(workspace, {})
    _import(workspace)
    works = _read(workspace, "SELECT works_code, source FROM works")
    assert works.to_numpy().tolist() == [["W1", "spring"]]


def test_month_without_files_is_refused(workspace):
    with pytest.raises(SourceError, match="2025-07"):
        _import(workspace, "2025-07")


def test_county_without_a_list_of_places_is_told_how_to_get_one(tmp_path):
    folder = make_workspace(tmp_path, code="990101")
    _persons(folder, {})
    with pytest.raises(SourceError, match="assign = true"):
        _import(folder)


def test_places_are_assigned_and_keep_their_codes_in_later_months(tmp_path):
    folder = make_workspace(tmp_path, code="990101")
    settings = folder / "guatu.toml"
    settings.write_text(settings.read_text("utf-8").replace("# assign", "assign"), encoding="utf-8")
    _persons(folder, {"行政村": "丙村"})
    _persons(folder, {"行政村": "丙村"}, {"户编号": "H2", "行政村": "甲村"}, month="2025-04")
    _import(folder)
    _import(folder, "2025-04")
    codes = _read(folder, "SELECT household_code, place_code FROM household ORDER BY 1", "2025-04")
    assert codes["place_code"].tolist() == ["990101001001", "990101001002"]


def test_ledger_rows_of_unknown_households_and_months_to_come_are_set_aside(workspace):
    _persons(workspace, {})
    _write(
        workspace,
        "台账.csv",
        "户编号,年月,收支项目,金额\nH1,2025-03,a1,100\nH9,2025-03,a1,1\nH1,2025-04,a1,1\nH1,202502,务工收入,-1\n",
    )
    result = _import(workspace)
    assert _found(result) == {
        ("unknown_household", 3, "户编号"), ("future_month", 4, "年月"), ("out_of_range", 5, "金额"),
    }  # fmt: skip
    told = result.issues.set_index("check")["set_aside"]
    assert told.to_dict() == {
        "unknown_household": True, "future_month": True, "out_of_range": False,
    }  # fmt: skip
    stored = _read(workspace, "SELECT month, amount FROM ledger ORDER BY month DESC")
    assert stored["amount"].fillna(-1).tolist() == [10000, -1]


def test_a_household_in_the_sheet_of_another_village_is_named_and_stays_where_the_list_has_it(
    workspace,
):
    _persons(workspace, {}, {"户编号": "H2", "人编号": "P2", "行政村": "下河村"})
    lines = "户编号,行政村代码,最近一次排查日期\nH1,990101100202,2025-03-02\nH2,990101100202,2025-03-02\n"
    _write(workspace, "入户排查表.csv", lines)
    result = _import(workspace)
    assert _found(result) == {("other_village", 2, "行政村代码")}
    (told,) = result.issues[["value", "detail"]].itertuples(index=False, name=None)
    assert told == ("990101100202", "990101100201")
    stored = _read(workspace, "SELECT household_code, place_code FROM survey ORDER BY 1")
    assert stored["place_code"].tolist() == ["990101100201", "990101100202"]


def test_an_account_row_that_cannot_be_read_is_kept_so_that_its_month_is_not_known(workspace):
    _persons(workspace, {})
    lines = ("H1,2025-03,a1,100", "H1,2025-03,z9,500", "H1,2025-03,a2,约五百", "H1,2025-02,a1,")
    more = (f"H1,20240{month},a1,9" for month in range(4, 9))
    _write(workspace, "台账.csv", "\n".join(["户编号,年月,收支项目,金额", *lines, *more]) + "\n")
    result = _import(workspace)
    rows = _read(workspace, "SELECT month, item, amount FROM ledger WHERE month > '2025'")
    found = rows.astype(object).where(rows.notna(), None).itertuples(index=False, name=None)
    assert set(found) == {
        ("2025-03", "a1", 10000), ("2025-03", "z9", 50000), ("2025-03", "a2", None),
        ("2025-02", "a1", None),
    }  # fmt: skip
    source = next(one for one in result.manifest.sources if one.file == "台账.csv")
    assert (source.rows, source.stored, source.set_aside) == (9, 9, 0)


def test_a_column_of_an_account_that_is_mostly_wrong_is_not_taken_for_gaps(workspace):
    _persons(workspace, {})
    lines = ("H1,2025-03,a1,甲", "H1,2025-03,a2,乙", "H1,2025-03,a3,1")
    _write(workspace, "台账.csv", "\n".join(["户编号,年月,收支项目,金额", *lines]) + "\n")
    result = _import(workspace)
    assert result.issues["set_aside"].sum() >= 2
    assert _read(workspace, "SELECT item FROM ledger")["item"].tolist() == ["a3"]


def test_household_known_last_month_serves_a_month_without_the_list(workspace):
    _persons(workspace, {})
    _import(workspace)
    _write(workspace, "台账.csv", "户编号,年月,收支项目,金额\nH1,2025-04,a1,100\n", "2025-04")
    result = _import(workspace, "2025-04")
    assert _found(result) == {("feed_missing", 0, "（自定义）监测对象信息")}
    assert _read(workspace, "SELECT place_code FROM ledger", "2025-04")["place_code"].tolist() == [
        "990101100201"
    ]


def _many(count, **given):
    codes = [f"{given.get('乡(镇)', '')}{n}" for n in range(count)]
    return [{"户编号": code, "人编号": f"P{code}", **given} for code in codes]


def test_missing_township_and_jump_are_reported_at_the_limit(workspace):
    other = {"乡(镇)": "白马乡", "行政村": "大坪村"}
    _persons(workspace, *_many(50), *_many(50, **other))
    _import(workspace)
    _persons(workspace, *_many(65), *_many(35, **other), month="2025-04")
    assert _found(_import(workspace, "2025-04")) == set()
    _persons(workspace, *_many(66), month="2025-04")
    checks = set(_import(workspace, "2025-04").issues["check"])
    assert checks == {"jump", "township_missing", "households_changed"}


def test_second_source_of_a_household_is_compared(workspace):
    _persons(workspace, {})
    _write(
        workspace,
        "（乡村建设）户信息.csv",
        "县,乡,村,户编号,户主姓名,人均纯收入,住房面积\n示例县,青龙镇,上河村,H1,张三,9000,100\n示例县,青龙镇,上河村,H2,李四,7000,80\n",
    )
    result = _import(workspace)
    assert _found(result) == {("sources_differ", 2, "人均纯收入")}
    rows = _read(
        workspace,
        "SELECT per_capita_income AS i, house_area AS a FROM household ORDER BY household_code",
    )
    assert rows["i"].tolist() == [850000, 700000]
    assert rows["a"].tolist() == [100.0, 80.0]


def test_different_values_for_one_household_within_a_file_are_reported(workspace):
    _persons(
        workspace,
        {"人数": "2"},
        {"人编号": "P2", "人数": "2", "与户主关系": "配偶", "人均纯收入": "8600"},
    )
    assert _found(_import(workspace)) == {("household_differs", 5, "人均纯收入")}


def test_two_heads_and_a_certificate_twice_are_found(workspace):
    number = {"证件号码": "11010519491231002X", "劳动技能": "弱劳动力或半劳动力"}
    _persons(workspace, {"人数": "2", **number}, {"人编号": "P2", "人数": "2", **number})
    found = {(check, row) for check, row, _ in _found(_import(workspace))}
    assert found == {("two_heads", 5), ("certificate_twice", 4), ("certificate_twice", 5)}


def test_same_files_give_the_same_bytes(workspace, tmp_path):
    _persons(workspace, {"人数": "3"})
    digests = [{f.path: f.sha256 for f in _import(workspace).manifest.files} for _ in range(2)]
    assert digests[0] == digests[1]


def test_every_check_has_a_severity_and_its_sentences():
    from geodata import i18n
    from geodata.intake.consistency import consistencies
    from geodata.intake.issues import severities

    names = {key.removeprefix("issues.") for key in i18n.CATALOGUE if key.startswith("issues.")}
    assert names == {*severities(), *(f"{name}_advice" for name in severities())}
    assert {check.name for check in consistencies()} <= set(severities())


@pytest.mark.xdist_group("sample")
def test_every_filled_column_of_the_sample_reaches_the_snapshot(sample: Path) -> None:
    """Whatever a file brings under a header that is understood is stored, in every table."""
    store, schema = SnapshotStore(sample / "store"), Schema()
    month = store.months()[-1]
    snapshot = store.snapshot_of(month)
    filled: dict[str, set[str]] = {}
    for sheet in read_delivery(
        read_config(sample), month, step=lambda name: None, schema=schema
    ).sheets:
        brought = ~sheet.table.frame.isin(MISSING)
        for binding in bindings(sheet.layout, list(brought.columns)):
            if brought[list(binding.headers)].all(axis=1).any():
                filled.setdefault(binding.table, set()).add(binding.column)
    lost = {
        name: sorted(columns - _known_columns(store, snapshot, name))
        for name, columns in filled.items()
    }
    assert {name: columns for name, columns in lost.items() if columns} == {}
    assert {"valid_to", "successor_code"} <= filled["place"]
    assert sum(map(len, filled.values())) > 150, "fewer columns than the sample brings"


def _known_columns(store: SnapshotStore, snapshot: str, name: str) -> set[str]:
    """Return the columns of a stored table that have a value in some row."""
    frame = pd.concat(pd.read_parquet(file) for file in store.files(snapshot, name))
    return set(frame.columns[frame.notna().any()])


def test_what_a_list_says_of_a_place_is_kept_until_a_newer_list_comes(workspace):
    head, *rows = PLACES.splitlines()
    told = "停用年月,继任代码,启用年月,曾用名,城乡分类代码"
    lines = [f"{row},,,,," for row in rows[:-2]]
    gone = f"{rows[-2]},202412,990101100201,202001,沙坝,220"
    _write(workspace, "区划.csv", "\n".join([f"{head},{told}", *lines, gone, f"{rows[-1]},,,,,"]))
    _persons(workspace, {})
    _import(workspace)
    _persons(workspace, {}, month="2025-04")
    _import(workspace, "2025-04")
    for month in (MONTH, "2025-04"):
        listed = _read(workspace, "SELECT * FROM place", month).set_index("place_code")
        merged = listed.loc["990101100202"]
        assert merged[
            ["valid_to", "successor_code", "valid_from", "aliases", "urban_rural"]
        ].tolist() == ["2024-12", "990101100201", "2020-01", "沙坝", "220"]
        assert listed["successor_code"].notna().sum() == 1
