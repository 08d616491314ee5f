"""Which counts of a tree are hidden: the small ones, and those from which one could be worked out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.suppression import NumberedTree, hide_small
from geodata.suppression.tree import small, still_told

TOWN = NumberedTree.of([-1, 0, 0, 0, 0])
# A county, two townships with three villages each.
COUNTY = NumberedTree.of([-1, 0, 0, 1, 1, 1, 2, 2, 2])


def hidden(
    tree: NumberedTree, lowest: list[float], minimum: int = 3, known: tuple[int, ...] = ()
) -> str:
    """Return a letter for each place, the top first: x hidden, . shown."""
    counts = np.zeros(len(tree.parent))
    counts[tree.levels[-1]] = lowest
    for places in reversed(tree.levels[1:]):
        np.add.at(counts, tree.parent[places], np.nan_to_num(counts[places]))
    own = np.isin(np.arange(len(counts)), known)
    found = hide_small(counts, tree, minimum, known=own)
    assert not (found & own).any()
    assert found[small(counts, minimum) & ~own].all()
    assert not still_told(counts, tree, minimum, known=own, hidden=found)[~own].any()
    return "".join("x" if one else "." for one in found)


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([3, 4, 5, 9], "....."),
        ([0, 0, 0, 9], "....."),
        ([1, 5, 9, 9], ".xx.."),
        ([5, 9, 1, 9], ".x.x."),
        ([1, 0, 9, 9], ".x.x."),
        ([2, 0, 0, 0], "xx..."),
        ([1, math.nan, 4, 9], ".x.x."),
        ([1, 2, 4, 9], ".xx.."),
        # All that are small would be known by their least or greatest sum.
        ([1, 1, 1, 9], ".xxxx"),
        ([2, 2, 4, 9], ".xxx."),
        ([2, 2, 2, 2], "xxxxx"),
    ],
    ids=str,
)
def test_a_second_count_hides_one_that_the_total_would_give_away(counts, found) -> None:
    assert hidden(TOWN, counts) == found


def test_what_a_reader_knows_hides_nothing() -> None:
    # The sum less one's own would be the village: the sum is hidden too.
    assert hidden(TOWN, [1, 9, 9, 9], known=(2, 3, 4)) == "xx..."
    assert hidden(TOWN, [1, 9, 9, 9], known=(2, 3)) == ".x..x"


def test_the_parts_of_a_hidden_place_do_not_add_up_to_it() -> None:
    assert hidden(COUNTY, [0, 0, 2, 7, 8, 9]) == ".xx..xx.."
    assert hidden(COUNTY, [1, 0, 0, 2, 0, 0]) == ".xxx..x.."


@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.integers(2, 5),
    st.sets(st.sampled_from([1, 2, 3, 6]), max_size=2),
)
def test_nothing_is_told_and_nothing_hidden_without_need(counts, minimum, known) -> None:
    marks = hidden(COUNTY, [float(one) for one in counts], minimum, tuple(known))
    if not any(0 < one < minimum for one in counts):
        assert marks[3:] == "......"


def test_a_place_without_places_around_is_hidden_for_itself() -> None:
    alone = NumberedTree.of([-1, -1])
    known = np.zeros(2, dtype=bool)
    assert hide_small(np.array([2.0, 3.0]), alone, 3, known=known).tolist() == [True, False]
