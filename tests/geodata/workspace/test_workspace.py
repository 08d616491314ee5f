"""A workspace from snapshots to sentences: build, cube, lists, cards, reasons, what-if."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr
from shapely import box

from geodata import open_workspace
from geodata.access import Request
from geodata.access._rows import month_tables
from geodata.atlas import open_atlas
from geodata.cartography import draw_layer
from geodata.cartography.coverage import coverage
from geodata.cartography.headline import whole_figure
from geodata.config import make_workspace
from geodata.errors import ConfigError, StoreError
from geodata.figures.netcdf import cube_is_whole
from geodata.periods import months_until, shift_month
from geodata.store import new_snapshot
from geodata.store.months import stored_columns
from geodata.tables import table
from geodata.workspace import Workspace
from geodata.workspace.month_tables import month_source
from geodata.workspace.saved import Built

COUNTY = "990101"
A1, A2, B1 = "990101100201", "990101100202", "990101101201"
MONTHS = ("2024-12", "2025-01")
KINDS = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}
# The line stands last: a test may add a value to it.
LINE = """ranking.least_base:
  - {value: 1, from: 2024-01-01, document: 某县〔2024〕1号}
monitor.line.per_capita:
  - {value: 8000, from: 2024-01-01, to: 2024-12-31, document: 某县〔2024〕1号}
  - {value: 9000, from: 2025-01-01, to: 2025-12-31, document: 某县〔2025〕1号}
"""
# Household, village, yearly wages and yearly pay of a public post in fen.
HOUSEHOLDS = (
    ("h1", A1, 840_000, 0),
    ("h2", A1, 1_200_000, 0),
    ("h3", A2, 360_000, 600_000),
    ("h4", B1, 600_000, 0),
    ("h5", B1, 2_400_000, 0),
)


def rows(name: str, *records: dict[str, object]) -> pa.Table:
    columns = stored_columns(table(name))
    schema = pa.schema([(column, KINDS[kind]) for column, kind in columns.items()])
    return pa.Table.from_pylist(list(records), schema)


def accounts(month: str, place: str, household: str, amounts: dict[str, int]) -> list[dict]:
    keys = {"household_code": household, "place_code": place, "reported_month": month}
    return [{**keys, "month": month, "item": i, "amount": a} for i, a in amounts.items()]


def import_month(store: Path, month: str, *, without: str = "") -> None:
    """Write one month of the small county; `without` is a village whose feed is missing."""
    present = [one for one in HOUSEHOLDS if one[1] != without]
    households = [
        {
            "household_code": code,
            "place_code": place,
            "members": 1,
            "head_name": f"户主{code}",
            "household_type": "脱贫户",
            "relocated": code == "h3",
            "site_code": "S1" if code == "h3" else None,
            "reported_month": month,
        }
        for code, place, _, _ in present
    ]
    ledger = [
        row
        for code, place, wages, post in present
        for row in accounts(month, place, code, {"a1": wages // 12, "a4": post // 12})
    ]
    places = [(COUNTY, "某县"), ("990101100", "甲镇"), ("990101101", "乙镇")]
    places += [(A1, "甲一村"), (A2, "甲二村"), (B1, "乙一村")]
    named = [{"place_code": c, "name": n, "reported_month": month} for c, n in places]
    answers = {"place_code": A1, "role": "包村干部", "name": "李某", "reported_month": month}
    post = {"household_code": "h3", "place_code": A2, "person_code": "1", "item": "村级公益岗"}
    with new_snapshot(store, month) as writer:
        writer.write_table("household", rows("household", *households))
        writer.write_table("ledger", rows("ledger", *ledger))
        writer.write_table("place", rows("place", *named))
        writer.write_table("responsibility", rows("responsibility", answers))
        writer.write_table("public_post", rows("public_post", {**post, "start_month": "2024-01"}))
        writer.commit(who="clerk", at="2025-02-01T08:00:00", facts={})


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a built county that no test changes."""
    folder = make_workspace(tmp_path_factory.mktemp("one") / "county", code=COUNTY, name="某县")
    (folder / "parameters" / "local.yaml").write_text(LINE, encoding="utf-8")
    for month in months_until(MONTHS[-1], 13):
        import_month(folder / "store", month)
    opened = open_workspace(folder)
    opened.build(MONTHS)
    return opened


