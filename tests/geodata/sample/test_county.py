"""The invented county as files: the same bytes, plausible people, and answers that are true."""

from __future__ import annotations

import csv
import json
import tomllib
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import python_calamine
import shapely

from geodata.sample.county import write_county
from geodata.sample.households import check_sign
from geodata.sample.month_files import EXPORTS
from geodata.sample.world import make_world

SIZE = {"villages": 30, "households": 3000, "months": 12, "seed": 7}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "one", **SIZE)


@pytest.fixture(scope="module")
def answers(county):
    return json.loads((county / "answers" / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def faults(county):
    return pd.read_csv(county / "answers" / "faults.csv", dtype=str, keep_default_na=False)


@cache
def _read(file):
    """Return the cells below the header, the header's row number and the lines above it."""
    if file.suffix == ".xlsx":
        rows = python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()
    else:
        encoding = "utf-8-sig" if file.read_bytes()[:3] == b"\xef\xbb\xbf" else "gb18030"
        with file.open(encoding=encoding, newline="") as lines:
            rows = list(csv.reader(lines))
    header = next(at for at, row in enumerate(rows) if len(row) > 1 and row[1] != "")
    width = len(rows[header])
    body = [list(row) + [""] * (width - len(row)) for row in rows[header + 1 :]]
    return pd.DataFrame(body, columns=rows[header], dtype=str), header + 1


def _export(county, month, key):
    return _read(next((county / "raw" / month).glob(f"{EXPORTS[key]}.*")))[0]


def test_same_seed_gives_the_same_bytes(county, tmp_path):
    again = write_county(tmp_path / "again", **SIZE)
    first = sorted(path.relative_to(county) for path in county.rglob("*") if path.is_file())
    second = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert first == second
    assert [one for one in first if (county / one).read_bytes() != (again / one).read_bytes()] == []


def test_every_month_has_the_five_exports_with_the_header_on_the_third_row(county):
    months = sorted(path.name for path in (county / "raw").iterdir())
    assert len(months) == 12
    assert (months[0], months[-1]) == ("2025-01", "2025-12")
    for month in (months[0], months[-1]):
        for name in EXPORTS.values():
            file = next((county / "raw" / month).glob(f"{name}.*"))
            assert _read(file)[1] == 3
            assert file.suffix == (".xlsx" if month == months[-1] else ".csv")


def test_areas_are_named_differently_in_each_export(county):
    headers = {key: tuple(_export(county, "2025-11", key).columns[1:6]) for key in EXPORTS}
    assert headers["households"][:3] == ("县(市、区、旗)", "乡(镇)", "行政村")
    assert headers["persons"][1:4] == ("县", "乡(镇)", "行政村")
    assert headers["working"][:3] == ("县", "乡", "村")


def test_all_people_belong_to_households_and_numbers_are_valid_and_invented(county):
    persons = _export(county, "2025-11", "persons")
    households = _export(county, "2025-11", "households")
    assert set(persons["户编号"]) <= set(households["户编号"])
    assert households["户编号"].is_unique
    assert persons["人编号"].is_unique
    assert persons["证件号码"].is_unique
    assert persons["证件号码"].str.startswith("99").all()
    assert persons["人联系电话"].str.match(r"^(100\d{8})?$").all()
    signs = [check_sign(number[:17]) for number in persons["证件号码"]]
    assert list(persons["证件号码"].str[17]) == signs
    assert (
        persons.groupby("户编号").size() == persons.groupby("户编号")["人数"].first().astype(int)
    ).all()
    heads = persons[persons["与户主关系"] == "户主"].groupby("户编号").size()
    assert (heads == 1).all()
    assert len(heads) == persons["户编号"].nunique()


def test_households_look_like_a_county(county):
    households = _export(county, "2025-11", "households")
    size = households["家庭人口数"].astype(int)
    income = households["人均纯收入"].astype(float)
    listed = households["监测对象类别"] != ""
    active = listed & (households["风险是否已消除"] == "否")
    assert 2.8 < size.mean() < 4.2
    assert 12_000 < income.median() < 25_000
    assert 0.01 < active.mean() < 0.09
    assert income[active].median() < 0.8 * income[~listed].median()
    parts = [f"{part}收入" for part in ("工资性", "生产经营性", "财产性", "转移性")]
    total = households[parts].astype(float).sum(axis=1) - households["生产经营性支出"].astype(float)
    assert np.allclose(total, households["家庭纯收入"].astype(float))
    assert np.allclose(income, (total / size).round(2), atol=0.011)


def test_homes_lie_in_their_villages_unless_relocated():
    world = make_world(villages=24, households=1000, months=6, seed=3)
    homes = world.households
    settled = homes[homes["site"] < 0]
    polygons = world.places.villages.geometry.to_numpy()[settled["village"]]
    assert shapely.contains_xy(polygons, settled["x"], settled["y"]).all()


def test_every_planted_fault_stands_where_the_answers_say(county, faults):
    assert len(faults) > 100
    assert faults["check"].nunique() > 40
    for (name, month), part in faults.groupby(["file", "month"]):
        cells, header = _read(county / "raw" / month / name)
        for fault in part.itertuples():
            at = int(fault.row) - header - 1
            shown = fault.column if at < 0 else cells[fault.column].iloc[at]
            assert shown == fault.written, fault


def test_no_household_has_two_faults(county, faults):
    """Faults of one row would hide one another."""
    # A wage written too small also breaks the sum of its household's income: one fault, found twice.
    once = faults[~faults["check"].isin(["unknown_place", "income_parts_differ"])]
    assert not once.duplicated(["file", "row"]).any()


def test_row_counts_in_the_answers_are_those_of_the_files(county, answers):
    for name, count in answers["rows"].items():
        if name.startswith(("2025-01", "2025-12")):
            assert len(_read(county / "raw" / name)[0]) == count, name
    written = {f"{path.parent.name}/{path.name}" for path in (county / "raw").glob("*/*")}
    assert written == set(answers["rows"])


def test_silent_township_and_missing_feed_are_missing_in_their_month_only(county, answers):
    silent = answers["missing_township"][0]
    shapes = gpd.read_file(county / "boundaries" / "utf8" / "行政村界.shp")
    township = shapes.loc[shapes["村代码"].str.startswith(silent["township"]), "乡名称"].iloc[0]
    there = {
        month.name: township in set(_export(county, month.name, "households")["乡(镇)"])
        for month in (county / "raw").iterdir()
    }
    assert [month for month, is_there in there.items() if not is_there] == [silent["month"]]
    gone = [
        month.name for month in (county / "raw").iterdir() if not list(month.glob("帮扶车间.*"))
    ]
    assert gone == [feed["month"] for feed in answers["missing_feed"]]


def test_merged_village_has_no_rows_from_its_month_on(county, answers):
    merged = answers["merged"][0]
    places = _read(county / "raw" / "2025-11" / "区划.xlsx")[0].set_index("区划代码")
    assert places.loc[merged["code"], "继任代码"] == merged["into"]
    name = places.loc[merged["code"], "名称"]
    for month in ("2025-01", "2025-11"):
        listed = name in set(_export(county, month, "households")["行政村"])
        assert listed == (month < merged["month"])


def test_boundaries_lack_one_village_and_say_nothing_of_their_encoding(county, answers):
    settings = tomllib.loads((county / "guatu.toml").read_text(encoding="utf-8"))
    file = county / settings["boundaries"]["file"]
    assert not file.with_suffix(".cpg").exists()
    shapes = gpd.read_file(file, encoding="gb18030")
    codes = set(
        _read(county / "raw" / "2025-11" / "区划.xlsx")[0].query("级别 == '村'")["区划代码"]
    )
    assert codes - set(shapes["行政区代码"]) == set(answers["absent_from_boundaries"])


def test_planted_hot_spots_show_in_the_files(county, answers):
    names = _read(county / "raw" / "2025-11" / "区划.xlsx")[0].set_index("区划代码")["名称"]
    shares = {}
    for month in ("2025-01", "2025-11"):
        frame = _export(county, month, "households")
        active = frame["风险是否已消除"] == "否"
        for cluster in answers["clusters"]:
            inside = frame["行政村"].isin(names[cluster["villages"]])
            if cluster["indicator"] == "monitored":
                shares[cluster["kind"], month] = active[inside].mean() / active[~inside].mean()
    assert shares["persistent", "2025-01"] > 1.5
    assert shares["persistent", "2025-11"] > 1.5
    assert shares["emerging", "2025-11"] > 1.3 * shares["emerging", "2025-01"]


def test_planted_courses_are_followed_month_by_month():
    world = make_world(villages=66, households=16_000, months=24, seed=5)
    episodes, village = world.episodes, world.households["village"].to_numpy()
    for cluster in world.plan.clusters:
        if cluster.indicator != "monitored":
            continue
        inside = np.isin(village, cluster.villages)
        ratios = []
        for month in (world.plan.first, world.plan.first + 23):
            since, until = episodes["identified"], episodes["removed"]
            active = (since >= 0) & (since <= month) & ((until < 0) | (until > month))
            ratios.append(active[inside].mean() / active[~inside].mean())
        raised = [cluster.start <= 0, cluster.end >= 23]
        assert [ratio > 1.8 for ratio in ratios] == raised, (cluster.kind, ratios)


def test_shortage_falls_on_the_ridge_in_the_dry_season(county, answers):
    names = _read(county / "raw" / "2025-11" / "区划.xlsx")[0].set_index("区划代码")["名称"]
    ridge = next(one for one in answers["clusters"] if one["indicator"] == "shortage")
    days = {}
    for month in ("2025-01", "2025-07"):
        frame = _export(county, month, "households")
        inside = frame["行政村"].isin(names[ridge["villages"]])
        days[month] = frame["本月缺水天数"].astype(int)[inside].mean()
    assert days["2025-01"] > 8
    assert days["2025-07"] < 3


def test_fluoride_is_over_in_the_valley_only(county, answers):
    valley = next(one for one in answers["clusters"] if one["indicator"] == "fluoride")
    samples = pd.concat([_read(file)[0] for file in (county / "raw").glob("*/水质检测.*")])
    fluoride = samples[samples["检测项目"] == "氟化物"]
    value = fluoride["检测结果"].astype(float)
    inside = fluoride["行政村代码"].isin(valley["villages"])
    assert value[inside].min() > 1.2
    assert value[~inside].max() < 1.0


def test_households_of_the_answers_fall_below_the_line(county):
    falling = pd.read_csv(county / "answers" / "falling.csv", dtype={"household_code": str})
    assert len(falling) >= 4
    assert set(falling["cause"]) <= {"lost_work", "illness", "disaster"}
    assert (falling["below_since"] >= falling["month"]).all()
    last = _export(county, "2025-12", "households").set_index("户编号")
    for one in falling.itertuples():
        income = last.loc[one.household_code, "人均纯收入"]
        assert float(income) == pytest.approx(one.per_capita_income, abs=0.011)
        assert (float(income) < one.line) == (one.below_since <= "2025-12")


@pytest.mark.parametrize(
    "wrong",
    [{"villages": 23}, {"households": 1199}, {"months": 5}],
    ids=["villages", "households", "months"],
)
def test_too_small_a_county_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="too small"):
        write_county(tmp_path / "x", **{**SIZE, **wrong})


def test_cases_for_the_rules_are_in_the_files(county):
    cases = pd.read_csv(county / "answers" / "rules.csv", dtype=str)
    households = _export(county, "2025-12", "households").set_index("户编号")
    measures = set(_read(county / "raw" / "2025-12" / "帮扶措施.csv")[0]["户编号"])
    assert cases["rule"].nunique() >= 12
    for case in cases[cases["rule"] == "no_measure_in_time"].itertuples():
        assert case.code not in measures
        assert households.loc[case.code, "监测对象类别"] != ""
    for case in cases[cases["rule"] == "unsafe_water_unmonitored"].itertuples():
        assert households.loc[case.code, "监测对象类别"] == ""
        assert households.loc[case.code, "是否解决安全饮用水"] == "否"
