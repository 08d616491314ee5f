from __future__ import annotations

import pytest

from geodata import codes


def test_code_v11_is_a_township_200_and_a_recoded_village():
    code = "522632210500"
    assert codes.level_of(code) == "village"
    assert codes.at_level(code, "county") == "522632"
    assert codes.parent_of(code) == "522632210"
    assert codes.is_within(code, "5226")


@pytest.mark.parametrize("text", ["", "5", "52263", "52263221050", "5226322105OO", "５２２６３２"])
def test_text_that_is_no_code_is_refused(text):
    assert not codes.is_code(text)
    with pytest.raises(ValueError, match="does not have"):
        codes.level_of(text)
