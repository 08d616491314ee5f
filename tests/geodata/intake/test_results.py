"""Results of tests: read in the unit of what was tested, refused in another, compared by item."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from geodata.intake.amounts import read_amount
from geodata.intake.layouts import NUMBERS
from geodata.intake.results import in_unit_of, measured_columns, read_results
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month
from geodata.tables import tables
from geodata.themes import own_themes
from tests.geodata.intake.damages import BEFORE, MONTH, county_of, delivery, made_county, run

WATER = "水质检测"
MEASURED = [one for entry in tables().values() for one in measured_columns(entry)]
ITEMS = [
    (one, choice)
    for one in MEASURED
    for choice in (one.item.choices.choices if one.item.choices else ())
]
WRITTEN = ("元", "亩", "人", "户", "个", "天", "月", "分钟", "度", "公里", "米", "平方米", "升")
# A number of these has no unit that anybody writes.
UNITLESS = {"skills", ""}


def _read(measured, item, text):
    return read_results(pd.Series([text]), pd.Series([item]), measured)


def test_every_column_of_numbers_is_in_a_unit_that_cells_may_name_and_refuses_others():
    for entry in tables().values():
        for column in entry.columns.values():
            if column.kind not in NUMBERS or column.unit in UNITLESS:
                continue
            written = set(map(str.casefold, (column.unit, *WRITTEN)))
            read = [read_amount(f"12{unit}", column) for unit in written]
            assert [one.value for one in read if one is not None and not one.converted], column
            assert read_amount("12美元", column) is None
            assert read_amount("7。70", column).value == 7.7


def test_every_text_that_features_read_as_a_number_is_read_as_one_when_it_comes_in():
    measured = {one.text.name for one in MEASURED}
    texts = {c.name for t in tables().values() for c in t.columns.values() if c.kind == "text"}
    cast = re.compile(r"CAST\(([^()]*(?:\([^()]*\)[^()]*)*) AS (?:DOUBLE|BIGINT|INTEGER|DECIMAL)")
    told = 0
    for theme in own_themes():
        for file in sorted(theme.folder.rglob("*.sql")):
            for inner in cast.findall(file.read_text(encoding="utf-8")):
                words = set(re.findall(r"\w+", inner)) & texts
                assert words <= measured, (file, inner)
                told += len(words)
    assert told


@pytest.mark.parametrize(("measured", "choice"), ITEMS, ids=lambda one: getattr(one, "value", ""))
def test_results_are_read_in_the_unit_of_their_item_and_no_other(measured, choice):
    column = in_unit_of(measured.number, measured.item, choice.value)
    for text in ("0.4", "0。4", "０．４", f"0.4{choice.unit}"):
        assert _read(measured, choice.value, text).values.tolist() == [0.4], text
    if choice.unit == "mg/L":
        for unit in ("ug/L", "μg/L", "µg/L", "微克/升"):
            read = _read(measured, choice.value, f"400.00{unit}")
            assert read.values.tolist() == pytest.approx([0.4])
            assert list(read.faults) == ["unit_converted"]
    for text, fault in (
        ("0.4公里", "result_unit"),
        ("0.4-0.6", "not_a_number"),
        (">0.4", "not_a_number"),
        ("合格", "not_a_number"),
    ):
        read = _read(measured, choice.value, text)
        assert read.values.isna().all(), text
        assert list(read.faults) == [fault], text
    for text in ("<0.4", "≤0.4", "＜0.4", "未检出", "ND"):
        read = _read(measured, choice.value, text)
        assert read.values.isna().all(), text
        assert read.censored.tolist() == [True], text
        assert not set(read.faults) - {"approximate_value"}
    if column.high is not None:
        assert "impossible_result" in _read(measured, choice.value, f"{column.high * 2}").faults


def _samples(month: str, text=lambda value: f"{value:.3f}", items=None) -> pd.DataFrame:
    rows = [
        (f"S{number:03d}", "W1", f"{month}-{1 + number % 28:02d}", item, text(value + number / 100))
        for item, value in (items or {"氟化物": 0.2, "硝酸盐": 2.0, "铁": 5.0}).items()
        for number in range(24)
    ]
    return pd.DataFrame(rows, columns=["样品编号", "工程编号", "采样日期", "检测项目", "检测结果"])


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    county = made_county(tmp_path_factory.mktemp("results") / "county")
    made = delivery(county, BEFORE)
    made.tables[WATER] = _samples(BEFORE)
    made.write()
    run(county, BEFORE)
    return county


def _now(base, folder, samples):
    county = county_of(base, folder / "county")
    made = delivery(county)
    made.tables[WATER] = samples
    made.write()
    return county, run(county).issues


@pytest.mark.parametrize(
    ("text", "checks"),
    [
        (lambda value: f"{value:.3f}", set()),
        (lambda value: f"{value:.3f}mg/L", set()),
        (lambda value: f"{value * 1000:.0f}ug/L", {"unit_converted"}),
        (lambda value: f"{value * 20:.3f}", {"results_shift"}),
        (lambda value: f"{value / 1000:.6f}", {"results_shift"}),
        (lambda value: f"{value:.3f}" + "公里" * (value < 1), {"result_unit"}),
        (lambda value: f"{value * 1e3 ** (1 + (value < 1)) / 1e3:.1f}", {"impossible_result"}),
    ],
)
def test_results_in_another_unit_are_converted_or_told(base, tmp_path, text, checks):
    county, issues = _now(base, tmp_path, _samples(MONTH, text))
    assert set(issues["check"]) == checks
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(county / "store"), MONTH)
        lead = f"FROM water_sample WHERE reported_month = '{MONTH}' AND item = 'fluoride'"
        told = engine.frame(f"SELECT MIN(value) AS v, MIN(result) AS r {lead}").iloc[0]
    if not checks & {"results_shift", "result_unit", "impossible_result"}:
        assert told["v"] == pytest.approx(0.2)
    if checks & {"result_unit", "impossible_result"}:
        assert pd.isna(told["v"])
        assert pd.isna(told["r"])


def test_events_that_came_last_month_and_not_now_are_told(base, tmp_path):
    county = county_of(base, tmp_path / "county")
    delivery(county).write()
    assert run(county).issues["check"].tolist() == ["events_missing"]


def test_one_item_in_another_unit_is_told_alone(base, tmp_path):
    items = {"氟化物": 0.2, "硝酸盐": 2.0, "铁": 195.0}
    _, issues = _now(base, tmp_path, _samples(MONTH, items=items))
    assert issues[["check", "detail"]].to_numpy().tolist() == [["results_shift_of", "铁"]]


def test_unit_of_the_header_is_that_of_its_results(base, tmp_path):
    scaled = _samples(MONTH, lambda value: f"{value * 1000:.0f}")
    _, issues = _now(base, tmp_path, scaled.rename(columns={"检测结果": "检测结果(μg/L)"}))
    assert issues.empty
