"""The command ``guatu join``: its JSON, its folder, its exit codes and its sentences."""

from __future__ import annotations

import json
import os

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import GeometryCollection, Point, box

from dashboard.cli import main
from geodata.atlas import open_atlas

KEYS = {
    "boundary_features", "table_rows", "matched", "matched_by", "proposed", "unmatched_boundary",
    "unmatched_table", "duplicates", "repairs", "encoding", "crs", "columns",
}  # fmt: skip
HOSTILE = '<script>alert("x")</script>村'


@pytest.fixture
def county(tmp_path):
    """Two townships of three villages each, as a shapefile in GBK."""
    villages = ["甲村", "乙村", "丙村", "丁村", "戊村", "己村"]
    frame = gpd.GeoDataFrame(
        {"CODE": [f"99010100{1 + n // 4}00{n}" for n in range(1, 7)], "TOWN": ["东乡"] * 3 + ["西乡"] * 3, "NAME": villages},
        geometry=[box(114 + n * 0.1, 36, 114.1 + n * 0.1, 36.1) for n in range(6)],
        crs=4490,
    )  # fmt: skip
    folder = tmp_path / "boundaries"
    folder.mkdir()
    frame.to_file(folder / "villages.shp", encoding="gbk")
    return folder


def write_csv(folder, name="table.csv", **columns):
    file = folder / name
    pd.DataFrame(columns, dtype=str).to_csv(file, index=False)
    return file


@pytest.fixture
def figures(tmp_path):
    return write_csv(
        tmp_path,
        乡镇=["东乡"] * 3 + ["西乡"] * 3,
        村=["甲村委会", "乙村", "丙村", "丁村", "戊村", "巳村"],
        低收入户=["3", "4", "5", "6", "7", "8"],
        总户数=["100", "", "90", "80", "70", "60"],
    )


def run(*arguments):
    """Return the exit code of a run of the command."""
    with pytest.raises(SystemExit) as left:
        main(["join", *map(str, arguments)])
    return left.value.code


def test_json_is_the_only_thing_on_standard_output(county, figures, capsys):
    assert run(county, figures, "--json") == 0
    printed = capsys.readouterr()
    outcome = json.loads(printed.out)
    assert outcome.keys() >= KEYS
    assert outcome["matched_by"] == {"name": 4, "normalised_name": 1}
    assert outcome["matched"] + outcome["proposed"] + len(outcome["unmatched_table"]) == 6
    assert outcome["columns"]["boundary_name"] == ["TOWN", "NAME"]
    assert outcome["encoding"] == "gb18030"
    assert "名称列（自动判断）" in printed.err


def test_folder_holds_layer_ledger_report_and_atlas(county, figures, tmp_path):
    out = tmp_path / "out"
    assert run(county, figures, "--value", "低收入户/总户数", "--worse", "high", "--out", out) == 0
    assert {
        "joined.gpkg",
        "ledger.csv",
        "decisions.csv",
        "report.html",
        "map.html",
        "atlas",
    } <= set(os.listdir(out))
    layer = gpd.read_file(out / "joined.gpkg")
    assert layer["join_outcome"].value_counts().to_dict() == {"matched": 5, "proposed": 1}
    atlas = open_atlas(out)
    assert atlas.levels == ("township", "village")
    values = atlas.values.set_index("place")["numerator"]
    assert values.isna().sum() == 1


def test_join_without_any_match_still_writes_a_map_of_no_data(county, tmp_path):
    rows = write_csv(tmp_path, 村代码=["880101001001", "880101001002"], 户=["1", "2"])
    columns = ["--boundary-code", "CODE", "--table-code", "村代码"]
    assert run(county, rows, *columns, "--out", tmp_path / "out") == 0
    assert open_atlas(tmp_path / "out").values["numerator"].isna().all()
    assert (tmp_path / "out" / "map.html").stat().st_size > 10_000


def test_layer_with_shapes_that_have_no_area_is_still_mapped(county, tmp_path):
    layer = gpd.read_file(county / "villages.shp")
    layer.loc[0, "geometry"] = Point(114, 36)
    layer.loc[1, "geometry"] = GeometryCollection([Point(114, 36), box(114.1, 36, 114.2, 36.1)])
    layer.to_file(tmp_path / "mixed.gpkg")
    rows = write_csv(tmp_path, 村代码=["990101001001", "990101001002"], 户=["1", "2"])
    assert run(tmp_path / "mixed.gpkg", rows, "--out", tmp_path / "out") == 0
    assert len(open_atlas(tmp_path / "out").geometry("village")) == 5


