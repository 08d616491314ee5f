"""The figure of a group of places: sums over sums, sums, or the median, never a mean of shares."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from geodata.figures import Indicator
from geodata.figures.totals import COLUMNS, in_yuan, sum_parts, to_successors, total_by
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


FUNDS = Indicator("f", TITLE, "total", WORDS.units["yuan"], WORDS.things["money"])
PER_HEAD = Indicator(
    "h", TITLE, "per_head", WORDS.units["yuan_per_year"], WORDS.things["money"], HOUSEHOLD
)
PAID = Indicator(
    "m", TITLE, "share", WORDS.units["percent"], WORDS.things["money"], WORDS.things["money"]
)


def month(**places: str) -> pd.DataFrame:
    """Return figures of two indicators, in fen where they are money, for each place given."""
    rows = [
        (place, indicator, 1200.0, 300.0, 1.0, 5.0)
        for place in places.values()
        for indicator in ("f", "h", "m", "s")
    ]
    columns = ["place", "indicator", "numerator", "denominator", "missing", "subjects"]
    return pd.DataFrame(rows, columns=columns)


def test_only_parts_that_are_money_are_told_in_yuan():
    known = {one.key: one for one in (FUNDS, PER_HEAD, PAID, SHARE)}
    found = in_yuan(month(a="v1"), known).set_index("indicator")
    assert found["numerator"].to_dict() == {"f": 12.0, "h": 12.0, "m": 12.0, "s": 1200.0}
    assert found["denominator"].to_dict() == {"f": 300.0, "h": 300.0, "m": 3.0, "s": 300.0}
    assert found[["missing", "subjects"]].to_numpy().tolist() == [[1.0, 5.0]] * 4


def test_a_village_merged_away_is_counted_under_its_successor():
    merged = pd.Series({"v1": "v2", "v9": "v3"})
    found = to_successors(month(a="v1", b="v2", c="v3"), merged)
    assert list(found) == list(month(a="v1"))
    parts = ["numerator", "denominator", "missing", "subjects"]
    keyed = found.set_index(["place", "indicator"])[parts]
    assert keyed.loc[("v2", "s")].tolist() == [2400.0, 600.0, 2.0, 10.0]
    assert keyed.loc[("v3", "s")].tolist() == [1200.0, 300.0, 1.0, 5.0]
    assert len(keyed) == 8


def test_what_is_unknown_of_all_that_are_merged_stays_unknown_and_of_one_is_left_out():
    merged, figures = pd.Series({"v1": "v2"}), month(a="v1", b="v2")
    figures.loc[figures["indicator"].eq("s"), "numerator"] = NAN
    figures.loc[figures["indicator"].eq("f") & figures["place"].eq("v1"), "numerator"] = NAN
    found = to_successors(figures, merged).set_index("indicator")["numerator"]
    assert np.isnan(found["s"])
    assert found["f"] == 1200.0


def test_where_no_village_was_merged_the_figures_are_those_given():
    figures = month(a="v1", b="v2")
    assert to_successors(figures, pd.Series({"v9": "v1"})) is figures


def test_groups_stand_in_the_order_in_which_they_come():
    found = sum_parts(ROWS.drop(columns="group"), ROWS["group"].map({"a": "z", "b": "y", "d": "x"}))
    assert found.index.tolist() == ["z", "y", "x"]
    assert found.loc["z", "places_with_data"] == 3
