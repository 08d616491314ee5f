from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import open_atlas
from geodata.atlas.folder import atlas_faults, build_atlas, save_atlas, write_atlas
from geodata.errors import AtlasError
from geodata.figures import Indicator
from geodata.quantity import named_unit
from tests.invented import COUNTY, INCOME, RATE, grid_atlas, grid_tree, grid_values

FIRST, SECOND = f"{COUNTY}001001", f"{COUNTY}001002"


def _atlas(rows, indicator, townships=2, villages=2):
    values = pd.DataFrame(
        rows, columns=["place", "period", "indicator", "numerator", "denominator"]
    )
    tree = grid_tree(townships, villages)
    return build_atlas(
        title="县", tree=tree, values=values, indicators=[indicator], join={}, source={}
    )


def test_ratio_of_a_township_is_sum_over_sum():
    rows = [(FIRST, "2025", "poor_share", 1, 10), (SECOND, "2025", "poor_share", 3, 90)]
    found = _atlas(rows, RATE).frame("poor_share", "2025", "township").loc[f"{COUNTY}001"]
    assert found["value"] == 4 / 100
    assert (found["numerator"], found["denominator"]) == (4, 100)


def test_mean_of_unknown_base_shows_the_median_of_villages():
    rows = [(FIRST, "2025", "income", 100, 1), (SECOND, "2025", "income", 300, 1)]
    assert _atlas(rows, INCOME).frame("income", "2025", "county").loc[COUNTY, "value"] == 200


def test_unreported_village_is_missing_and_counted():
    rows = [(FIRST, "2025", "poor_share", np.nan, 10), (SECOND, "2025", "poor_share", 0, 90)]
    atlas = _atlas(rows, RATE)
    villages = atlas.frame("poor_share", "2025", "village")
    assert np.isnan(villages.loc[FIRST, "value"])
    assert villages.loc[SECOND, "value"] == 0
    township = atlas.frame("poor_share", "2025", "township").loc[f"{COUNTY}001"]
    assert (township["places_with_data"], township["places"]) == (1, 2)


def test_place_without_any_figure_has_no_sum():
    total = Indicator("households", {"zh": "户数"}, "sum", named_unit("户"))
    atlas = _atlas([(FIRST, "2025", "households", 5, 1)], total)
    frame = atlas.frame("households", "2025", "township")
    assert frame["value"].tolist()[0] == 5
    assert np.isnan(frame["value"].tolist()[1])


def test_zero_denominator_is_not_reported():
    atlas = _atlas([(FIRST, "2025", "poor_share", 0, 0)], RATE)
    assert np.isnan(atlas.frame("poor_share", "2025", "village").loc[FIRST, "value"])


def test_series_of_the_whole_has_every_period():
    atlas = grid_atlas()
    series = atlas.series("poor_share", None)
    assert series.index.tolist() == ["2023", "2024", "2025"]
    assert (series["places_with_data"] == 11).all()
    whole = atlas.frame("poor_share", "2024", "county").loc[COUNTY, "value"]
    assert series.loc["2024", "value"] == whole


def test_path_and_places_in():
    atlas = grid_atlas()
    assert atlas.path(FIRST) == (COUNTY, f"{COUNTY}001", FIRST)
    assert len(atlas.places_in(f"{COUNTY}002", "village")) == 4
    assert atlas.places_in(None, "township").size == 3
    assert atlas.places_in(FIRST, "village").tolist() == [FIRST]


def test_township_border_lies_on_village_borders():
    atlas = grid_atlas()
    villages = shapely.union_all(atlas.geometry("village").geometry.to_numpy())
    county = atlas.geometry("county").geometry.iloc[0]
    assert villages.symmetric_difference(county).area < 1e-12
    assert shapely.coverage_is_valid(atlas.geometry("village").geometry.to_numpy())


def test_written_atlas_opens_the_same_and_repeats_byte_for_byte(tmp_path):
    tree = grid_tree()
    given = {
        "title": "云岭县",
        "tree": tree,
        "values": grid_values(tree),
        "indicators": [RATE, INCOME],
        "join": {"matched": 11},
        "source": {"table": "收入.csv"},
    }
    write_atlas(tmp_path / "a", **given)
    write_atlas(tmp_path / "a", **given)
    write_atlas(tmp_path / "b", **given)
    opened = open_atlas(tmp_path / "a")
    built = build_atlas(**given)
    pd.testing.assert_frame_equal(opened.values, built.values)
    pd.testing.assert_frame_equal(opened.places, built.places)
    assert opened.indicators == built.indicators
    assert opened.join == {"matched": 11}
    for file in sorted((tmp_path / "a" / "atlas").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / "atlas" / file.name).read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["atlas"]


def test_place_without_outline_is_kept(tmp_path):
    tree = grid_tree(1, 2)
    tree.squares.loc[FIRST, "geometry"] = None
    atlas = build_atlas(
        title="县", tree=tree, values=grid_values(tree), indicators=[RATE], join={}, source={}
    )
    save_atlas(atlas, tmp_path)
    opened = open_atlas(tmp_path)
    assert opened.places.loc[FIRST, "shape"] == np.False_
    assert opened.geometry("village").index.tolist() == [SECOND]


def test_folder_without_atlas_is_named(tmp_path):
    with pytest.raises(AtlasError, match="没有可以打开的地图数据"):
        open_atlas(tmp_path)


def test_torn_folder_is_refused(tmp_path):
    save_atlas(grid_atlas(), tmp_path)
    (values,) = (tmp_path / "atlas").glob("values-*.parquet")
    values.write_bytes(b"PAR1")
    with pytest.raises(AtlasError, match="不完整"):
        open_atlas(tmp_path)


def test_flipped_byte_is_refused_and_named(tmp_path):
    save_atlas(grid_atlas(), tmp_path)
    assert atlas_faults(tmp_path) == ()
    for file in sorted((tmp_path / "atlas").glob("*.parquet")):
        whole = file.read_bytes()
        file.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
        assert atlas_faults(tmp_path) == (file.name,)
        with pytest.raises(AtlasError, match="不完整"):
            open_atlas(tmp_path)
        file.write_bytes(whole)
    assert open_atlas(tmp_path).title == grid_atlas().title


def test_atlas_is_replaced_by_moving_one_file(tmp_path, monkeypatch):
    save_atlas(grid_atlas(), tmp_path)

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("geodata.atlas.folder.write_durably", killed)
    with pytest.raises(KeyboardInterrupt):
        save_atlas(replace(grid_atlas(), title="新"), tmp_path)
    monkeypatch.undo()
    assert open_atlas(tmp_path).title == grid_atlas().title
    save_atlas(replace(grid_atlas(), title="新"), tmp_path)
    assert open_atlas(tmp_path).title == "新"


def test_values_of_an_unknown_place_are_refused():
    with pytest.raises(AtlasError, match="999999999999"):
        _atlas([("999999999999", "2025", "income", 1, 1)], INCOME)


def test_two_figures_of_one_village_are_refused():
    rows = [(FIRST, "2025", "income", 1, 1), (FIRST, "2025", "income", 2, 1)]
    with pytest.raises(AtlasError, match="两个数"):
        _atlas(rows, INCOME)


def test_unknown_indicator_names_the_known():
    with pytest.raises(AtlasError, match="poor_share, income"):
        grid_atlas().frame("incom", "2025", "village")
