from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from dashboard.maps.picture import OUTSIDE, labels_json, outlines_json, picture
from geodata.cartography import NO_DATA, draw_layer
from geodata.quantity import shipped_words
from tests.invented import COUNTY, HOSTILE, RATE, grid_atlas


def counted_atlas():
    """Return the atlas with its shares also as counts of households."""
    atlas = grid_atlas()
    rows = atlas.values[atlas.values["indicator"] == "poor_share"]
    count = dataclasses.replace(
        RATE, key="poor", quantity="count", unit=shipped_words().units["household"], base=None
    )
    return dataclasses.replace(
        atlas,
        values=pd.concat([atlas.values, rows.assign(indicator="poor")]),
        indicators={**atlas.indicators, "poor": count},
    )


FIRST = f"{COUNTY}001001"


def test_outlines_carry_positions_and_no_data():
    atlas = grid_atlas()
    found = json.loads(outlines_json(atlas, "village"))
    assert [feature["id"] for feature in found["features"]] == list(range(12))
    assert all(feature["properties"] == {} for feature in found["features"])


def test_neighbours_share_their_coordinates():
    features = json.loads(outlines_json(grid_atlas(2, 1), "village"))["features"]
    left, right = (set(map(tuple, f["geometry"]["coordinates"][0])) for f in features)
    assert len(left & right) == 2


def test_labels_are_in_the_order_of_positions():
    atlas = grid_atlas()
    rows = json.loads(labels_json(atlas, "village"))
    assert rows[0][0] == "1-1村"
    assert [row[3] for row in rows] == [0] * 4 + [1] * 4 + [2] * 4


def test_picture_of_3000_villages_is_under_20_kilobytes():
    atlas = grid_atlas(30, 100)
    layer = draw_layer(atlas, "poor_share", "2025", level="village")
    sent = picture(atlas, layer)
    arrays = [sent.pop("values"), sent.pop("classes")]
    assert sum(array.nbytes for array in arrays) + len(json.dumps(sent)) < 20_000


def test_large_figures_are_not_rounded_on_the_way():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "income", "2025", level="village")
    exact = np.array([16_777_217.0] * 12)
    object.__setattr__(layer, "values", exact)
    assert picture(atlas, layer)["values"].tolist() == exact.tolist()


def test_places_outside_are_marked_apart_from_missing():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "2025", level="village", place=f"{COUNTY}001")
    classes = picture(atlas, layer)["classes"]
    assert classes[0] == NO_DATA
    assert (classes[4:] == OUTSIDE).all()


def test_bounds_are_those_of_the_place():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "2025", level="village", place=f"{COUNTY}002")
    expected = atlas.geometry("township").loc[f"{COUNTY}002"].geometry.bounds
    assert picture(atlas, layer)["bounds"] == pytest.approx(expected)


def test_worst_places_are_named_with_their_figure():
    atlas = grid_atlas()
    worst = picture(atlas, draw_layer(atlas, "poor_share", "2025", level="village"))["worst"]
    assert len(worst) == 3
    assert all(words.endswith("%") for _, words, *_ in worst)


def test_what_adds_up_is_drawn_as_circles_and_a_share_fills_places():
    atlas = counted_atlas()
    for key in atlas.indicators:
        layer = draw_layer(atlas, key, "2025", level="village")
        sent = picture(atlas, layer)
        sums = layer.indicator.adds_up == "sum"
        assert sent["form"] == ("circles" if sums else "filled")
        assert bool(sent["circles"]) == bool(sums and np.nanmax(layer.values[layer.inside]) > 0)
        if sums:
            values = np.concatenate(
                [draw_layer(atlas, key, p, level="village").values for p in atlas.periods]
            )
            assert sent["largest"] == np.nanmax(values)
            shown = [value for value, _ in sent["circles"]]
            assert shown == sorted(shown, reverse=True)
            assert shown[0] == np.nanmax(layer.values[layer.inside])


@pytest.mark.parametrize("place", [None, COUNTY, f"{COUNTY}002"])
@pytest.mark.parametrize("level", ["village", "township"])
@pytest.mark.parametrize("key", ["poor_share", "income"])
def test_the_bars_of_the_legend_and_those_apart_count_every_place_shown(key, level, place):
    atlas = grid_atlas()
    layer = draw_layer(atlas, key, "2025", level=level, place=place)
    sent = picture(atlas, layer, lang="zh")
    bars = [row["count"] for row in sent["legend"] if row["at"] >= 0]
    apart = [row["count"] for row in sent["legend"] if row["at"] < 0]
    assert sum(bars) + sum(apart) == layer.inside.sum()
    terms, total = sent["sum"].split("个")[0].split("＝")
    assert sum(map(int, terms.split("+"))) == sum(bars) == int(total)


def test_the_places_that_the_shown_one_is_made_of_are_named():
    atlas = grid_atlas()
    for place, named in ((None, "township"), (COUNTY, "township"), (f"{COUNTY}002", "village")):
        layer = draw_layer(atlas, "poor_share", "2025", level="village", place=place)
        assert picture(atlas, layer)["named"] == named


def test_column_without_a_figure_is_drawn_as_no_data():
    atlas = grid_atlas()
    layer = draw_layer(atlas, "poor_share", "1999", level="village")
    sent = picture(atlas, layer)
    assert (sent["classes"] == NO_DATA).all()
    assert sent["worst"] == []


def test_names_are_one_line_of_plain_text():
    atlas = grid_atlas(names={FIRST: HOSTILE + "\u202e" + "长" * 300})
    name = json.loads(labels_json(atlas, "village"))[0][0]
    assert len(name) == 200
    assert "\u202e" not in name
