"""The picture of a life line holds what the life line says, and text from data stays text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from dashboard.content.life_line import WIDTH, life_svg
from geodata.periods import months_until
from geodata.workspace.life_line import LANES, Event, LifeLine
from tests.hostile_names import NAMES

MONTHS = months_until("2025-12", 24)
NAN = float("nan")
SVG = "{http://www.w3.org/2000/svg}"


def life(
    income: list[float], events: tuple[Event, ...] = (), line: float | None = 8_600
) -> LifeLine:
    lines = (8_400.0,) * 12 + (line,) * 12
    return LifeLine(MONTHS, tuple(income), lines, events, 60)


def drawn(one: LifeLine, lang: str = "zh") -> ET.Element:
    return ET.fromstring(life_svg(one, pd.DataFrame(), lang))


def of_class(picture: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in picture.iter() if one.get("class") == name]


def said(picture: ET.Element) -> str:
    return " ".join("".join(one.itertext()) for one in picture.iter(f"{SVG}text"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_point_for_each_reported_month_and_a_hatch_with_a_dotted_join_for_a_gap(lang):
    picture = drawn(life([9_000.0] * 10 + [NAN, NAN] + [9_000.0] * 12), lang)
    assert len(of_class(picture, "month")) == 22
    assert len(of_class(picture, "not-reported")) == 1
    assert len(of_class(picture, "over-gap")) == 1
    assert of_class(picture, "below") == []


def test_the_area_is_filled_only_below_the_line_of_that_month():
    # Between the two lines: below the second year's only.
    picture = drawn(life([8_500.0] * 24))
    points = [
        float(pair.split(",")[0])
        for one in of_class(picture, "below")
        for pair in str(one.get("points")).split()
    ]
    middle = 128 + (WIDTH - 140) / 2
    assert points
    assert min(points) == pytest.approx(middle, abs=0.2)
    assert of_class(drawn(life([8_600.0] * 24)), "below") == []


def test_a_line_that_is_not_set_is_said_and_not_drawn():
    picture = drawn(life([8_000.0] * 24, line=None))
    assert "2025 年监测线未定" in said(picture)
    assert len(of_class(picture, "line-of-year")) == 1
    ends = [float(str(one.get("x2"))) for one in of_class(picture, "line-of-year")]
    assert max(ends) < 128 + (WIDTH - 140) / 2 + 1


def test_every_event_has_one_mark_in_its_lane_and_an_empty_lane_says_so():
    days = [f"{month}-10" for month in MONTHS[::2]]
    events = (
        *(Event("visit", "visit", day, day, amount=50, short=True) for day in days),
        Event("status", "monitored", "2020-01", ""),
        Event("measure", "employment", "2025-03", ""),
    )
    picture = drawn(life([9_000.0] * 24, events))
    for lane in LANES:
        (group,) = (one for one in picture.iter() if one.get("data-lane") == lane)
        marks = of_class(group, "event")
        assert len(marks) == sum(one.lane == lane for one in events)
        assert ("没有登记" in said(group)) == (not marks)


def test_words_of_marks_lie_over_no_other_mark():
    events = tuple(Event("shock", "no_wages", m, m, amount=1) for m in MONTHS[::2])
    picture = drawn(life([9_000.0] * 24, events))
    marks = of_class(picture, "event")
    rects = [one.find(f"{SVG}rect") for one in marks]
    spans = [
        (float(str(r.get("x"))), float(str(r.get("x"))) + float(str(r.get("width"))))
        for r in rects
        if r is not None
    ]
    for mark in marks:
        words = mark.find(f"{SVG}text")
        if words is not None:
            x = float(str(words.get("x")))
            assert all(end <= x or start >= x + 120 for start, end in spans)


def test_a_household_of_which_no_income_is_known_has_a_picture_that_says_so():
    one = LifeLine(("2025-12",), (NAN,), (None,), ())
    assert "没有收入数" in said(drawn(one))


@pytest.mark.parametrize("name", NAMES.values())
def test_text_from_data_is_text(name):
    events = (
        Event("measure", name, "2025-01", "2025-01", name),
        Event("claim", "claim", "2025-02", "2025-02", name, 5),
    )
    svg = life_svg(life([9_000.0] * 24, events), pd.DataFrame(), "zh")
    tags = {one.tag.removeprefix(SVG) for one in ET.fromstring(svg).iter()}
    assert tags <= {
        *("svg", "defs", "pattern", "line", "text", "rect", "polygon", "polyline"),
        *("circle", "g", "path"),
    }


def _spans(words: ET.Element) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of words, a sign of Chinese as wide as it is high."""
    size = float(str(words.get("font-size", 20)))
    told = "".join(words.itertext())
    wide = size * sum(1.0 if ord(sign) > 255 else 0.58 for sign in told)
    x, y = float(str(words.get("x"))), float(str(words.get("y")))
    left = x - wide if words.get("text-anchor") == "end" else x
    return left, y - size * 0.78, left + wide, y


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "last",
    [(0, 0), (2_492, 2_492), (8_300, 8_300), (8_599, 9_100), (8_900, 8_700), (21_000, 8_601)],
)
def test_what_stands_at_the_last_month_lies_over_no_line_and_no_words(last, lang):
    for first in (1_200.0, 8_550.0, 14_000.0):
        picture = drawn(life([first] * 20 + [*map(float, last)] * 2), lang)
        own = [_spans(one) for one in of_class(picture, "last")]
        others = [_spans(one) for one in of_class(picture, "words")]
        for left, top, right, bottom in own:
            assert all(a >= right or c <= left or b >= bottom or d <= top for a, b, c, d in others)
            dots = of_class(picture, "month")
            near = [float(str(d.get("cy"))) for d in dots if left < float(str(d.get("cx"))) < right]
            near += [
                float(str(one.get("y1")))
                for one in of_class(picture, "line-of-year")
                if float(str(one.get("x2"))) > left
            ]
            assert all(not top < y < bottom for y in near), (first, last)


def test_no_words_of_the_picture_are_too_small_for_a_small_screen():
    """The picture stands in four fifths of a window 1,366 wide, and 12 pixels can be read."""
    visit = Event("visit", "visit", "2025-03-10", "2025-03-10", amount=5, short=True)
    picture = drawn(life([9_000.0] * 24, (visit,)))
    sizes = [float(str(one.get("font-size", 20))) for one in picture.iter(f"{SVG}text")]
    assert min(sizes) * 0.75 * 1366 * 0.78 / WIDTH * (4 / 3) >= 12
