from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.access import EVERYWHERE, Scope
from geodata.atlas.scoped import within_scope
from tests.invented import COUNTY, grid_atlas

VILLAGE, TOWNSHIP = f"{COUNTY}001002", f"{COUNTY}001"


def known(atlas, level):
    frame = atlas.frame("poor_share", "2025", level)
    return frame.index[frame["value"].notna()].tolist()


def test_a_village_officer_sees_the_village_and_the_totals_above_it():
    whole = grid_atlas()
    mine = within_scope(whole, Scope("village_officer", (VILLAGE,)))
    assert known(mine, "village") == [VILLAGE]
    assert known(mine, "township") == [TOWNSHIP]
    total = mine.frame("poor_share", "2025", "county").loc[COUNTY, "value"]
    assert total == whole.frame("poor_share", "2025", "county").loc[COUNTY, "value"]
    assert mine.all_values("poor_share", "village").index.unique().tolist() == [VILLAGE]
    assert set(mine.values["place"]) == {VILLAGE}
    assert mine.series("poor_share", f"{COUNTY}002001")["value"].isna().all()
    assert mine.series("poor_share", None)["value"].notna().all()


@pytest.mark.parametrize(
    ("role", "prefixes"),
    [("auditor", ()), ("administrator", (COUNTY,)), ("leader", ()), ("leader", ("990101",))],
)
def test_who_has_no_right_to_figures_here_sees_none(role, prefixes):
    mine = within_scope(grid_atlas(), Scope(role, prefixes))
    assert [known(mine, level) for level in mine.levels] == [[], [], []]
    assert mine.series("poor_share", None)["value"].isna().all()
    assert mine.values.empty
    assert mine.all_values("poor_share", "village").empty
    assert mine.periods == ("2023", "2024", "2025")


@pytest.mark.parametrize("prefix", [COUNTY, TOWNSHIP, EVERYWHERE])
def test_a_leader_sees_the_whole_county(prefix):
    whole = grid_atlas()
    mine = within_scope(whole, Scope("leader", (prefix,)))
    for level in whole.levels:
        assert known(mine, level) == known(whole, level)


def test_one_actors_classes_do_not_reach_another():
    whole = grid_atlas()
    whole.all_values("poor_share", "village")
    mine = within_scope(whole, Scope("village_officer", (VILLAGE,)))
    assert len(mine.all_values("poor_share", "village")) == 3
    assert len(whole.all_values("poor_share", "village")) == 33


def counted_atlas(counts: dict[str, float], whole: float = 50.0):
    """Return the invented atlas with one share of households, given by village."""
    atlas = grid_atlas()
    key = next(iter(atlas.indicators))
    measured = replace(
        atlas.indicators[key], adds_up="ratio", counted={"zh": "户", "en": "households"}
    )
    rows = atlas.values[atlas.values["indicator"] == key]
    counted = rows["place"].map(counts).fillna(20.0)
    values = rows.assign(numerator=counted, denominator=whole)
    return replace(atlas, values=values, indicators={key: measured}), key


@pytest.mark.parametrize(("count", "shown"), [(0, True), (1, False), (2, False), (3, True)])
def test_a_small_count_of_other_peoples_places_is_hidden(count, shown):
    towns = grid_atlas().places_in(None, "township")
    villages = grid_atlas().places_in(towns[1], "village")
    atlas, key = counted_atlas({villages[0]: count})
    for scope in (Scope("village_officer", (towns[0],)), Scope("leader", (towns[0],))):
        mine = within_scope(atlas, scope, smallest=3)
        period = mine.periods[-1]
        if not scope.allows(villages[0], "figure"):
            continue
        frame = mine.frame(key, period, "village")
        assert pd.notna(frame.loc[villages[0], "value"]) == shown
        hidden = frame.loc[villages, "numerator"].isna().sum()
        assert hidden == (0 if shown else 2)
        assert pd.notna(mine.series(key, villages[0])["value"].iloc[-1]) == shown
    own = within_scope(atlas, Scope("leader", (towns[1],)), smallest=3)
    assert pd.notna(own.frame(key, own.periods[-1], "village").loc[villages[0], "value"])


def test_the_households_not_counted_are_hidden_when_they_are_few():
    towns = grid_atlas().places_in(None, "township")
    villages = grid_atlas().places_in(towns[1], "village")
    atlas, key = counted_atlas({villages[0]: 48.0, villages[1]: 47.0})
    mine = within_scope(atlas, Scope("leader", (towns[0],)), smallest=3)
    frame = mine.frame(key, mine.periods[-1], "village")
    assert pd.isna(frame.loc[villages[0], "value"])
