"""One's own county: real codes, codes of another system, names only; each from init to the map."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from shapely.geometry import box

from dashboard.cli import guatu, main
from geodata.atlas import open_atlas
from geodata.config import read_config
from geodata.errors import GuatuError
from geodata.intake.placefile import read_places_file

SOURCE = """
[[source]]
file = "households.csv"
table = "household"
[source.columns]
household_code = "id"
{place}
members = "members"
per_capita_income = "income"
"""
BY_NAME = 'township = "town"\nvillage = "village"'
TOWNS = ("青龙镇", "白马乡")
VILLAGES = ("上河村", "下河村", "石桥村")
PATHS = {
    "real codes": {"code": "990301", "column": "ID", "by": BY_NAME},
    "own codes": {"code": "-", "column": "OWN", "by": 'place_code = "own"'},
    "names": {"code": "-", "column": "-", "by": BY_NAME},
}


def _layer(
    towns: tuple[str, ...] = TOWNS, villages: tuple[str, ...] = VILLAGES
) -> gpd.GeoDataFrame:
    rows = [
        {
            "ID": f"990301{100 + t}{200 + v}",
            "OWN": f"{70 + t}{10 + v}",
            "TOWN": town,
            "VILLAGE": village,
            "geometry": box(
                500_000 + 1000 * v, 3_600_000 + 1000 * t, 501_000 + 1000 * v, 3_601_000 + 1000 * t
            ),
        }
        for t, town in enumerate(towns)
        for v, village in enumerate(villages)
    ]
    return gpd.GeoDataFrame(rows, crs="EPSG:4545")


def _households(layer: gpd.GeoDataFrame, town_of: dict[str, str] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [f"H{n:03d}" for n in range(len(layer) * 5)],
            "own": layer["OWN"].repeat(5).to_numpy(),
            "town": layer["TOWN"].replace(town_of or {}).repeat(5).to_numpy(),
            "village": layer["VILLAGE"].repeat(5).to_numpy(),
            "members": 3,
            "income": [4000 + 100 * n for n in range(len(layer) * 5)],
        }
    )


def _run(*arguments: object, answers: str | None = None) -> Result:
    return CliRunner().invoke(guatu, [str(one) for one in arguments], input=answers)


def _fill(folder: Path, by: str, rows: pd.DataFrame, month: str = "2031-03") -> None:
    home = folder / "raw" / month
    home.mkdir(parents=True, exist_ok=True)
    rows.to_csv(home / "households.csv", index=False, encoding="utf-8")
    file = folder / "guatu.toml"
    if "households.csv" not in file.read_text(encoding="utf-8"):
        with file.open("a", encoding="utf-8") as lines:
            lines.write(SOURCE.format(place=by))


def _map(folder: Path, month: str = "2031-03") -> dict[str, object]:
    """Import and build; return the counts of the map's join."""
    for step in (("import", folder, "--month", month), ("build", folder)):
        left = _run(*step)
        assert left.exit_code == 0, (left.output, left.exception)
    return dict(open_atlas(folder).join)


@pytest.mark.parametrize("kind", PATHS)
def test_each_path_leads_from_init_to_a_map_of_all_villages(tmp_path: Path, kind: str) -> None:
    path, layer, folder = PATHS[kind], _layer(), tmp_path / "county"
    layer.to_file(tmp_path / "villages.shp", encoding="utf-8")
    stated = ["--boundaries", tmp_path / "villages.shp", "--boundary-code", path["column"]]
    stated += ["--boundary-name", "VILLAGE", "--boundary-township", "TOWN"]
    left = _run("init", folder, "--code", path["code"], "--name", "某县", *stated)
    assert left.exit_code == 0, left.output
    _fill(folder, path["by"], _households(layer))
    join = _map(folder)
    assert (join["boundary_features"], join["matched_boundary"], join["matched"]) == (6, 6, 6)
    assert join["unmatched_table"] == []
    names = open_atlas(folder).places["name"]
    assert set(VILLAGES) | set(TOWNS) <= set(names)
    # Another month changes no code.
    before = sorted(names.index)
    _fill(folder, path["by"], _households(layer), "2031-04")
    _map(folder, "2031-04")
    assert sorted(open_atlas(folder).places.index) == before


