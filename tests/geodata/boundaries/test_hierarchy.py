"""The tree of places from codes and from names, and shapes of every level."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import box

from geodata import GuatuError, place_tree, read_boundaries
from geodata.boundaries.hierarchy import simplify_levels
from geodata.boundaries.levels import guess_columns
from tests.geodata.boundaries.layers import GK_38, layer

COUNTY, TOWN, VILLAGE = (
    ["甲县"] * 4,
    ["北镇", "北镇", "南乡", "南乡"],
    ["杨村", "新村", "新村", "李村"],
)
CODES = ["990121100201", "990121100202", "990121200201", "990121200202"]


@pytest.fixture
def read(tmp_path):
    def make(columns, shapes=None):
        layer(columns, shapes=shapes).to_parquet(tmp_path / "a.parquet")
        return read_boundaries(tmp_path / "a.parquet")

    return make


def test_names_make_paths_so_that_equal_names_stay_apart(read):
    tree = place_tree(read({"c": COUNTY, "t": TOWN, "v": VILLAGE}), names=["c", "t", "v"])
    assert tree.levels == ("county", "township", "village")
    assert tree.places.groupby("level").size().to_dict() == {
        "county": 1, "township": 2, "village": 4,
    }  # fmt: skip
    assert tree.places.loc["甲县/南乡/新村", ["name", "parent", "feature"]].tolist() == [
        "新村", "甲县/南乡", 2,
    ]  # fmt: skip
    assert tree.places.loc["甲县", "parent"] is None
    assert tree.places.index.is_unique


def test_codes_make_their_parents_and_names_name_them(read):
    columns = {"code": CODES, "t": TOWN, "v": VILLAGE}
    tree = place_tree(read(columns), code="code", names=["t", "v"])
    assert tree.levels == ("county", "township", "village")
    assert tree.places.loc["990121100", ["name", "parent"]].tolist() == ["北镇", "990121"]
    assert tree.places.loc["990121", "name"] == "990121"


def test_two_counties_keep_their_city_and_two_cities_their_province(read):
    assert place_tree(read({"x": ["990121100201", "990122100201"]}), code="x").levels[0] == "city"
    assert (
        place_tree(read({"x": ["990121100201", "990222100201"]}), code="x").levels[0] == "province"
    )


@pytest.mark.parametrize(
    "codes",
    [
        np.array([990121100201, 990121100202, 990121200201, 990121200202]),
        np.array(CODES, dtype=float),
        [f"{code}.0" for code in CODES],
        [f" {code} " for code in CODES],
        [f"{code}12220" for code in CODES],
        [f"{code}0000000" for code in CODES],
    ],
)
def test_codes_as_numbers_with_blanks_or_statistics_digits_are_the_same(read, codes):
    tree = place_tree(read({"x": codes}), code="x")
    assert tree.at_level("village").index.tolist() == CODES


def test_places_without_key_or_parent_are_kept_and_named(read):
    columns = {"t": ["北镇", None, "南乡", ""], "v": ["杨村", "新村", None, None]}
    tree = place_tree(read(columns), names=["t", "v"])
    villages = tree.at_level("village")
    assert len(villages) == 4
    assert villages["parent"].tolist() == ["北镇", None, "南乡", None]
    kinds = [(issue.kind, issue.feature) for issue in tree.issues]
    assert kinds == [("no_key", 2), ("no_key", 3), ("no_parent", 1), ("no_parent", 3)]
    assert tree.ancestors("township").tolist()[1] is None


def test_code_that_is_none_keeps_its_text_and_has_no_parent(read):
    tree = place_tree(read({"x": [*CODES, "飞地-1"]}), code="x")
    assert tree.places.loc["飞地-1", "parent"] is None
    assert [issue.kind for issue in tree.issues] == ["no_parent"]


def test_repeated_place_keeps_both_features(read):
    tree = place_tree(read({"x": [CODES[0], CODES[0], CODES[2]]}), code="x")
    assert tree.at_level("village").index.tolist() == [CODES[0], f"{CODES[0]}#2", CODES[2]]
    assert tree.issues[0].kind == "duplicate_key"
    assert tree.places.loc[f"{CODES[0]}#2", "parent"] == "990121100"


def test_separator_in_a_name_does_not_make_another_level(read):
    tree = place_tree(read({"t": ["北/镇", "北"], "v": ["杨", "镇/杨"]}), names=["t", "v"])
    assert len(tree.at_level("township")) == 2
    assert tree.places.loc["北／镇/杨", "name"] == "杨"


def test_code_stated_in_two_parents_stays_in_the_first_and_is_named(read):
    columns = {"c": ["1", "2", "2"], "t": ["11", "11", "22"], "v": ["111", "112", "221"]}
    tree = place_tree(read(columns), codes=["c", "t", "v"])
    assert tree.places.loc["11", "parent"] == "1"
    assert [issue.kind for issue in tree.issues] == ["two_parents"]


def test_codes_that_repeat_between_levels_become_paths(read):
    tree = place_tree(read({"t": ["1", "2"], "v": ["1", "1"]}), codes=["t", "v"])
    assert tree.at_level("village").index.tolist() == ["1/1", "2/1"]


def test_levels_may_be_named_for_other_groupings(read):
    tree = place_tree(
        read({"z": ["东", "西"], "v": ["a", "b"]}), names=["z", "v"], levels=["zone", "site"]
    )
    assert tree.levels == ("zone", "site")
    assert tree.geometry("zone").index.tolist() == ["东", "西"]


def test_upper_level_is_the_union_without_the_sliver_between_villages(read):
    shapes = [box(116, 37, 116.01, 37.01), box(116.010001, 37, 116.02, 37.01)]
    shapes += [box(116, 36.99, 116.01, 37), box(116.01, 36.99, 116.02, 37)]
    tree = place_tree(read({"c": COUNTY, "v": list("abcd")}, shapes), names=["c", "v"])
    (county,) = tree.geometry("township").geometry
    assert county.geom_type == "Polygon"
    assert len(county.interiors) == 0
    assert tree.geometry("village").geometry.iloc[1].equals(shapes[1])


def test_missing_shape_is_missing_at_its_level_and_harms_no_parent(read):
    shapes = [box(116, 37, 116.01, 37.01), None, None, None]
    tree = place_tree(read({"t": TOWN, "v": VILLAGE}, shapes), names=["t", "v"])
    assert tree.geometry("village").geometry.isna().sum() == 3
    assert tree.geometry("township").geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"names": ["nothing"]}, "no_such_column"),
        ({}, "no_level_columns"),
        ({"codes": ["v"], "names": ["t", "v"]}, "unequal_levels"),
        ({"names": ["t", "v"], "levels": ["x"]}, "unequal_levels"),
        ({"code": "v"}, "no_codes"),
    ],
)
def test_columns_that_do_not_make_a_tree_are_refused(read, columns, key):
    with pytest.raises(GuatuError) as refused:
        place_tree(read({"t": TOWN, "v": VILLAGE}), **columns)
    assert refused.value.key == f"boundaries.{key}"


def test_unknown_level_is_refused_with_the_known_ones(read):
    tree = place_tree(read({"t": TOWN, "v": VILLAGE}), names=["t", "v"])
    with pytest.raises(GuatuError, match="township, village"):
        tree.geometry("county")


def test_columns_are_guessed_from_headers_and_content(read):
    columns = {"X": [1.5, 2.5, 3.5, 4.5], "XZQDM": CODES, "乡镇名称": TOWN, "村名": VILLAGE}
    guess = guess_columns(read(columns).frame)
    assert guess.code == "XZQDM"
    assert guess.names == (("township", "乡镇名称"), ("village", "村名"))


def test_columns_that_say_nothing_are_not_guessed(read):
    guess = guess_columns(read({"id": [1, 2], "note": ["x", "y"]}).frame)
    assert (guess.code, guess.names) == (None, ())


@pytest.fixture
def wavy(tmp_path):
    """Return a tree of 16 villages whose shared borders wave by 10 m in steps of 20 m."""
    from shapely import LineString, polygonize
    from shapely.ops import unary_union

    steps = np.arange(0, 4001, 20.0)
    wave = 10 * np.sin(steps / 4000 * 40 * np.pi)
    lines = []
    for place in range(5):
        edge = wave * (place not in (0, 4))
        lines.append(LineString(np.c_[38_500_000 + steps, 4_100_000 + 1000 * place + edge]))
        lines.append(LineString(np.c_[38_500_000 + 1000 * place + edge, 4_100_000 + steps]))
    shapes = list(polygonize([unary_union(lines)]).geoms)
    assert len(shapes) == 16
    towns = ["东" if shape.centroid.x > 38_502_000 else "西" for shape in shapes]
    frame = layer({"t": towns, "v": [str(n) for n in range(16)]}, shapes=shapes, crs=GK_38)
    frame.to_parquet(tmp_path / "w.parquet")
    return place_tree(read_boundaries(tmp_path / "w.parquet"), names=["t", "v"])


def test_simplified_neighbours_and_levels_share_their_edges(wavy):
    import shapely

    (zoom,) = simplify_levels(wavy, tolerances={"township": 60})
    villages, towns = zoom.shapes["village"], zoom.shapes["township"]
    assert shapely.coverage_is_valid(villages.geometry.to_numpy())
    assert zoom.bytes_after < zoom.bytes_before / 4
    assert villages.area.sum() == pytest.approx(16e6, rel=0.01)
    east = villages[villages["parent"] == "东"].union_all()
    assert east.symmetric_difference(towns.geometry["东"]).area == 0


def test_tolerance_is_a_pixel_of_the_place_that_fills_the_screen(wavy):
    (zoom,) = simplify_levels(wavy)
    assert zoom.level == "township"
    assert zoom.tolerance == pytest.approx(4000 / 1920, rel=0.02)


def test_tolerance_for_an_unknown_level_is_refused(wavy):
    with pytest.raises(GuatuError, match="county"):
        simplify_levels(wavy, tolerances={"county": 5})
