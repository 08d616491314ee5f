"""Which periods stand side by side, and which places sent nothing in each."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.answers.month_window import MONTHS, not_reported, side_by_side
from geodata.atlas.scoped import ScopedAtlas

PERIODS = tuple(f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13))


@pytest.mark.parametrize("count", [1, 12, 13, 14, 25, 26, 36])
def test_every_period_is_among_those_that_stand_beside_it(count):
    periods = PERIODS[:count]
    for period in periods:
        shown = side_by_side(periods, period)
        assert period in shown
        assert len(shown) == min(count, MONTHS)
        at = periods.index(shown[0])
        assert shown == periods[at : at + len(shown)]


def test_the_last_year_stands_there_until_an_earlier_month_is_asked_for():
    assert side_by_side(PERIODS, "2024-12") == side_by_side(PERIODS, "2023-12") == PERIODS[-13:]
    assert side_by_side(PERIODS, "2023-11")[-1] == "2023-12"
    assert side_by_side(PERIODS, "2022-01") == PERIODS[:13]
    assert side_by_side((), "") == ()


def test_a_place_that_sent_nothing_is_told_of_its_month_alone(source):
    atlas = source.atlas
    assert isinstance(atlas, ScopedAtlas)
    whole = atlas.whole
    first, last = atlas.periods_of("low_income_share")[-2:]
    village = atlas.places_in(None, "village")[0]
    view = source.view(theme="monitoring", place=village[:9])

    def without(rows: pd.Series) -> dict[str, tuple[str, ...]]:
        poorer = replace(atlas, whole=replace(whole, values=whole.values[~rows]))
        return not_reported(replace(source, atlas=poorer), view, (first, last))

    before = not_reported(source, view, (first, last))
    after = without((whole.values["place"] == village) & (whole.values["period"] == last))
    assert after[first] == before[first]
    assert set(after[last]) == {*before[last], village}
    never = without(whole.values["place"] == village)
    assert village not in {*never[first], *never[last]}, "what never sent is missing in no month"
