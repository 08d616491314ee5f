"""A guessed join holds up, or is refused with what could be joined by instead, best first."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from geodata.errors import JoinError
from geodata.joining import JoinResult, join_indicators
from geodata.joining.matching import Link, Matching, boundary_side, table_side
from geodata.joining.witnesses import point_columns, refuse_weak_guess

COUNT = 20
NAMES = [f"{first}{second}村" for first in "甲乙丙丁" for second in "东西南北中"]
TOWNS = ["青龙镇"] * 10 + ["白马乡"] * 10


def layer(**columns: object) -> gpd.GeoDataFrame:
    """Return villages in a row, each a tenth of a degree wide."""
    shapes = [box(100 + n / 10, 30, 100.1 + n / 10, 30.1) for n in range(COUNT)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=str)


def points(features: list[int]) -> dict[str, list[str]]:
    return {"lon": [f"{100.05 + n / 10:.3f}" for n in features], "lat": ["30.05"] * len(features)}


def refused(boundaries: gpd.GeoDataFrame, rows: pd.DataFrame) -> str:
    with pytest.raises(JoinError) as error:
        join_indicators(boundaries, rows)
    assert error.value.sentence("en")
    return error.value.sentence("zh")


def test_a_guess_that_matches_is_taken() -> None:
    result = join_indicators(layer(村=NAMES), table(村=NAMES, **points(list(range(COUNT)))))
    assert result.matched == COUNT


def test_less_than_half_of_both_sides_is_refused_with_the_points_first() -> None:
    rows = table(
        地名=[*NAMES[:5], *(f"别处{n}号屯" for n in range(15))], **points(list(range(COUNT)))
    )
    said = refused(layer(村=NAMES), rows)
    assert "只对上 5 个地方（表里有 20 个）" in said
    assert "1. --table-xy lon,lat（20 行中可对上 20 行）" in said
    assert "2. --boundary-name 村 --table-name 地名（20 行中可对上 5 行）" in said


def test_half_of_one_side_is_enough() -> None:
    few = table(村=NAMES[:4] * 3, 户=[str(n) for n in range(12)])
    assert join_indicators(layer(村=NAMES), few).matched == 12


def test_points_that_lie_elsewhere_contradict_names() -> None:
    turned = [*range(1, COUNT), 0]
    said = refused(layer(村=NAMES), table(村=NAMES, **points(turned)))
    assert "20 行有坐标，其中 20 行的点落在别处" in said
    assert "--table-xy lon,lat" in said


def test_points_that_agree_or_are_few_do_not() -> None:
    some = points([*range(12), *[0] * 8])
    assert join_indicators(layer(村=NAMES), table(村=NAMES, **some)).matched == COUNT
    lost = {"lon": ["", *["0"] * 19], "lat": ["", *["0"] * 19]}
    assert join_indicators(layer(村=NAMES), table(村=NAMES, **lost)).matched == COUNT


def test_other_names_beside_the_codes_contradict_them() -> None:
    codes = [f"9903010010{n:02d}" for n in range(COUNT)]
    rows = table(代码=codes, 村=NAMES[::-1])
    assert "代码对上的 20 个地方，有 20 个两边的名称不同" in refused(
        layer(code=codes, 村=NAMES), rows
    )
    assert (
        join_indicators(layer(code=codes, 村=NAMES), table(代码=codes, 村=NAMES)).matched == COUNT
    )


def test_parents_of_another_name_contradict_names() -> None:
    rows = table(村=NAMES, 片=TOWNS[::-1])
    ours = layer(村=NAMES, zone=TOWNS)
    result = join_indicators(ours, rows, boundary_name="村", table_name="村")
    with pytest.raises(JoinError, match="20 个的上级不一致"):
        refuse_weak_guess(_matching(result), ours, rows, replace(result.columns, guessed=("name",)))
    agreeing = table(村=NAMES, 片=TOWNS)
    refuse_weak_guess(_matching(result), ours, agreeing, replace(result.columns, guessed=("name",)))


def _matching(result: JoinResult) -> Matching:
    """Return the state of a join as its result tells it."""
    ours = boundary_side(result.boundaries, result.columns)
    theirs = table_side(result.table, result.columns, result.periods)
    work = Matching(ours, theirs, many=False)
    for row, feature in enumerate(result.feature_of_row):
        work.accept(int(theirs.place_of[row]), Link(int(feature), "name"))
    return work


def test_columns_that_were_stated_are_taken_at_their_word() -> None:
    rows = table(
        地名=[*NAMES[:5], *(f"别处{n}号屯" for n in range(15))], **points(list(range(COUNT)))
    )
    assert (
        join_indicators(layer(村=NAMES), rows, boundary_name="村", table_name="地名").matched == 5
    )


def test_short_codes_go_before_names_where_the_names_beside_them_agree() -> None:
    codes = [f"{n:03d}" for n in range(101, 101 + COUNT)]
    spoilt = [name if n % 3 else f"新{name}" for n, name in enumerate(NAMES)]
    result = join_indicators(layer(vcode=codes, 村=NAMES), table(vc=codes, 村=spoilt))
    assert (result.columns.boundary_code, result.columns.table_code) == ("vcode", "vc")
    assert result.matched == COUNT


def test_running_numbers_beside_other_names_are_no_codes() -> None:
    codes = [f"{n:03d}" for n in range(101, 101 + COUNT)]
    result = join_indicators(layer(vcode=codes, 村=NAMES), table(vc=codes, 村=NAMES[::-1]))
    assert result.columns.table_code is None
    assert result.matched_by == {"name": COUNT}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"Longitude": ["100"], "Latitude": ["30"]}, ("Longitude", "Latitude")),
        ({"经度": ["100"], "纬度": ["30"]}, ("经度", "纬度")),
        ({"x": ["500000"], "y": ["3600000"]}, None),
        ({"lon": ["100"]}, None),
        ({"lon": [""], "lat": [""]}, None),
    ],
)
def test_columns_of_points_are_told_by_heading_and_values(
    columns: dict[str, list[str]], expected: tuple[str, str] | None
) -> None:
    assert point_columns(pd.DataFrame(columns)) == expected


def test_a_joined_frame_has_numbers_as_numbers_and_codes_as_text() -> None:
    rows = table(
        村=NAMES,
        户=[str(n) for n in range(COUNT)],
        率=["0.5", "", *["1"] * 18],
        编号=[f"0{n}" for n in range(COUNT)],
        话=["13800000000", *["x"] * 19],
    )
    frame = join_indicators(layer(村=NAMES), rows).frame
    assert frame["户"].dtype == "Int64"
    assert frame["率"].dtype == "float64"
    assert frame["率"].isna().sum() == 1
    assert frame["编号"].tolist() == rows["编号"].tolist()
    assert frame["话"].tolist() == rows["话"].tolist()
