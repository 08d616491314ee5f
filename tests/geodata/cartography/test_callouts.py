"""Cards beside a map: none over another, over what is there or over the county, no line across another."""

from __future__ import annotations

from itertools import combinations, permutations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.cartography.callouts import GAP, STEP, Anchor, place_callouts

WIDTH, HEIGHT = 1000.0, 640.0
LAND = (320.0, 680.0)
ROWS = [LAND if 4 <= row < 50 else None for row in range(54)]
TAKEN = [(16.0, 16.0, 310.0, 120.0), (16.0, 440.0, 300.0, 620.0)]
POINTS = st.tuples(st.floats(330, 670), st.floats(60, 590))


def _placed(points, taken=TAKEN):
    anchors = [Anchor(x, y, 220, 96) for x, y in points]
    return place_callouts(anchors, width=WIDTH, height=HEIGHT, taken=taken, land=ROWS)


@settings(max_examples=80, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=3, unique=True))
def test_cards_lie_free_and_their_lines_cross_nothing(points):
    placed = _placed(points)
    assert placed[0] is not None
    callouts = [one for one in placed if one is not None]
    boxes = [shapely.box(*one.box) for one in callouts]
    lines = [shapely.LineString(one.line) for one in callouts]
    frame, county = shapely.box(0, 0, WIDTH, HEIGHT), shapely.box(LAND[0], 4 * STEP, LAND[1], 600)
    for box, line in zip(boxes, lines, strict=True):
        assert frame.contains(box)
        assert box.distance(county) >= GAP
        for there in TAKEN:
            assert box.distance(shapely.box(*there)) >= GAP
            assert line.intersection(shapely.box(*there)).length < 1e-6
    for one, other in combinations(range(len(boxes)), 2):
        assert boxes[one].distance(boxes[other]) >= GAP
        assert not lines[one].crosses(lines[other])
        for line, box in ((lines[one], boxes[other]), (lines[other], boxes[one])):
            assert line.intersection(box).length < 1e-6


def test_a_line_begins_at_its_place_and_arrives_level_at_its_card():
    (callout,) = _placed([(600, 300)])
    assert callout is not None
    begin, elbow, end = callout.line
    assert begin == (600, 300)
    assert elbow[1] == end[1]
    assert end[0] in (callout.box[0], callout.box[2])
    assert callout.box[0] > 600


def test_where_there_is_room_for_one_card_the_worst_has_it():
    full = [(0.0, 0.0, 320.0, HEIGHT), (680.0, 0.0, WIDTH, 400.0)]
    for points in permutations([(500, 500), (520, 510), (540, 520)]):
        placed = _placed(points, full)
        assert [one is not None for one in placed] == [True, False, False]
    assert _placed([(500, 300)], [(0.0, 0.0, WIDTH, HEIGHT)]) == [None]
