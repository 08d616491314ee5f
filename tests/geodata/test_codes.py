from __future__ import annotations

import pytest

from geodata import codes


def test_code_v11_is_a_township_200_and_a_recoded_village():
    code = "522632210500"
    assert codes.level_of(code) == "village"
    assert codes.at_level(code, "county") == "522632"


@pytest.mark.parametrize("text", ["", "5", "52263", "52263221050", "5226322105OO", "５２２６３２"])
def test_text_that_is_no_code_is_refused(text):
    assert not codes.is_code(text)
    with pytest.raises(ValueError, match="does not have"):
        codes.level_of(text)


CODES = {"province": "99", "city": "9901", "county": "990101"}
CODES |= {"township": "990101100", "village": "990101100201"}


@pytest.mark.parametrize("level", codes.LEVELS)
def test_a_code_begins_with_the_codes_of_all_levels_above_it(level):
    assert codes.level_of(CODES[level]) == level
    known = codes.LEVELS.index(level)
    for place, other in enumerate(codes.LEVELS):
        if place <= known:
            assert codes.at_level(CODES[level], other) == CODES[other]
        else:
            with pytest.raises(ValueError, match="lies above the level"):
                codes.at_level(CODES[level], other)


@pytest.mark.parametrize("width", [0, 1, 3, 5, 7, 8, 10, 11, 13])
def test_other_widths_are_no_code(width):
    assert not codes.is_code("9" * width)
