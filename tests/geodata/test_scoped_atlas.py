from __future__ import annotations

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
