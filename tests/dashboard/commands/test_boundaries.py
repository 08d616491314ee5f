"""``guatu boundaries``: lines for people, one object for programs, one sentence when refused."""

from __future__ import annotations

import json

import pytest

from dashboard.cli import main
from tests.geodata.boundaries.layers import layer, write_shapefile

COLUMNS = {"县": ["甲县"] * 3, "乡镇": ["北镇", "北镇", "南乡"], "村": ["杨村", "新村", "新村"]}


@pytest.fixture
def shapefile(tmp_path):
    return str(write_shapefile(tmp_path, layer(COLUMNS), encoding="GBK"))


@pytest.fixture
def run(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["boundaries", *arguments])
        return left.value.code, *capsys.readouterr()

    return call


def test_lines_say_what_was_read(run, shapefile, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    code, out, _ = run(shapefile)
    assert code == 0
    assert "Features: 3" in out
    assert "Encoding: gb18030" in out
    assert "Coordinate reference system: EPSG:4490" in out
    assert "counties 1 > townships 2 > villages 3 (columns guessed: 县, 乡镇, 村" in out
    assert out.count("Simplified") == 2


def test_lines_are_chinese_by_default(run, shapefile):
    assert "文字编码：gb18030" in run(shapefile)[1]


def test_json_is_one_object_with_every_figure(run, shapefile):
    code, out, _ = run(shapefile, "--json", "--names", "乡镇,村")
    found = json.loads(out)
    assert code == 0
    assert found["levels"] == {"township": 2, "village": 3}
    assert (found["columns"], found["columns_guessed"]) == (["乡镇", "村"], False)
    assert found["zooms"][0]["bytes_after"] <= found["zooms"][0]["bytes_before"]
    assert (found["features"], found["repairs"], found["overlaps"]) == (3, {}, 0)


def test_layer_without_known_columns_says_so(run, tmp_path):
    layer({"x": [1, 2]}).to_file(tmp_path / "a.gpkg")
    code, out, _ = run(str(tmp_path / "a.gpkg"))
    assert code == 0
    assert "--names" in out


@pytest.mark.parametrize(
    "options", [("--crs", "nonsense"), ("--encoding", "x"), ("--datum", "x"), ("--names", "没有")]
)
def test_options_nobody_understands_leave_with_2_and_one_sentence(run, shapefile, options):
    code, out, err = run(shapefile, *options)
    assert (code, out) == (2, "")
    assert err.startswith("错误：")
    assert len(err.splitlines()) == 1


def test_hostile_names_do_not_reach_the_terminal_as_controls(run, tmp_path):
    layer({"村": ["\x1b[31m红\x07村?村", "b"]}).to_parquet(tmp_path / "a.parquet")
    assert "\x1b" not in run(str(tmp_path / "a.parquet"))[1]


def test_faults_are_written_decided_and_mended_on_record(run, tmp_path):
    import geopandas as gpd
    import pandas as pd

    from tests.geodata.boundaries.test_boundary_faults import DAMAGES, grid

    DAMAGES["overlap"][0](grid()).to_file(tmp_path / "now.gpkg")
    out = tmp_path / "faults"
    named = (str(tmp_path / "now.gpkg"), "--names", "name", "--out", str(out))
    grid().to_file(tmp_path / "last.gpkg")
    code, _, err = run(*named, "--last", str(tmp_path / "last.gpkg"))
    assert code == 0
    assert "重叠：1 处" in err
    page = (out / "faults.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http://www.w3.org" in page.replace("https", "http")
    assert page.count("http") == page.count("http://www.w3.org/2000/svg")
    assert len(gpd.read_file(out / "faults.geojson")) == 1
    assert not (out / "repairs.csv").exists()
    table = pd.read_csv(out / "faults.csv", dtype=str, keep_default_na=False)
    table.loc[0, ["decision", "who", "when"]] = ["采纳", "张三", "2031-03-01"]
    table.to_csv(tmp_path / "decided.csv", index=False, encoding="utf-8-sig")
    code, _, err = run(*named, "--decisions", str(tmp_path / "decided.csv"))
    assert code == 0
    assert "做了 1 处修复" in err
    assert len(pd.read_csv(out / "repairs.csv")) == 2
    code, _, err = run(
        str(out / "now.mended.gpkg"), "--names", "name", "--out", str(tmp_path / "b")
    )
    assert "没有查出问题" in err


def test_decisions_without_a_folder_are_refused(run, shapefile, tmp_path):
    code, _, err = run(shapefile, "--decisions", str(tmp_path / "no.csv"))
    assert code == 2
    assert "--out" in err
    code, _, err = run(
        shapefile, "--out", str(tmp_path / "o"), "--decisions", str(tmp_path / "no.csv")
    )
    assert code == 2
    assert "no.csv" in err


def test_points_that_name_their_place_show_what_is_swapped(run, tmp_path, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    names = ["甲村", "乙村", "丙村"]
    shapes = layer({"村": names})
    rows = ["经度,纬度,村"]
    for name, shape in zip(["乙村", "甲村", "丙村"], shapes.geometry, strict=True):
        x, y = shape.representative_point().coords[0]
        rows += [f"{x + step / 1e4:.6f},{y:.6f},{name}" for step in range(4)]
    (tmp_path / "points.csv").write_text("\n".join(rows), encoding="utf-8")
    shapes.to_file(tmp_path / "a.gpkg")
    given = [str(tmp_path / "a.gpkg"), "--names", "村", "--points", str(tmp_path / "points.csv")]
    out = ["--out", str(tmp_path / "out")]
    assert run(*given, *out)[0] == 2
    assert "--points-columns" in run(*given, *out)[2]
    assert run(*given, *out, "--points-columns", "经度,纬度,村庄")[0] == 2
    code, _, told = run(*given, *out, "--points-columns", "经度,纬度,村")
    assert (code, "swapped, by points: 1" in told) == (0, True), told
    assert "swapped_by_points:" in (tmp_path / "out" / "faults.csv").read_text("utf-8-sig")
