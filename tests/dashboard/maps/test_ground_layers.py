"""The ground is on the page and on paper where the county has one, and the same for every viewer."""

from __future__ import annotations

import base64
import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.maps.ground_layers import ground_json, lines_of, relief_of
from dashboard.maps.paper import draw_map
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.server.geometry import GeometryFiles
from geodata.cartography import draw_layer
from geodata.ground import LINES, RELIEF
from geodata.ground.heights import Heights
from geodata.ground.relief import relief_picture
from tests.invented import COUNTY, grid_atlas


@pytest.fixture
def atlas():
    plain = grid_atlas()
    west, south, east, north = plain.geometry("county").total_bounds
    heights = np.tile(np.arange(60) * 40.0, (60, 1))
    step = (east - west) / 60
    grid = Heights(heights, west, north, step, (north - south) / 60, "EPSG:4326")
    png, ends = relief_picture(grid, (west, south, east, north))
    names = ("west", "south", "east", "north")
    relief = pd.DataFrame([{"png": png, **dict(zip(names, ends, strict=True))}])
    river = shapely.LineString([(west, south), (east, north)])
    seat = shapely.Point((west + east) / 2, (south + north) / 2)
    lines = pd.DataFrame(
        {
            "kind": ["river", "road", "settlement"],
            "rank": [3, 1, 2],
            "wkb": [shapely.to_wkb(one) for one in (river, river, seat)],
        }
    )
    return dataclasses.replace(plain, tables={RELIEF: relief, LINES: lines})


def test_the_page_gets_picture_and_lines_by_one_address(atlas):
    files = GeometryFiles(atlas)
    assert files.sources[0]["ground"].startswith("geometry/")
    assert all("ground" not in source for source in files.sources[1:])
    told = json.loads(ground_json(atlas))
    assert base64.b64decode(told["picture"].partition(",")[2]) == relief_of(atlas).png
    kinds = [feature["properties"]["kind"] for feature in told["lines"]["features"]]
    assert sorted(kinds) == ["river", "road", "settlement"]


def test_a_county_without_context_has_plain_ground():
    plain = grid_atlas()
    assert ground_json(plain) is None
    assert (relief_of(plain), lines_of(plain)) == (None, {})
    assert "ground" not in GeometryFiles(plain).sources[0]


def test_the_drawn_map_has_the_ground_and_the_same_scale(atlas):
    sheet = PaperSheet(width=6, height=4, dpi=60, lang="zh")
    with_ground, without = (
        draw_map(one, draw_layer(one, "poor_share", "2025", level="village", place=COUNTY), sheet)
        for one in (atlas, grid_atlas())
    )
    assert len(with_ground.figure.axes[0].images) == 2
    assert not without.figure.axes[0].images
    limits = [one.figure.axes[0].get_xlim() for one in (with_ground, without)]
    assert limits[0] == limits[1]
