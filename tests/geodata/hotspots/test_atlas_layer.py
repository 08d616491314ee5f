"""Hot spots of an atlas: kinds with names, stable months, places that are not assessed."""

from __future__ import annotations

import numpy as np
import pytest

from geodata import hotspots
from geodata.cartography import hot_cold_palette
from geodata.cartography.hot_cold import HOT_COLD_CLASSES
from geodata.hotspots.result import category_key
from tests.invented_clusters import CENTRE, HOT, MONTHS, SILENT, clustered_atlas


@pytest.fixture(scope="module")
def atlas():
    return clustered_atlas()


def _kind(layer, place):
    code = layer.classes[layer.keys.get_loc(place)]
    return "not_assessed" if code == 255 else layer.kinds[code]


def test_planted_cluster_is_a_kind_of_hot_spot(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share")
    assert layer.by_category
    assert layer.period == "2025-12"
    assert _kind(layer, CENTRE).startswith("hot_")
    hot = {key for key in layer.keys if _kind(layer, key).startswith("hot_")}
    assert hot & set(HOT) >= {CENTRE}
    assert len(set(HOT) & hot) >= 6  # corners of a cluster stay below the line


def test_low_income_is_hot_because_low_is_worse(atlas):
    layer = hotspots.hotspot_layer(atlas, "income")
    assert _kind(layer, CENTRE).startswith("hot_")


def test_kinds_are_listed_worst_first_and_every_place_has_one_or_none(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share")
    sides = [1 if kind.startswith("hot_") else 0 for kind in layer.kinds]
    assert sides == sorted(sides, reverse=True)
    assert len(layer.classes) == len(layer.keys) == 64
    assert set(layer.classes) <= {*range(len(layer.kinds)), 255}


def test_village_that_never_reports_is_not_assessed_with_its_reason(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share")
    assert _kind(layer, SILENT) == "not_assessed"
    assert layer.why(SILENT, "zh").startswith("该村未评估")
    assert layer.finding(lang="zh").endswith("，1个未评估")
    alone = np.asarray(layer.keys == SILENT)
    assert layer.finding(alone, "zh") == "1个村中有足够数据的太少，没有评估热点"


def test_why_gives_run_and_the_numbers(atlas):
    said = hotspots.hotspot_layer(atlas, "poor_share").why(CENTRE, "zh")
    assert said.startswith("该村连续12个月为热点")
    assert "本村及8个相邻村" in said
    assert "2,700中有" in said


@pytest.mark.parametrize("month", ["2025-10", "2025-11"])
def test_month_shown_earlier_is_the_same_after_more_months(month):
    before = clustered_atlas(tuple(one for one in MONTHS if one <= month))
    shown = hotspots.hotspot_layer(before, "poor_share")
    again = hotspots.hotspot_layer(clustered_atlas(), "poor_share", month)
    assert again.kinds == shown.kinds
    np.testing.assert_array_equal(again.classes, shown.classes)
    assert again.why(CENTRE) == shown.why(CENTRE)


def test_fewer_than_ten_periods_show_the_significance_of_the_period(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share", "2025-09")
    assert not layer.by_category
    assert _kind(layer, CENTRE) in ("bin_2", "bin_3")
    assert "不作趋势分类" in layer.rule("zh")
    assert "hot spot" in layer.why(CENTRE, "en")


def test_fewer_than_thirty_villages_are_not_assessed():
    layer = hotspots.hotspot_layer(clustered_atlas(size=5), "poor_share")
    assert (layer.classes == 255).all()
    assert "少于30个" in layer.why(layer.keys[3], "zh")


def test_townships_are_too_few_here_and_say_so(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share", level="township")
    assert (layer.classes == 255).all()
    assert layer.why(layer.keys[0], "zh").startswith("该乡镇未评估")


def test_counting_within_a_township_does_not_change_the_kinds(atlas):
    layer = hotspots.hotspot_layer(atlas, "poor_share")
    inside = layer.keys.isin(atlas.places_in(CENTRE[:9], "village"))
    assert "8个村中有热点" in layer.finding(inside, "zh")


def test_every_kind_has_a_colour_of_its_own_on_its_side():
    kinds = {category_key(code) for code in range(-8, 9)}
    assert kinds | {f"bin_{code}" for code in ("3", "2", "1", "0", "m1", "m2", "m3")} == set(
        HOT_COLD_CLASSES
    )
    hot = [name for name in HOT_COLD_CLASSES if name.startswith("hot_")]
    for theme in ("light", "dark"):
        colours = hot_cold_palette(hot).colours[theme]
        assert len(set(colours)) == len(hot)
