"""Tests that leave the edge of a threshold out."""

from __future__ import annotations

from tests.mutation.example import is_grown


def test_somebody_of_thirty_is_grown_and_of_three_is_not():
    assert is_grown(30)
    assert not is_grown(3)
