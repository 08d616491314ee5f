"""752 village polygons of Tainan: Big5 without a .cpg, a custom CRS, damaged names."""

from __future__ import annotations

import pytest

from geodata import place_tree, read_boundaries
from geodata.atlas.outlines import screen_outlines

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def tainan(real_data):
    return read_boundaries(real_data / "tw_tainan" / "boundary_2013_shp")


def test_big5_is_found_from_language_byte_and_text(tainan):
    assert tainan.encoding.name == "big5"
    assert tainan.encoding.certain
    assert tainan.encoding.reason.key == "boundaries.encoding_language_byte"
    assert tainan.frame.loc[0, ["COUNTY", "TOWN", "VILLAGE"]].tolist() == [
        "臺南市", "白河區", "內角里",
    ]  # fmt: skip


def test_custom_projection_is_taken_as_it_is(tainan):
    assert tainan.crs.label == "TM2[TWD97]"
    assert tainan.crs.reason.kind == "crs_custom"
    assert tainan.frame.to_crs(4326).total_bounds == pytest.approx(
        [120.02, 22.88, 120.66, 23.41], abs=0.02
    )


def test_eighteen_damaged_names_are_named_and_stay_visible(tainan):
    damaged = [issue for issue in tainan.issues if issue.field == "VILLAGE"]
    assert len(damaged) == 18
    names = tainan.frame["VILLAGE"]
    assert names[354] == "\ufffd洲里"
    assert names[27] == "後■里"
    assert all({"\ufffd", "■"} & set(names[issue.feature]) for issue in damaged)


def test_zip_gives_the_same_features_as_the_folder(tainan, real_data):
    zipped = read_boundaries(real_data / "tw_tainan" / "boundary_2013_shp" / "10tnvillage.zip")
    assert zipped.frame.equals(tainan.frame)


def test_tree_has_37_townships_and_752_villages(tainan):
    tree = place_tree(tainan, names=["COUNTY", "TOWN", "VILLAGE"])
    assert tree.levels == ("county", "township", "village")
    assert tree.places.groupby("level").size().to_dict() == {
        "county": 1, "township": 37, "village": 752,
    }  # fmt: skip
    assert tree.geometry("township").area.sum() == pytest.approx(tainan.frame.area.sum(), rel=1e-4)


def test_tree_from_codes_has_the_same_places(tainan):
    by_name = place_tree(tainan, names=["COUNTY", "TOWN", "VILLAGE"])
    by_code = place_tree(
        tainan, codes=["COUNTY_ID", "TOWN_ID", "V_ID"], names=["COUNTY", "TOWN", "VILLAGE"]
    )
    assert by_code.places["name"].tolist() == by_name.places["name"].tolist()
    assert by_code.places.loc["67000030-022", "parent"] == "67000030"


def test_screen_outlines_have_no_specks_between_villages(tainan):
    tree = place_tree(tainan, names=["COUNTY", "TOWN", "VILLAGE"])
    outlines = screen_outlines(
        tree.geometry("village"), {level: tree.ancestors(level) for level in tree.levels}
    )
    # The hole that is left is 2.6 km long and 13 m wide: land of no village, not a fault of drawing.
    holes = [ring for shape in outlines["county"].geometry.explode() for ring in shape.interiors]
    assert len(holes) == 1
    assert len(outlines["township"]) == 37
