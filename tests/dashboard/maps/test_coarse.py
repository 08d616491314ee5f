"""Outlines that a page carries with it are those of the map, to less than a pixel of a screen."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from dashboard.maps.coarse import coarse_json
from dashboard.maps.picture import bounds
from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from tests.invented import COUNTY, grid_atlas


def _shapes(told, level):
    """Return the shapes of a level by position."""
    corner, unit = np.array(told["corner"]), told["unit"]
    return {
        at: shapely.union_all(
            [
                shapely.polygons(corner + np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * unit)
                for ring in rings
            ]
        )
        for at, rings in told["outlines"][level]
    }


@pytest.mark.parametrize("place", [None, f"{COUNTY}002"])
def test_coarse_outlines_lie_where_the_true_ones_do(place):
    atlas = grid_atlas(3, 40)
    told = json.loads(coarse_json(atlas, "village", place))
    west, south, east, north = bounds(atlas, place)
    pixel = max(east - west, north - south) / 700
    for level in atlas.levels:
        keys = atlas.places_in(None, level)
        true = atlas.shapes(level, keys)
        drawn = _shapes(told, level)
        inside = keys.get_indexer(atlas.places_in(place, level))
        assert set(inside) <= set(drawn)
        assert all(true[at].hausdorff_distance(shape) < pixel for at, shape in drawn.items())


def test_names_come_only_where_they_are_written():
    told = json.loads(coarse_json(grid_atlas(), "village", None))
    assert {row[0] for row in told["places"]["village"]} == {""}
    assert all(row[0] for row in told["places"]["township"])


def test_one_map_is_made_for_all_scopes():
    atlas = grid_atlas()
    scopes = [Scope("village_officer", (f"{COUNTY}00100{n}",)) for n in (1, 2)]
    made = [coarse_json(within_scope(atlas, scope), "village", None) for scope in scopes]
    assert made[0] is made[1]
    assert made[0] is coarse_json(atlas, "village", None)
