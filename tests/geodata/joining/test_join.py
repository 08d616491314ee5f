"""Table rows to boundary features: codes, names, changes, proposals, decisions and the ledger."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from geodata.errors import JoinError
from geodata.joining import join_indicators


def layer(**columns):
    count = len(next(iter(columns.values())))
    shapes = [box(n, 0, n + 1, 1) for n in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def table(**columns):
    return pd.DataFrame(columns, dtype=str)


def by_name(features, rows, **options):
    """Join by township and village, given as 乡镇/村."""
    ours = pd.DataFrame([name.split("/") for name in features], columns=["town", "village"])
    theirs = pd.DataFrame([name.split("/") for name in rows], columns=["乡镇", "村"])
    options = {"boundary_name": "town,village", "table_name": "乡镇,村"} | options
    return join_indicators(layer(**ours), theirs, **options)


def by_code(features, rows, **options):
    options = {"boundary_code": "code", "table_code": "代码"} | options
    return join_indicators(layer(code=features), table(代码=rows), **options)


def outcome(result, row=0):
    return result.ledger[result.ledger["side"] == "table"].iloc[row]


@pytest.mark.parametrize(
    ("feature", "row"),
    [
        ("040101", "40101"),
        ("040101", "40101.0"),
        ("3411810000", "3411810000.0"),
        ("67000010003", "67000010-003"),
        ("341181", "３４１１８１"),
        ("341181", " 34 11 81 "),
        ("341181", "'341181"),
        ("341181", "3.41181E+5"),
        ("40101", "040101"),
    ],
)
def test_codes_written_differently_are_the_same(feature, row):
    other = "99" + feature[2:]
    result = by_code(
        [feature, other], [row, other if len(row) < 6 or row[0] != "0" else "0" + other]
    )
    assert result.feature_of_row[0] == 0


def test_leading_zero_is_not_restored_when_widths_vary():
    result = by_code(["0101", "101", "22"], ["101"])
    assert result.feature_of_row.tolist() == [1]


def test_code_that_lost_digits_is_refused_with_the_reason():
    result = by_code(["341181000001", "341181000002"], ["3.41181E+11"])
    assert outcome(result)["outcome"] == "unmatched"
    assert "科学计数法" in outcome(result)["reason"]


def test_code_of_the_unit_above_is_reported_not_guessed():
    result = by_code(["990101001001", "990101001002"], ["990101001"])
    assert result.matched == 0
    assert "2 个代码的前缀" in outcome(result)["reason"]


def test_code_of_two_features_is_ambiguous():
    result = by_code(["341181", "341181", "341182"], ["341181", "341182"])
    assert result.matched == 1
    assert "2 个图形" in outcome(result)["reason"]
    assert result.duplicates["boundary"] == {"341181": 2}


def test_several_rows_of_one_code_are_all_matched_and_named():
    result = by_code(["341181", "341182"], ["341181", "341181", "341182"])
    assert (result.matched, result.matched_boundary) == (3, 2)
    assert result.duplicates["table"] == {"341181": 2}


def test_same_code_with_another_name_is_matched_but_told():
    result = join_indicators(
        layer(code=["341181", "341182"], village=["甲村", "乙村"]),
        table(代码=["341181", "341182"], 村=["乙村", "乙村"]),
        boundary_code="code", table_code="代码", boundary_name="village", table_name="村",
    )  # fmt: skip
    assert result.matched == 2
    assert "名称不同" in outcome(result)["reason"]


@pytest.mark.parametrize(
    ("feature", "row"),
    [
        ("新城镇/大王庄村", "新城镇/大王庄村民委员会"),
        ("新城镇/大王庄村", "新城镇/大王庄村委会"),
        ("新城镇/大王庄村", "新城镇/大王庄"),
        ("新城镇/大王庄村", "新城镇/大王庄社区"),
        ("新城镇/和平社区", "新城镇/和平社区居委会"),
        ("新城镇/大王庄村", "新城乡/大王庄村"),
        ("新城街道/大王庄村", "新城街道办事处/大王庄村"),
        ("新城镇/大王庄村", "新城镇/大 王庄村"),
        ("臺南鎮/三仙里", "台南镇/三仙里"),
        ("新城镇/Ａ区村", "新城镇/A区村"),
        ("新城镇/大王庄村", "某县新城镇/大王庄村"),
    ],
)
def test_names_written_differently_are_the_same_place(feature, row):
    result = by_name([feature, "别的乡/赵家村"], [row, row.split("/")[0][:-3] + "别的乡/赵家村"])
    assert result.feature_of_row[0] == 0
    assert outcome(result)["step"] == "normalised_name"


def test_equal_names_are_matched_only_within_their_parent():
    result = by_name(["甲乡/王庄村", "乙乡/王庄村"], ["乙乡/王庄村", "甲乡/王庄村"])
    assert result.feature_of_row.tolist() == [1, 0]
    assert result.matched_by == {"name": 2}


def test_village_of_another_township_is_proposed_and_not_matched():
    result = by_name(["甲乡/王庄村", "乙乡/李庄村"], ["甲乡/李庄村", "甲乡/王庄村"])
    assert result.feature_of_row.tolist() == [-1, 0]
    assert (outcome(result)["step"], outcome(result)["partner"]) == ("elsewhere", "乙乡/李庄村")


def test_name_that_fits_a_village_and_a_community_is_ambiguous():
    result = by_name(["甲乡/王庄村", "甲乡/王庄社区"], ["甲乡/王庄"])
    assert result.matched == result.proposed == 0
    assert "2 个图形" in outcome(result)["reason"]


def test_village_and_community_of_one_stem_keep_apart():
    result = by_name(["甲乡/王庄村", "甲乡/王庄社区"], ["甲乡/王庄居委会", "甲乡/王庄村委会"])
    assert result.feature_of_row.tolist() == [1, 0]


def test_second_spelling_of_a_matched_village_is_not_matched():
    result = by_name(["甲乡/王庄村", "甲乡/李庄村"], ["甲乡/王庄村", "甲乡/王庄社区"])
    assert result.feature_of_row.tolist() == [0, -1]
    assert "已与" in outcome(result, 1)["reason"]


def test_name_given_twice_in_one_period_is_not_matched():
    rows = ["甲乡/王庄村", "甲乡/王庄村", "甲乡/李庄村"]
    result = by_name(["甲乡/王庄村", "甲乡/李庄村"], rows)
    assert result.feature_of_row.tolist() == [-1, -1, 1]
    assert result.duplicates["table"] == {"甲乡/王庄村": 2}


def test_name_given_once_in_each_period_is_matched():
    result = by_name(
        ["甲乡/王庄村"], ["甲乡/王庄村", "甲乡/王庄村"], periods=pd.Series(["2023", "2024"])
    )
    assert result.matched == 2
    assert result.duplicates["table"] == {}


def test_households_of_one_village_are_matched_by_name():
    rows = ["甲乡/王庄村"] * 3 + ["甲乡/李庄村"] * 2
    result = by_name(["甲乡/王庄村", "甲乡/李庄村"], rows)
    assert result.feature_of_row.tolist() == [0, 0, 0, 1, 1]


def test_features_of_one_name_are_ambiguous():
    result = by_name(["甲乡/王庄村", "甲乡/王庄村", "甲乡/李庄村"], ["甲乡/王庄村", "甲乡/李庄村"])
    assert result.feature_of_row.tolist() == [-1, 2]
    assert result.unmatched_boundary == ["甲乡/王庄村", "甲乡/王庄村"]


def test_misspelt_township_keeps_its_villages_as_proposals():
    features = [f"龙水镇/{n}村" for n in "甲乙丙丁"] + ["石马镇/甲村"]
    result = by_name(features, [f"龙永镇/{n}村" for n in "甲乙丙丁"] + ["石马镇/甲村"])
    assert result.matched == 1
    proposed = result.ledger[(result.ledger["outcome"] == "proposed")]
    assert set(proposed["step"]) == {"parent"}
    assert result.proposed == 4


def test_damaged_name_is_proposed_by_what_can_be_read():
    result = by_name(["甲乡/塩■里", "甲乡/三仙里"], ["甲乡/塩埕里", "甲乡/三仙里"])
    assert outcome(result)["partner"] == "甲乡/塩■里"
    assert outcome(result)["outcome"] == "proposed"


def test_proposals_are_one_to_one_and_scored():
    result = by_name(["甲乡/大王庄村", "甲乡/小李庄村"], ["甲乡/大王莊屯村", "甲乡/大王庄屯村"])
    proposed = result.ledger[result.ledger["outcome"] == "proposed"]
    assert proposed[proposed["side"] == "table"]["partner"].is_unique
    assert proposed["score"].between(1, 99).all()


def test_shifted_features_with_null_geometry_still_count():
    features = layer(code=["341181", "341182"])
    features.loc[1, "geometry"] = None
    result = join_indicators(
        features, table(代码=["341182"]), boundary_code="code", table_code="代码"
    )
    assert (result.boundary_features, result.matched_boundary) == (2, 1)


def test_alias_table_joins_an_old_name():
    aliases = table(原名称=["前进大队"], 现名称=["王庄村"])
    result = by_name(["甲乡/王庄村"], ["甲乡/前进大队"], aliases=aliases)
    assert result.matched_by == {"alias": 1}


def test_alias_of_a_township_joins_its_villages():
    result = by_name(
        ["新镇/王庄村", "新镇/李庄村"],
        ["旧公社/王庄村", "旧公社/李庄村"],
        aliases={"旧公社": "新镇"},
    )
    assert result.matched_by == {"alias": 2}


def test_renumbered_place_is_joined_by_the_crosswalk():
    changes = table(原区划代码=["990101"], 原名称=["甲县"], 现区划代码=["990181"], 现名称=["甲市"])
    result = by_code(["990181", "990102"], ["990101", "990102"], crosswalk=changes)
    assert result.matched_by == {"code": 1, "crosswalk": 1}


def test_boundaries_older_than_the_table_are_joined_by_the_crosswalk():
    changes = table(原区划代码=["990101"], 现区划代码=["990181"])
    result = by_code(["990101", "990102"], ["990181", "990102"], crosswalk=changes)
    assert result.feature_of_row.tolist() == [0, 1]


def test_merged_place_is_explained_with_its_successor_and_not_joined():
    changes = table(
        原区划代码=["990103", "990104"], 原名称=["丙区", "丁区"],
        现区划代码=["990109", "990109"], 现名称=["新区", "新区"], 变更原因=["合并", "合并"],
    )  # fmt: skip
    result = by_code(["990109", "990102"], ["990103", "990102"], crosswalk=changes)
    assert result.feature_of_row.tolist() == [-1, 1]
    assert "已并入“新区 990109”" in outcome(result)["reason"]


def test_place_that_was_split_is_explained():
    changes = table(代码=["990103"], 名称=["丙区"], 新代码=["990105;990106"])
    result = by_code(["990105", "990106"], ["990103"], crosswalk=changes)
    assert "已拆为 2 个单位" in outcome(result)["reason"]


def test_abolished_place_is_explained():
    changes = table(
        原区划代码=["990103"], 原名称=["丙乡"], 变更原因=["撤销乡"], 现区划代码=[""], 现名称=[""]
    )
    result = by_code(["990102", "990105"], ["990103"], crosswalk=changes)
    assert "“丙乡”已撤销" in outcome(result)["reason"]


def test_accepted_proposal_is_matched_next_time():
    decisions = table(
        boundary_key=["乙乡/李庄村"], table_key=["甲乡/李庄村"], decision=["采纳"], who=["张三"]
    )
    result = by_name(
        ["甲乡/王庄村", "乙乡/李庄村"], ["甲乡/李庄村", "甲乡/王庄村"], decisions=decisions
    )
    assert result.matched_by == {"decision": 1, "name": 1}


def test_rejected_proposal_is_not_proposed_again():
    decisions = table(boundary_key=["乙乡/李庄村"], table_key=["甲乡/李庄村"], decision=["reject"])
    result = by_name(
        ["甲乡/王庄村", "乙乡/李庄村"], ["甲乡/李庄村", "甲乡/王庄村"], decisions=decisions
    )
    assert result.proposed == 0


def test_alias_decision_on_a_township_settles_all_its_villages():
    features = [f"龙水镇/{n}村" for n in "甲乙丙"] + ["石马镇/甲村"]
    decisions = table(boundary_key=["龙水镇"], table_key=["龙永镇"], decision=["别名"])
    result = by_name(features, [f"龙永镇/{n}村" for n in "甲乙丙"], decisions=decisions)
    assert result.matched_by == {"alias": 3}


def test_decision_about_absent_places_is_told():
    decisions = table(boundary_key=["无此乡/村"], table_key=["甲乡/王庄村"], decision=["采纳"])
    result = by_name(["甲乡/王庄村"], ["甲乡/王庄村"], decisions=decisions)
    assert "不在本次数据中" in result.notes[0]


def test_decision_that_is_not_understood_names_its_row():
    decisions = table(boundary_key=["a"], table_key=["b"], decision=["也许"])
    with pytest.raises(JoinError, match="第 2 行的“也许”"):
        by_name(["甲乡/王庄村"], ["甲乡/王庄村"], decisions=decisions)


def test_points_are_joined_to_the_feature_they_lie_in():
    result = join_indicators(
        layer(village=["甲村", "乙村"]),
        table(经度=["0.5", "1.5", "7", ""], 纬度=["0.5", "0.5", "0.5", ""]),
        table_xy="经度,纬度",
    )
    assert result.feature_of_row.tolist() == [0, 1, -1, -1]
    assert result.matched_by == {"location": 2}


def test_columns_are_guessed_from_content():
    result = join_indicators(
        layer(OBJECTID=[1, 2, 3], CODE=["990101001001", "990101001002", "990101001003"], 村=["甲村", "乙村", "丙村"]),
        table(序号=["1", "2", "3"], 村代码=["990101001003", "990101001001", "990101001002"], 户数=["3", "1", "2"]),
    )  # fmt: skip
    assert (result.columns.boundary_code, result.columns.table_code) == ("CODE", "村代码")
    assert result.columns.guessed == ("code",)
    assert result.feature_of_row.tolist() == [2, 0, 1]


def test_running_numbers_are_never_taken_for_codes():
    with pytest.raises(JoinError, match="看不出"):
        join_indicators(layer(OBJECTID=[1, 2, 3]), table(序号=["1", "2", "3"]))


def test_unknown_column_names_the_nearest():
    with pytest.raises(JoinError, match="最接近的是：代码"):
        by_code(["341181"], ["341181"], table_code="代玛")


def test_empty_column_is_refused():
    with pytest.raises(JoinError, match="全部为空"):
        by_code(["341181"], ["", ""])


def test_result_shows_itself_without_markup_of_the_data():
    features = layer(town=["<b>甲</b>"], village=["<script>x</script>"])
    rows = table(乡镇=["<b>甲</b>"], 村=["<img src=x>"])
    result = join_indicators(features, rows, boundary_name="town,village", table_name="乡镇,村")
    shown = result._repr_html_()
    assert "<svg" in shown
    assert "<script>" not in shown
    assert "<img" not in shown


def test_frame_holds_outcome_and_the_columns_of_single_rows():
    result = join_indicators(
        layer(code=["341181", "341182", "341183"]),
        table(代码=["341181", "341182", "341182"], 户数=["5", "6", "7"]),
        boundary_code="code", table_code="代码",
    )  # fmt: skip
    assert result.frame["join_outcome"].tolist() == ["matched", "matched", "unmatched"]
    assert result.frame["户数"].astype(object).fillna("").tolist() == [5, "", ""]