def test_table_without_figures_is_mapped_as_rows_counted(county, tmp_path):
    rows = write_csv(tmp_path, 村代码=["990101001001", "990101001001"], 情况=["好", "差"])
    assert run(county, rows, "--out", tmp_path / "out") == 0
    assert open_atlas(tmp_path / "out").values["numerator"].tolist() == [2]


def test_ledger_opens_in_a_spreadsheet_and_runs_nothing(county, tmp_path):
    rows = write_csv(tmp_path, 乡镇=["=HYPERLINK(1)", "东乡"], 村=["甲村", "甲村"], 户=["1", "2"])
    out = tmp_path / "out"
    assert (
        run(county, rows, "--boundary-name", "TOWN,NAME", "--table-name", "乡镇,村", "--out", out)
        == 0
    )
    text = (out / "ledger.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert b",'=HYPERLINK" in text
    assert b",=HYPERLINK" not in text


def test_markup_in_names_stays_text_in_the_report(county, tmp_path):
    rows = write_csv(tmp_path, 乡镇=["东乡", "东乡"], 村=[HOSTILE, "甲村"], 户=["1", "2"])
    out = tmp_path / "out"
    assert run(county, rows, "--out", out, "--title", HOSTILE) == 0
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in report
    assert "&lt;script&gt;" in report


def test_report_asks_nothing_from_outside(county, figures, tmp_path):
    run(county, figures, "--out", tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "http" not in report.replace("http://www.w3.org/2000/svg", "")


def test_same_input_gives_the_same_bytes(county, figures, tmp_path):
    for name in ("one", "two"):
        run(county, figures, "--title", "t", "--out", tmp_path / name)
    for file in ("joined.gpkg", "ledger.csv", "decisions.csv", "report.html", "map.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_filled_in_decisions_are_reused(county, figures, tmp_path, capsys):
    run(county, figures, "--out", tmp_path / "out")
    form = pd.read_csv(tmp_path / "out" / "decisions.csv", dtype=str, encoding="utf-8-sig")
    assert form["boundary_key"].tolist() == ["西乡/己村"]
    form.assign(decision="采纳", who="张三").to_csv(tmp_path / "d.csv", index=False, encoding="gbk")
    capsys.readouterr()
    run(county, figures, "--decisions", tmp_path / "d.csv", "--json")
    assert json.loads(capsys.readouterr().out)["matched_by"]["decision"] == 1


def test_one_file_per_period_is_read_as_periods(county, tmp_path):
    folder = tmp_path / "years"
    folder.mkdir()
    for year in ("2023", "2024"):
        write_csv(folder, f"{year}.csv", 村代码=["990101001001", "990101001002"], 户=[year, "1"])
    assert run(county, folder, "--out", tmp_path / "out") == 0
    assert open_atlas(tmp_path / "out").periods == ("2023", "2024")


def test_rows_of_households_are_unknown_until_put_together(county, tmp_path):
    rows = write_csv(
        tmp_path, 村代码=["990101001001"] * 2 + ["990101001002"], 收入=["10", "30", "5"]
    )
    run(county, rows, "--out", tmp_path / "unknown")
    assert open_atlas(tmp_path / "unknown").values["numerator"].notna().sum() == 1
    run(county, rows, "--aggregate", "mean", "--out", tmp_path / "mean")
    values = open_atlas(tmp_path / "mean").values
    assert (values["numerator"] / values["denominator"]).tolist() == [20, 5]


def test_code_join_still_drills_down_by_names(county, tmp_path):
    rows = write_csv(tmp_path, 村代码=["990101001001", "990101002005"], 户=["1", "2"])
    run(county, rows, "--out", tmp_path / "out")
    assert open_atlas(tmp_path / "out").levels[-2:] == ("township", "village")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--table-code", "没有"], "没有名为“没有”的列"),
        (["--value", "低收入"], "最接近的是：低收入户"),
        (["--value", "空列"], "“空列”列全部为空"),
        (["--value", "村"], "没有一个可用的数值"),
        (["--boundary-name", "TOWN,NAMES"], "最接近的是：NAME"),
        (["--aliases", "absent.csv"], "找不到文件“absent.csv”"),
        (["--table-encoding", "big5x"], "不认识编码"),
        (["--crs", "EPSG:1"], "EPSG:1"),
        (["--crs", "EPSG:4978"], "既不是经纬度也不是平面坐标系"),
        (["--how", "胡说"], "只能写：sum、none"),
        (["--colour", "x"], "没有“--colour”这个选项"),
        (["--period", "低收入"], "最接近的是：低收入户"),
        (["--value", ""], "--value 要写一个列名"),
        (["--value", "低收入户/"], "--value 要写一个列名"),
        (["--table-encoding", "a\0b"], "不认识编码"),
    ],
)
def test_bad_option_is_one_sentence_and_code_2(county, tmp_path, capsys, options, message):
    rows = write_csv(tmp_path, 乡镇=["东乡"], 村=["甲村"], 低收入户=["3"], 空列=[""])
    assert run(county, rows, *options, "--out", tmp_path / "out") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert len(printed.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


def test_column_name_given_twice_is_refused(county, tmp_path, capsys):
    (tmp_path / "t.csv").write_text("乡镇,村,户,户\n东乡,甲村,1,2\n", encoding="utf-8")
    assert run(county, tmp_path / "t.csv") == 2
    assert "“户”列出现了不止一次" in capsys.readouterr().err


def test_wrong_sheet_names_the_nearest(county, tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active.title = "低收入户"
    book.active.append(["村代码", "户"])
    book.active.append([990101001001, 1])
    book.save(tmp_path / "t.xlsx")
    assert run(county, tmp_path / "t.xlsx", "--sheet", "低收入") == 2
    assert "最接近的是：低收入户" in capsys.readouterr().err
    assert run(county, tmp_path / "t.xlsx", "--sheet", "低收入户") == 0


def test_cell_of_ten_megabytes_is_refused_in_a_short_sentence(county, tmp_path, capsys):
    text = "村代码,户\n990101001001," + "1" * 10_000_000 + "\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert run(county, tmp_path / "t.csv") == 2
    assert len(capsys.readouterr().err) < 300


def test_file_that_is_the_output_folder_is_refused(county, figures, tmp_path, capsys):
    (tmp_path / "out").write_text("keep", encoding="utf-8")
    assert run(county, figures, "--out", tmp_path / "out") == 2
    assert "不能作输出文件夹" in capsys.readouterr().err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "keep"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_folder_without_permission_is_refused(county, tmp_path, capsys):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o000)
    assert run(county, folder) == 2
    assert "没有读取" in capsys.readouterr().err


def test_earlier_folder_is_replaced_and_other_files_stay(county, figures, tmp_path):
    out = tmp_path / "out"
    run(county, figures, "--out", out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "ledger.csv").write_text("old", encoding="utf-8")
    run(county, figures, "--out", out)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert "matched" in (out / "ledger.csv").read_text(encoding="utf-8-sig")


def test_places_with_several_rows_are_said_without_a_folder(county, tmp_path, capsys):
    codes = ["990101001001", "990101001001", "990101001002", "990101001003", "990101002004"]
    table = write_csv(tmp_path, 代码=codes, 户=["1", "2", "3", "4", "5"])
    assert run(county, table) == 0
    assert "表里有 1 个地方同一期不止一行：990101001001 ×2" in capsys.readouterr().out
    once = write_csv(tmp_path, "once.csv", 代码=codes[1:], 户=["2", "3", "4", "5"])
    assert run(county, once) == 0
    assert "不止一行" not in capsys.readouterr().out


def test_a_guess_that_fits_too_little_is_refused_with_what_could_be_stated(tmp_path, capsys):
    names = [f"{first}{second}村" for first in "甲乙丙" for second in "东西南北"]
    layer = gpd.GeoDataFrame(
        {"NAME": names}, geometry=[box(114 + n, 36, 115 + n, 37) for n in range(12)], crs=4490
    )
    layer.to_file(tmp_path / "v.gpkg")
    named = [*names[:3], *(f"别处{n}屯" for n in range(9))]
    spots = {"经度": [str(114.5 + n) for n in range(12)], "纬度": ["36.5"] * 12}
    table = write_csv(tmp_path, 地名=named, **spots)
    assert run(tmp_path / "v.gpkg", table) == 2
    said = capsys.readouterr().err
    assert "1. --table-xy 经度,纬度（12 行中可对上 12 行）" in said
    assert run(tmp_path / "v.gpkg", table, "--table-xy", "经度,纬度") == 0
