"""Features of points as people write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashboard.panels.points.values import value_text
from geodata.rules import Feature

FLAG = Feature("collective_economy", {"zh": "集体经济", "en": "collective economy"})


@pytest.mark.parametrize("kind", ["bool", "boolean", "object"])
def test_a_flag_of_a_column_is_a_word_and_never_a_number(kind):
    column = pd.Series([True, False], index=["甲", "乙"], dtype=kind)
    told = [value_text(column.get(key), FLAG, "en") for key in column.index]
    assert told == [value_text(flag, FLAG, "en") for flag in (True, False)]
    assert not any(word.isdigit() for word in told)


def test_an_unknown_flag_is_a_dash():
    assert {value_text(one, FLAG, "zh") for one in (None, np.nan)} == {"—"}
