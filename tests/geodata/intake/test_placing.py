"""An import resolves a written place as a join does: to the same place, or both refuse it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geodata.config import PlaceSettings
from geodata.intake.placing import Placer, place_list
from geodata.joining import join_indicators
from geodata.tables import table

TOWNS = ["龙水镇", "龙水乡", "石马镇", "白马街道"]
VILLAGES = ["王庄村", "王庄社区", "李家村委会", "李家村", "龙水村", "石马镇社区", "大坪村"]
OLD = ["老坪", "王庄", "旧李家村", "龙水村", ""]
LISTED = st.lists(
    st.tuples(st.sampled_from(TOWNS), st.sampled_from(VILLAGES), st.sampled_from(OLD)),
    min_size=1,
    max_size=8,
    unique_by=lambda place: place[:2],
)
TOWN_TEXTS = [*TOWNS, "龍水鎮", " 龙 水 镇", "石马", "某县石马镇", "新石马镇", "龙�镇", "马镇", ""]
VILLAGE_TEXTS = [
    *VILLAGES,
    *filter(None, OLD),
    "王莊村",
    "王庄村委会",
    "王 庄（村）",
    "龙水镇王庄村",
    "龍水鎮王庄村委会",
    "石马镇李家",
    "王�村",
    "坪村",
    "上王庄村",
]


def _imported(listed, township, village, aliases=None):
    towns = {town: f"990101{n:03d}" for n, town in enumerate(TOWNS, 1)}
    rows = [("990101", "某县", ""), *((code, town, "") for town, code in towns.items())]
    rows += [(f"{towns[t]}{n:03d}", v, old) for n, (t, v, old) in enumerate(listed, 1)]
    frame = pd.DataFrame(rows, columns=["place_code", "name", "aliases"], dtype="str")
    places = place_list(frame.reindex(columns=list(table("place").columns)), "test")
    written = pd.DataFrame({"area_township": [township], "area_village": [village]})
    placer = Placer(places, PlaceSettings(aliases=aliases or {}))
    code = placer.place(written).iloc[0]
    return int(code[-3:]) - 1 if code else -1


def _joined(listed, township, village, aliases=None):
    frame = pd.DataFrame([place[:2] for place in listed], columns=["town", "village"], dtype="str")
    layer = gpd.GeoDataFrame(frame, geometry=[box(n, 0, n + 1, 1) for n in frame.index], crs=4326)
    old = [(o, v, t) for t, v, o in listed if o] + [(o, n, "") for o, n in (aliases or {}).items()]
    written = pd.DataFrame({"镇": [township], "村": [village]})
    result = join_indicators(
        layer,
        written,
        boundary_name="town,village" if township else "village",
        table_name="镇,村" if township else "村",
        aliases=pd.DataFrame(old, columns=["old_name", "new_name", "parent"]),
    )
    return int(result.feature_of_row[0])


@settings(max_examples=150, deadline=None)
@given(LISTED, st.sampled_from(TOWN_TEXTS), st.sampled_from(VILLAGE_TEXTS))
@example([("龙水镇", "王庄村", ""), ("龙水镇", "王庄社区", "")], "龙水镇", "王庄村委会")
@example([("龙水镇", "大坪村", ""), ("石马镇", "大坪村", "老坪")], "龙水镇", "老坪")
@example([("石马镇", "大坪村", "老坪")], "某县石马镇", "老坪")
@example([("龙水镇", "王庄村", "")], "龍水鎮", "龙水镇王庄村")
def test_import_and_join_resolve_a_text_to_the_same_place_or_both_refuse(listed, township, village):
    assert _imported(listed, township, village) == _joined(listed, township, village)


@pytest.mark.parametrize(
    ("township", "village", "place"),
    [
        ("龙水镇", "王庄村", 0),
        ("龙水", "王庄", 0),
        ("某县龙水镇", "龙水镇王庄村委会", 0),
        ("石马镇", "老坪", 1),
        ("", "大坪村", 1),
        ("新龙水镇", "王庄村", -1),
        ("龙水镇", "大坪村", -1),
        ("龙水镇", "上王庄村", -1),
    ],
)
def test_a_text_means_the_place_that_a_person_would_take_it_for(township, village, place):
    listed = [("龙水镇", "王庄村", ""), ("石马镇", "大坪村", "老坪")]
    assert _imported(listed, township, village) == place
    assert _joined(listed, township, village) == place


def test_what_else_is_written_changes_no_place():
    listed = [("龙水镇", "王庄村", "")]
    places = place_list(
        pd.DataFrame(
            {"place_code": ["990101001", "990101001001"], "name": ["龙水镇", "王庄村"]}
        ).reindex(columns=list(table("place").columns)),
        "test",
    )
    written = pd.DataFrame(
        {
            "area_township": ["龙水镇", "龙水乡", "龍水鎮"],
            "area_village": ["王庄村", "王庄村", "王庄村委会"],
        }
    )
    assert set(Placer(places, PlaceSettings()).place(written)) == {"990101001001"}
    assert [_imported(listed, *row) for row in written.itertuples(index=False)] == [0, 0, 0]


def test_an_alias_of_the_settings_is_an_old_name_for_both():
    listed, aliases = [("龙水镇", "大坪村", "")], {"坪上": "大坪村", "旧镇": "龙水镇"}
    for township, village in [("龙水镇", "坪上"), ("旧镇", "坪上"), ("旧镇", "大坪村")]:
        assert _imported(listed, township, village, aliases) == 0
        assert _joined(listed, township, village, aliases) == 0
