"""Membership of texts agrees with that of pandas, for every kind of column."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.intake.membership import is_among

VALUES = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "b", "户", "0 ", "nan"])))


@settings(max_examples=80, deadline=None)
@given(texts=VALUES, known=VALUES)
def test_membership_is_that_of_pandas_without_missing_ones(texts, known):
    column = pd.Series(texts, dtype="str")
    there = [text for text in known if text is not None]
    expected = column.isin(there).to_numpy() & column.notna().to_numpy()
    for among in (pd.Series(known, dtype="str"), pd.Index(there, dtype="str"), frozenset(there)):
        assert is_among(column, among).tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", ["str", object])
def test_nothing_is_among_nothing(dtype):
    assert is_among(pd.Series([], dtype=dtype), []).tolist() == []
    assert is_among(pd.Series(["a", None], dtype=dtype), []).tolist() == [False, False]