def test_columns_that_were_only_guessed_need_a_yes(tmp_path: Path) -> None:
    _layer().to_file(tmp_path / "villages.gpkg")
    folder = tmp_path / "county"
    stated = ("init", folder, "--boundaries", tmp_path / "villages.gpkg")
    left = _run(*stated)
    assert isinstance(left.exception, GuatuError)
    said = left.exception.sentence("en")
    assert "--boundary-code ID --boundary-name VILLAGE --boundary-township TOWN" in said
    assert read_config(folder).boundaries.file == ""
    assert _run(*stated, "--yes").exit_code == 0
    settings = read_config(folder).boundaries
    assert (settings.code, settings.name, settings.township) == ("ID", "VILLAGE", "TOWN")
    assert (folder / settings.file).is_file()


def test_everything_can_be_answered_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    _layer().to_file(tmp_path / "villages.gpkg")
    folder = tmp_path / "county"
    answers = ["12x", "-", "某县", "nowhere.shp", str(tmp_path / "villages.gpkg")]
    answers += ["-", "VILAGE", "VILLAGE", "TOWN", "-", "y"]
    left = _run("init", folder, "--ask", answers="\n".join(answers) + "\n")
    assert left.exit_code == 0, left.output
    assert "“12x”不是行政区划代码" in left.output
    assert "没有文件“nowhere.shp”" in left.output
    assert "没有“VILAGE”列；相近的有：VILLAGE" in left.output
    assert "上河村" in left.output
    places = read_places_file(folder)
    assert places is not None
    assert (places["level"] == "village").sum() == 6


