"""Which counts are hidden: the small ones, and those from which a small one could be worked out."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.access.suppression import small_counts

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=8)


def hidden(counts: list[float], minimum: int = 3, parents: list[str | None] | None = None) -> str:
    """Return a letter for each count: x hidden, . shown."""
    under = pd.Series(parents, dtype="str") if parents else None
    found = small_counts(pd.Series(counts, dtype="float64"), minimum, under)
    return "".join("x" if one else "." for one in found)


def test_a_count_above_zero_and_below_the_minimum_is_small() -> None:
    assert hidden([0, 1, 2, 3, 4, math.nan]) == ".xx..."


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([1, 5, 9], "xx."),
        ([5, 9, 1], "x.x"),
        ([1, 0, 9], "x.x"),
        ([1, 0, 0], "xx."),
        ([1, math.nan, 4], "x.x"),
        ([1, 1, 4], "xxx"),
        ([1, 2, 4], "xx."),
        ([2, 2, 4], "xx."),
        ([3, 4, 5], "..."),
        ([1], "x"),
        ([1, 4, 4], "xx."),
    ],
    ids=str,
)
def test_a_second_count_hides_one_that_the_total_would_give_away(counts, found) -> None:
    assert hidden(counts, parents=["t"] * len(counts)) == found


def test_each_parent_is_judged_by_itself_and_without_one_no_total_is_shown() -> None:
    assert hidden([1, 5, 4, 6], parents=["a", "a", "b", "b"]) == "xx.."
    assert hidden([1, 1, 5, 4], parents=["a", "b", "a", "b"]) == "xxxx"
    assert hidden([1, 5, 6], parents=[None, None, None]) == "x.."


@given(COUNTS, st.integers(2, 5))
def test_what_a_total_leaves_for_the_hidden_is_never_one_small_count(counts, minimum) -> None:
    marks = hidden([float(one) for one in counts], minimum, ["t"] * len(counts))
    covered = [count for count, mark in zip(counts, marks, strict=True) if mark == "x"]
    if any(0 < count < minimum for count in counts):
        assert len(covered) > 1 or len(counts) == 1
        assert (
            sum(covered) >= minimum
            or marks == "x" * len(marks)
            or not any(count for count, mark in zip(counts, marks, strict=True) if mark == ".")
        )
    else:
        assert covered == []
