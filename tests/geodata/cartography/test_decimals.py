"""What is too little to be told: changes of less than one, and ranks by what is not written."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from geodata.cartography.decimals import is_steady
from geodata.figures import Indicator
from geodata.quantity import shipped_words

WORDS = shipped_words()
HOUSEHOLD, PERCENT = WORDS.things["household"], WORDS.units["percent"]
SHARE = Indicator("a", {"zh": "甲", "en": "A"}, "share", PERCENT, HOUSEHOLD, HOUSEHOLD)
COUNT = Indicator("b", {"zh": "乙", "en": "B"}, "count", WORDS.units["household"], HOUSEHOLD)


@given(st.integers(0, 50), st.integers(1, 5000), st.integers(1, 5000))
def test_the_same_count_over_another_base_is_no_change(part, before, after):
    """As long as the base grew by less than makes one household of a difference."""
    change = 100 * (part / after - part / before)
    if abs(change) * after / 100 < 1 - 1e-6:
        assert is_steady(change, after, SHARE, 2)


@given(st.integers(0, 50), st.integers(60, 5000))
def test_one_household_more_is_a_change_where_it_can_be_written(part, base):
    change = 100 / base
    assert is_steady(change, base, SHARE, 2) == (round(change, 2) == 0)
    assert is_steady(-change, base, SHARE, 2) == (round(change, 2) == 0)


def test_counts_change_by_one_and_what_is_unknown_is_not_steady():
    assert not is_steady(1.0, 400.0, COUNT, 0)
    assert is_steady(0.0, 400.0, COUNT, 0)
    assert not is_steady(math.nan, 400.0, SHARE, 2)
    # A county of 5,000 households, 0.02 points: not one household.
    assert not is_steady(0.021, 5000, SHARE, 2)
    assert is_steady(0.019, 5000, SHARE, 2)