def test_a_no_at_the_end_changes_no_setting(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    assert _run("init", folder, "--code", "990301").exit_code == 0
    before = (folder / "guatu.toml").read_bytes()
    left = _run("init", folder, "--ask", "--name", "别县", answers="\n\n\nn\n")
    assert left.exit_code == 1
    assert (folder / "guatu.toml").read_bytes() == before


def test_boundaries_that_come_later_join_what_was_imported_by_name(tmp_path: Path) -> None:
    layer, folder = _layer(), tmp_path / "county"
    assert _run("init", folder, "--name", "某县").exit_code == 0
    assert read_config(folder).places.assign is False
    assert _run("init", folder, "--code", "-", "--places", "-").exit_code == 0
    assert read_config(folder).places.assign is True
    _fill(folder, BY_NAME, _households(layer, {"青龙镇": "青龙"}))
    assert _run("import", folder, "--month", "2031-03").exit_code == 0
    layer.to_file(tmp_path / "villages.gpkg")
    stated = ("--boundary-code", "-", "--boundary-name", "VILLAGE", "--boundary-township", "TOWN")
    left = _run("init", folder, "--boundaries", tmp_path / "villages.gpkg", *stated)
    assert "对上已知的村 6 个，新编代码 0 个" in left.output
    assert _run("build", folder).exit_code == 0
    join = open_atlas(folder).join
    assert (join["matched_boundary"], join["matched"]) == (6, 6)


def test_assigned_names_do_not_hide_boundaries_that_are_there(tmp_path: Path) -> None:
    layer, folder = _layer(), tmp_path / "county"
    layer.to_file(tmp_path / "villages.gpkg")
    stated = ("--boundary-code", "ID", "--boundary-name", "VILLAGE", "--boundary-township", "TOWN")
    _run("init", folder, "--code", "990301", "--boundaries", tmp_path / "villages.gpkg", *stated)
    file = folder / "guatu.toml"
    content = file.read_text(encoding="utf-8").replace("[places]\n", "[places]\nassign = true\n")
    file.write_text(content, encoding="utf-8")
    rows = _households(layer, {"青龙镇": "青龙乡"})
    rows.loc[len(rows)] = ["H999", "", "白马乡", "新村", 2, 5000]
    _fill(folder, BY_NAME, rows)
    join = _map(folder)
    assert (join["matched_boundary"], join["matched"], join["table_rows"]) == (6, 6, 7)


def test_a_real_code_that_comes_later_keeps_villages_and_asks_for_a_new_import(
    tmp_path: Path,
) -> None:
    layer, folder = _layer(), tmp_path / "county"
    layer.to_file(tmp_path / "villages.gpkg")
    stated = ("--boundary-code", "-", "--boundary-name", "VILLAGE", "--boundary-township", "TOWN")
    _run("init", folder, "--code", "-", "--boundaries", tmp_path / "villages.gpkg", *stated)
    _fill(folder, BY_NAME, _households(layer))
    _map(folder)
    left = _run("init", folder, "--code", "530302", "--yes")
    assert "guatu import" in left.output
    assert "--month 2031-03" in left.output
    join = _map(folder)
    assert (join["matched_boundary"], join["matched"]) == (6, 6)
    villages = open_atlas(folder).places.query("level == 'village'")
    assert villages.index.str.startswith("530302").all()


def test_a_list_of_places_gives_the_codes_and_boundaries_follow_by_name(tmp_path: Path) -> None:
    layer, folder = _layer(), tmp_path / "county"
    listed = layer[["ID", "TOWN", "VILLAGE"]].rename(
        columns={"ID": "区划代码", "VILLAGE": "名称", "TOWN": "乡镇"}
    )
    listed.to_excel(tmp_path / "list.xlsx", index=False)
    layer.to_file(tmp_path / "villages.gpkg")
    columns = ("--boundary-code", "-", "--boundary-name", "VILLAGE", "--boundary-township", "TOWN")
    named = ("--list-code", "区划代码", "--list-name", "名称", "--list-township", "乡镇")
    left = _run(
        "init",
        folder,
        "--code",
        "990301",
        "--places",
        tmp_path / "list.xlsx",
        *named,
        "--boundaries",
        tmp_path / "villages.gpkg",
        *columns,
    )
    assert left.exit_code == 0, (left.output, left.exception)
    places = read_places_file(folder)
    assert places is not None
    by_code = places.set_index("place_code")["boundary"]
    assert dict(by_code[by_code != ""]) == {
        row.ID: f"{row.TOWN}/{row.VILLAGE}" for row in layer.itertuples()
    }


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (("--code", "12345"), "“12345”不是行政区划代码"),
        (("--boundaries", "nowhere.shp"), "没有文件“nowhere.shp”"),
        (("--boundary-code", "A"), "还没有边界文件"),
        (("--places", "nowhere.xlsx"), "没有文件“nowhere.xlsx”"),
        (("--only", "COUNTY"), "应写成 列=值"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, stated: tuple[str, ...], sentence: str
) -> None:
    folder = tmp_path / "county"
    assert _run("init", folder, "--code", "990301").exit_code == 0
    before = (folder / "guatu.toml").read_bytes()
    with pytest.raises(SystemExit) as left:
        main(["init", str(folder), *stated])
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err
    assert (folder / "guatu.toml").read_bytes() == before


def test_only_some_outlines_of_a_larger_file_are_used(tmp_path: Path) -> None:
    _layer().to_file(tmp_path / "villages.gpkg")
    folder = tmp_path / "county"
    stated = ("--boundaries", tmp_path / "villages.gpkg", "--yes")
    left = _run("init", folder, *stated, "--only", "TOWN=白马乡")
    assert "边界 3 个" in left.output, left.output
    assert read_config(folder).boundaries.only == {"TOWN": "白马乡"}
    wrong = _run("init", folder, *stated, "--only", "TOWN=别处")
    assert isinstance(wrong.exception, GuatuError)
    assert "TOWN=别处" in wrong.exception.sentence("zh")
    facts = json.dumps(read_config(folder).boundaries.only, ensure_ascii=False)
    assert "白马乡" in facts
