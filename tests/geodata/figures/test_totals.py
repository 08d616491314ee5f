"""The figure of a group of places: sums over sums, sums, or the median, never a mean of shares."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from geodata.figures import Indicator
from geodata.figures.totals import COLUMNS, total_by
from geodata.quantity import shipped_words

WORDS = shipped_words()
HOUSEHOLD = WORDS.things["household"]
TITLE = {"zh": "甲", "en": "a"}
SHARE = Indicator("s", TITLE, "share", WORDS.units["percent"], HOUSEHOLD, HOUSEHOLD)
COUNT = Indicator("c", TITLE, "count", WORDS.units["household"], HOUSEHOLD)
PLAIN = Indicator("p", TITLE)
NAN = math.nan
ROWS = pd.DataFrame(
    [
        ("a", 1.0, 10.0, 2.0, 12.0),
        ("a", 90.0, 100.0, 0.0, 100.0),
        ("a", 3.0, 4.0, NAN, NAN),
        ("a", NAN, 100.0, 7.0, 7.0),
        ("a", 5.0, 0.0, 1.0, 1.0),
        ("b", NAN, NAN, 4.0, 4.0),
        ("d", 0.5, 0.5, 0.0, 1.0),
        ("d", 0.25, 0.5, 0.0, 1.0),
    ],
    columns=["group", "numerator", "denominator", "missing", "subjects"],
)
SIZES = pd.Series({"a": 6, "b": 2, "c": 3, "d": 2})


def totals(indicator: Indicator) -> pd.DataFrame:
    return total_by(ROWS.drop(columns="group"), ROWS["group"], indicator, sizes=SIZES)


@pytest.mark.parametrize(
    ("indicator", "value"), [(SHARE, 94 / 114), (COUNT, 94.0), (PLAIN, 0.75)], ids=["s", "c", "p"]
)
def test_the_value_follows_from_how_the_quantity_adds_up(indicator, value):
    found = totals(indicator)
    assert list(found) == COLUMNS
    assert found.loc["a", "value"] == pytest.approx(value)
    assert found["value"].isna().tolist() == [False, True, True, False]
    assert found.loc["d", "value"] == 0.75


def test_parts_are_of_the_places_with_data_and_missing_of_all():
    found = totals(SHARE)
    assert found.loc["a", ["numerator", "denominator"]].tolist() == [94.0, 114.0]
    assert found.loc["a", ["missing", "subjects"]].tolist() == [10.0, 120.0]
    assert found.loc["b", ["missing", "subjects"]].tolist() == [4.0, 4.0]
    assert np.isnan(
        found.loc["c", ["numerator", "denominator", "missing", "subjects"]].tolist()
    ).all()
    assert found["places_with_data"].tolist() == [3, 0, 0, 2]
    assert found["places"].tolist() == [6, 2, 3, 2]