@pytest.fixture
def own_county(county: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of the county that one test may change."""
    return open_workspace(shutil.copytree(county.setup.config.folder, tmp_path / "county"))


def saved_bytes(county: Workspace) -> dict[str, str]:
    home = county.setup.config.store / "built"
    files = sorted(file for file in home.rglob("*") if file.is_file())
    return {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_findings_follow_the_line_of_the_year(county: Workspace) -> None:
    below = {
        month: county.month(month).flags.query("rule == 'income_below_line'")["subject"].tolist()
        for month in MONTHS
    }
    assert below == {"2024-12": ["h4"], "2025-01": ["h1", "h4"]}


def test_month_before_every_policy_is_built_and_unknown(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "county", code=COUNTY, name="某县")
    import_month(folder / "store", "2015-06")
    county = open_workspace(folder)
    county.build(["2015-06"])
    built = county.month("2015-06")
    assert built.flags.empty or "income_below_line" not in set(built.flags["rule"])
    counts = built.counts[built.counts["rule"] == "income_below_line"]
    assert counts["yes"].sum() == counts["no"].sum() == 0
    assert counts["unknown"].sum() == len(HOUSEHOLDS)


def test_figures_of_villages_add_up_to_townships_and_county(county: Workspace) -> None:
    cube = county.cube.to_dataset()
    for part in ("numerator", "denominator", "missing", "subjects"):
        frame = cube[part].stack(cell=("indicator", "period")).transpose("place", "cell")
        figures = frame.fillna(0).to_pandas()
        level = cube["level"].to_series()
        villages = figures[level == "village"]
        for upper, width in (("township", 9), ("county", 6)):
            summed = villages.groupby(villages.index.str.slice(0, width)).sum()
            assert (figures[level == upper].sort_index() == summed).all(axis=None), (upper, part)


def test_income_per_person_is_income_over_persons_in_yuan(county: Workspace) -> None:
    income = county.indicator("income_per_person")["2025-01"]
    assert income[A1] == pytest.approx((8400 + 12000) / 2)
    assert income[COUNTY] == pytest.approx((8400 + 12000 + 9600 + 6000 + 24000) / 5)


def test_nothing_is_built_again_before_an_input_changes(own_county: Workspace) -> None:
    before = saved_bytes(own_county)
    told: list[tuple[str, bool]] = []
    own_county.build(MONTHS, progress=lambda month, needed: told.append((month, needed)))
    assert told == [(month, False) for month in MONTHS]
    assert saved_bytes(own_county) == before


def test_a_month_built_again_has_the_same_bytes(own_county: Workspace) -> None:
    before = saved_bytes(own_county)
    for file in (own_county.setup.config.store / "built").glob("????-??.json"):
        file.unlink()
    own_county.build(MONTHS)
    assert saved_bytes(own_county) == before


def test_only_months_after_a_changed_value_are_built_again(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    changed = LINE.replace("9000", "9500")
    (folder / "parameters" / "local.yaml").write_text(changed, encoding="utf-8")
    told: list[tuple[str, bool]] = []
    open_workspace(folder).build(MONTHS, progress=lambda *each: told.append(each))
    assert told == [("2024-12", False), ("2025-01", True)]


def test_an_exemption_is_shown_and_not_counted(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    (folder / "exemptions.csv").write_text(
        "rule,subject,reason,approver,from,to\nincome_below_line,h4,在外务工,李某,2025-01-01,2025-06-30\n",
        encoding="utf-8",
    )
    opened = open_workspace(folder)
    opened.build(MONTHS)
    month = opened.month("2025-01")
    flag = month.flags.query("rule == 'income_below_line' and subject == 'h4'").iloc[0]
    assert flag["answer"] == "exempt"
    counts = month.counts.query("rule == 'income_below_line'").set_index("place")
    assert counts.loc[B1, ["yes", "no", "exempt"]].tolist() == [0, 1, 1]
    assert opened.indicator("low_income_share").loc[B1].tolist() == [0.5, 0.0]


def test_a_finding_is_open_again_in_the_month_after_its_exemption(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    (folder / "exemptions.csv").write_text(
        "rule,subject,reason,approver,from,to\nincome_below_line,h4,住院,李某,2024-12-01,2024-12-31\n",
        encoding="utf-8",
    )
    opened = open_workspace(folder)
    opened.build(MONTHS)
    query = "rule == 'income_below_line' and subject == 'h4'"
    held, again = (opened.month(month).flags.query(query).iloc[0] for month in MONTHS)
    assert (held["answer"], held["exemption_ended"]) == ("exempt", "")
    assert (again["answer"], again["exemption_ended"]) == ("yes", "2024-12-31")
    counted = opened.month(MONTHS[1]).counts.query("rule == 'income_below_line'").set_index("place")
    assert counted.loc[B1, ["yes", "exempt"]].tolist() == [1, 0]


def test_why_separates_the_raised_line_from_real_change(county: Workspace) -> None:
    why = county.why(A1, indicator="low_income_share")
    assert why.change["rule"] == pytest.approx(0.5)
    assert why.change["value"] == 0
    assert why.lines == (
        "2025年1月，甲一村收入低于监测线户占比 50%（有数据的 2 户中 1 户；收入按台账，台账不全的按登记），"
        "全县 3 个村由重到轻第 1",
        "比上月上升50个百分点",
        "责任人：包村干部 李某",
    )
    assert why.split == "变化由来：标准调整 +50"
    assert why.sentence == "。".join(why.lines) + "。"
    assert why.whole == "。".join([*why.lines, why.split]) + "。"
    assert why.rules.set_index("rule").loc["income_below_line", "change"] == 1


def test_rules_that_an_indicator_counts_come_before_all_others(county: Workspace) -> None:
    why = county.why(A1, indicator="no_measure_share")
    assert why.by_rules
    assert not why.rules["own"].any()
    assert "这项指标的规则在这里没有查出问题" in why.lines
    unset = county.why(A1, indicator="income_fall_share").lines
    assert any(re.fullmatch(r"有 \d+ 户无法判断：.+未设定", line) for line in unset), unset
    counted = county.why(A1, indicator="low_income_share").rules
    assert list(counted["own"]) == sorted(counted["own"], reverse=True)
    assert counted["rule"][0] == "income_below_line"
    assert county.why(A1, indicator="income_per_person").by_rules, "explained by rules"
    assert not county.why(A1, indicator="households").by_rules


def test_a_change_between_two_months_adds_up_and_can_be_turned_round(county: Workspace) -> None:
    parts = ("value", "rule", "feed", "boundary")
    asked = {"before": MONTHS[0], "month": MONTHS[1]}
    change = county.change(A1, "low_income_share", **asked)
    assert change == pytest.approx(county.why(A1, indicator="low_income_share").change)
    turned = county.change(A1, "low_income_share", before=MONTHS[1], month=MONTHS[0])
    assert (turned["before"], turned["after"]) == (change["after"], change["before"])
    assert [turned[part] for part in parts] == [-change[part] for part in parts]
    assert county.change(A1, "low_income_share", before="2024-01", month=MONTHS[1]) == {}


def test_the_parts_of_every_month_are_summed(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    import_month(folder / "store", "2025-02", without=B1)
    opened = open_workspace(folder)
    opened.build([*MONTHS, "2025-02"])
    change = opened.change(COUNTY, "low_income_share", before=MONTHS[0], month="2025-02")
    parts = [change[part] for part in ("value", "rule", "feed", "boundary")]
    assert sum(parts) == pytest.approx(change["after"] - change["before"])
    assert (
        change["rule"]
        == opened.why(COUNTY, indicator="low_income_share", month=MONTHS[1]).change["rule"]
    )


def test_a_missing_feed_is_not_taken_for_a_change(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    import_month(folder / "store", "2025-02", without=B1)
    opened = open_workspace(folder)
    opened.build(["2025-01", "2025-02"])
    change = opened.why(COUNTY, indicator="income_per_person", month="2025-02").change
    assert change["value"] == pytest.approx(0)
    assert change["boundary"] + change["feed"] == pytest.approx(change["after"] - change["before"])
    parts = sum(change[name] for name in ("value", "rule", "feed", "boundary"))
    assert parts == pytest.approx(change["after"] - change["before"])


def test_households_come_worst_first_and_page_by_page(county: Workspace) -> None:
    listed = county.households(COUNTY, page=(0, None))
    assert listed["score"].is_monotonic_decreasing
    assert len(listed) == 5
    assert county.households(COUNTY, page=(2, 2)).index.tolist() == listed.index[2:4].tolist()
    assert county.households(COUNTY, rule="income_below_line").index.tolist() == ["h1", "h4"]
    assert county.households(A2).index.tolist() == ["h3"]


def test_the_card_says_why_and_what_is_missing(county: Workspace) -> None:
    card = county.card("h1", lang="zh")
    said = card.findings.set_index("rule")
    assert said.loc["income_below_line", "reason"] == (
        "人均纯收入 8,400 元，低于 2025 年监测线 9,000 元（台账数）"
    )
    assert said.loc["income_fell", "answer"] == "unknown"
    assert "收入骤减判定幅度" in said.loc["income_fell", "reason"]
    assert (
        said.loc["rigid_exceeds_last_income", "reason"]
        == "未知：缺少上年同期家庭纯收入、刚性支出。"
    )
    assert card.accounts.loc["2025-01", "a1"] == 700
    assert county.card("h1", lang="en").findings["reason"].str.contains("below the 2025 line").any()


def test_a_card_of_nobody_is_refused(county: Workspace) -> None:
    with pytest.raises(StoreError, match="没有户编号为“h9”的农户"):
        county.card("h9")


def test_what_if_posts_end_names_the_household_that_falls(county: Workspace) -> None:
    found = county.what_if(items=["a2", "a3", "a4"])
    assert found.households.index.tolist() == ["h3"]
    row = found.households.loc["h3"]
    assert (row["before"], row["after"]) == (9600, 3600)
    assert "income_below_line" in row["new"]
    assert "relies_on_public_posts" in row["gone"]
    places = found.places.set_index(["place", "rule"])["households"]
    assert places[A2, "income_below_line"] == 1
    with pytest.raises(StoreError, match="没有代码为“a9”的收支项目"):
        county.what_if(items=["a9"])


def test_rows_of_people_are_read_within_the_prefixes_only(county: Workspace) -> None:
    read = month_tables(month_source(county.setup, county.month().built)).read
    assert len(read(Request("household"), ("",))) == 5
    assert read(Request("household"), (A1,))["household_code"].tolist() == ["h1", "h2"]
    assert read(Request("household"), ()).empty
    filtered = Request("household", filters=(("household_code", "in", ("h4", "h1")),), limit=1)
    assert len(read(filtered, ("990101101",))) == 1
    with pytest.raises(KeyError):
        read(Request("no_such_table"), ("",))


def test_a_month_that_was_not_built_is_refused_with_what_to_do(county: Workspace) -> None:
    with pytest.raises(StoreError, match="guatu build"):
        county.month(shift_month(MONTHS[0], -1))


def test_values_of_nothing_are_unknown_and_not_zero(county: Workspace) -> None:
    assert pd.isna(county.indicator("not_moved_in_share").at[B1, "2025-01"])


def test_the_atlas_names_villages_by_the_list_of_places(own_county: Workspace) -> None:
    folder = own_county.setup.config.folder
    shapes = gpd.GeoDataFrame(
        {"XZQDM": [A1, A2, "990101101299"]},
        geometry=[box(x, 30, x + 1, 31) for x in (110, 111, 112)],
        crs=4490,
    )
    shapes.to_file(folder / "boundaries" / "villages.shp", encoding="utf-8")
    settings = folder / "guatu.toml"
    named = settings.read_text("utf-8").replace(
        "[boundaries]", '[boundaries]\nfile = "boundaries/villages.shp"', 1
    )
    settings.write_text(named, "utf-8")
    counts = open_workspace(folder).write_atlas()
    atlas = open_atlas(folder)
    assert atlas.name(A1) == "甲一村"
    assert atlas.name("990101100") == "甲镇"
    assert (counts["boundary_features"], counts["matched_boundary"]) == (3, 2)
    assert atlas.join["unmatched_table"] == [f"{B1} 乙一村"]
    assert atlas.join["unmatched_boundary"] == ["990101101299"]
    assert atlas.frame("low_income_share", "2025-01", "village").loc[A1, "value"] == 0.5


def test_an_atlas_without_boundaries_is_refused_with_what_to_do(county: Workspace) -> None:
    with pytest.raises(ConfigError, match=r"\[boundaries\]"):
        county.write_atlas()


def test_a_village_without_a_shape_is_in_every_total(own_county: Workspace) -> None:
    _give_shapes(own_county, [A1, A2])
    open_workspace(own_county.setup.config.folder).write_atlas()
    atlas = open_atlas(own_county.setup.config.folder)
    whole = atlas.series("low_income_share", COUNTY).loc["2025-01"]
    cell = own_county.cube.series("low_income_share", COUNTY).loc["2025-01"]
    assert whole["numerator"] == cell["numerator"]
    assert whole["denominator"] == cell["denominator"] == 5
    assert atlas.path(B1) == (COUNTY, "990101101", B1)
    assert atlas.name(B1) == "乙一村"
    assert list(atlas.places.loc[[A1, B1, "990101101"], "shape"]) == [True, False, False]
    found = coverage(atlas, "low_income_share", "2025-01")
    assert (found.places, found.with_data, found.unshaped) == (3, 3, ("乙一村",))


def test_why_and_headline_write_one_figure_alike(own_county: Workspace) -> None:
    _give_shapes(own_county, [A1, A2])
    folder = own_county.setup.config.folder
    open_workspace(folder).write_atlas()
    atlas = open_atlas(folder)
    layer = draw_layer(atlas, "low_income_share", "2025-01", level="village", place=COUNTY)
    figure = "40%（有数据的 5 户中 2 户；收入按台账，台账不全的按登记）"
    assert figure in whole_figure(atlas, layer, "zh")
    assert figure in own_county.why(COUNTY, indicator="low_income_share", lang="zh").sentence


def _give_shapes(county: Workspace, villages: list[str]) -> None:
    folder = county.setup.config.folder
    shapes = [box(110 + n, 30, 111 + n, 31) for n in range(len(villages))]
    layer = gpd.GeoDataFrame({"XZQDM": villages}, geometry=shapes, crs=4490)
    layer.to_file(folder / "boundaries" / "villages.gpkg")
    settings = folder / "guatu.toml"
    named = '[boundaries]\nfile = "boundaries/villages.gpkg"'
    settings.write_text(settings.read_text("utf-8").replace("[boundaries]", named, 1), "utf-8")


def test_the_saved_cube_is_the_computed_one_with_labels(own_county: Workspace) -> None:
    saved = xr.load_dataset(own_county.write_cube(), engine="h5netcdf")
    xr.testing.assert_equal(saved, own_county.cube.to_dataset())
    one = saved.sel(indicator="low_income_share")
    assert (str(one["title_zh"].item()), str(one["unit_en"].item())) == (
        "收入低于监测线户占比",
        "%",
    )
    assert saved.attrs["Conventions"] == "CF-1.8"
    assert saved["share_missing"].attrs["units"] == "1"


def test_a_cube_that_is_there_is_not_written_again(own_county: Workspace) -> None:
    file = own_county.write_cube()
    before = file.stat().st_mtime_ns
    assert open_workspace(own_county.setup.config.folder).write_cube() == file
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("harm", ["cut", "flipped", "other", "absent", "record"])
def test_a_harmed_cube_is_written_again(own_county: Workspace, harm: str) -> None:
    file = own_county.write_cube()
    content = file.read_bytes()
    record = file.with_suffix(".json")
    harmed = {
        "cut": content[: len(content) // 2],
        "flipped": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
        "other": b"no NetCDF at all",
    }
    if harm == "absent":
        file.unlink()
    elif harm == "record":
        record.write_text("{", encoding="utf-8")
    else:
        file.write_bytes(harmed[harm])
    assert cube_is_whole(file.parent) == (harm == "absent")
    again = open_workspace(own_county.setup.config.folder).write_cube()
    assert cube_is_whole(file.parent)
    xr.testing.assert_equal(xr.load_dataset(again, engine="h5netcdf"), own_county.cube.to_dataset())


def test_a_stale_cube_is_written_again(own_county: Workspace) -> None:
    folder, before = own_county.setup.config.folder, own_county.cube
    own_county.write_cube()
    (folder / "parameters" / "local.yaml").write_text(LINE.replace("9000", "7500"), "utf-8")
    changed = open_workspace(folder)
    changed.build(MONTHS)
    assert before.series("low_income_share", COUNTY).at["2025-01", "numerator"] == 2
    assert changed.cube.series("low_income_share", COUNTY).at["2025-01", "numerator"] == 1
    share = {"indicator": "low_income_share", "place": COUNTY, "period": "2025-01"}
    assert xr.load_dataset(changed.write_cube())["numerator"].sel(share).item() == 1


ANSWERS = ("flags", "counts", "figures")


def _content(built: Built, table: str) -> list[bytes]:
    return [file.read_bytes() for file in built.files(table)]


def test_a_past_month_built_today_gives_the_same_bytes(own_county: Workspace) -> None:
    county, past = own_county.setup.config, MONTHS[-1]
    before = {name: _content(own_county.month(past).built, name) for name in ANSWERS}
    for month in ("2025-02", "2025-03"):
        import_month(county.store, month, without=A2)
    later = "  - {value: 20000, from: 2025-02-01, document: 某县〔2025〕2号}\n"
    ended = LINE.replace("to: 2025-12-31", "to: 2025-01-31")
    (county.folder / "parameters" / "local.yaml").write_text(ended + later, encoding="utf-8")
    shutil.rmtree(county.store / "built")
    again = open_workspace(county.folder)
    again.build([past, "2025-03"])
    built = again.month(past).built
    assert {name: _content(built, name) for name in ANSWERS} == before
    below = "rule == 'income_below_line'"
    assert len(again.month("2025-03").flags.query(below)) > len(
        again.month(past).flags.query(below)
    )


def test_months_built_side_by_side_have_the_same_bytes(own_county: Workspace) -> None:
    before = saved_bytes(own_county)
    for file in (own_county.setup.config.store / "built").glob("????-??.json"):
        file.unlink()
    own_county.build(MONTHS, processes=2)
    assert saved_bytes(own_county) == before
