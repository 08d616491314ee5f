from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from geodata.access import EVERYWHERE, Scope
from geodata.atlas.scoped import within_scope
from geodata.atlas.selection import total_of
from geodata.cartography import draw_layer, rank_places
from geodata.cartography.change_layer import draw_change
from geodata.cartography.coverage import coverage
from geodata.cartography.headline import headline
from geodata.hotspots import hotspot_layer
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


def test_what_is_kept_for_one_scope_is_not_shown_to_another():
    whole = grid_atlas()
    mine = within_scope(whole, Scope("village_officer", (VILLAGE,)))
    theirs = within_scope(whole, Scope("village_officer", (f"{COUNTY}002001",)))

    def seen(atlas):
        ranked = rank_places(atlas, "poor_share", "2025", level="village")
        layer = draw_layer(atlas, "poor_share", "2025", level="village")
        told = ranked.index[ranked["value"].notna()].tolist()
        assert sorted(told) == layer.keys[~pd.isna(layer.values)].tolist()
        assert coverage(atlas, "poor_share", "2025").with_data == len(told)
        return told

    assert len(seen(whole)) == 11
    assert seen(mine) == [VILLAGE]
    assert seen(theirs) == [f"{COUNTY}002001"]
    assert len(seen(whole)) == 11


def test_a_frame_that_is_changed_leaves_the_kept_one_alone():
    atlas = grid_atlas()
    before = atlas.frame("poor_share", "2025", "village")["value"].sum()
    for frame in (atlas.frame("poor_share", "2025", "village"), atlas.series("poor_share", COUNTY)):
        frame["value"] *= 100
    ranked = rank_places(atlas, "poor_share", "2025", level="village")
    ranked["rank"] = 0
    assert atlas.frame("poor_share", "2025", "village")["value"].sum() == before
    assert rank_places(atlas, "poor_share", "2025", level="village")["rank"].max() > 1


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
    rows = atlas.values[atlas.values["indicator"] == key]
    counted = rows["place"].map(counts).fillna(20.0)
    values = rows.assign(numerator=counted, denominator=whole)
    return replace(atlas, values=values, indicators={key: atlas.indicators[key]}), key


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


def mine_of(counts: dict[str, float], whole: float = 50.0):
    """Return the atlas as the leader of the first township sees it, its indicator and last month."""
    atlas, key = counted_atlas(counts, whole)
    towns = atlas.places_in(None, "township")
    mine = within_scope(atlas, Scope("leader", (towns[0],)), smallest=3)
    return mine, key, mine.periods[-1], towns


def test_a_choice_of_places_tells_no_hidden_count():
    villages = grid_atlas().places_in(grid_atlas().places_in(None, "township")[1], "village")
    mine, key, period, towns = mine_of({villages[0]: 1.0})
    alone = total_of(mine, key, period, [villages[0]])
    assert pd.isna(alone["numerator"])
    assert alone["places_with_data"] == 0
    rest = total_of(mine, key, period, list(villages))
    shown = mine.frame(key, period, "village").loc[villages, "numerator"]
    assert rest["numerator"] == shown.sum() < 1 + 20 * (len(villages) - 1)
    both = total_of(mine, key, period, list(towns[:2]))
    assert (
        both["numerator"] == mine.frame(key, period, "township").loc[towns[:2], "numerator"].sum()
    )


def test_two_hidden_counts_that_add_up_to_little_take_a_third_along():
    villages = grid_atlas().places_in(grid_atlas().places_in(None, "township")[1], "village")
    mine, key, period, _ = mine_of({villages[0]: 1.0, villages[1]: 1.0})
    shown = mine.frame(key, period, "village").loc[villages, "numerator"]
    assert int(shown.isna().sum()) == 3


def test_the_parts_of_a_hidden_township_do_not_add_up_to_it():
    towns = grid_atlas().places_in(None, "township")
    few = dict.fromkeys(grid_atlas().places_in(towns[1], "village"), 0.0)
    few[next(iter(few))] = 2.0
    mine, key, period, _ = mine_of(few)
    hidden = mine.hidden(key, period, "township")
    assert hidden[towns[1]]
    assert int(hidden.sum()) == 2
    for town in hidden.index[hidden]:
        assert mine.hidden(key, period, "village")[mine.places_in(town, "village")].any()


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_count_can_be_worked_out_from_all_that_is_shown(seed):
    rng = np.random.default_rng(seed)
    names = grid_atlas().places_in(None, "village")
    counts = dict(
        zip(names, rng.choice([0, 0, 1, 2, 3, 5, 8], len(names)).astype(float), strict=True)
    )
    mine, key, period, _ = mine_of(counts)
    frames = {level: mine.frame(key, period, level)["numerator"] for level in mine.levels}
    villages = list(names)
    rows, sums = [], []
    for level, shown in frames.items():
        above = mine.ancestors("village", level)
        for place, value in shown.dropna().items():
            rows.append((above == place).to_numpy(dtype=float))
            sums.append(value)
    for village in frames["village"].index[frames["village"].isna()]:
        aim = np.zeros(len(villages))
        aim[villages.index(village)] = 1
        known = {"A_eq": np.array(rows), "b_eq": sums, "bounds": (0, 50)}
        least = linprog(aim, **known).fun
        most = -linprog(-aim, **known).fun
        assert most - least > 0.5


def test_a_hidden_figure_is_told_from_one_that_is_absent():
    villages = grid_atlas().places_in(grid_atlas().places_in(None, "township")[1], "village")
    mine, key, period, towns = mine_of({villages[0]: 1.0})
    layer = draw_layer(mine, key, period, level="village", place=towns[1])
    assert layer.without_class("hidden").sum() == 2
    *_, missing, hidden = layer.legend("zh")
    assert (missing.label, missing.count, missing.state) == ("无数据", 0, "no_data")
    assert (hidden.label, hidden.count, hidden.state) == ("不显示", 2, "hidden")
    assert missing.colour != hidden.colour
    change = draw_change(mine, key, mine.periods[-2:], level="village", place=towns[1])
    assert change.legend("en")[-1].label == "not shown: small count"
    assert change.words("zh")[layer.keys.get_loc(villages[0])] == "不显示"
    there = replace(layer, place=villages[0])
    assert "不显示" in headline(mine, there, "zh")
    assert set(coverage(mine, key, period, towns[1]).missing["reason"]) == {"hidden"}


def test_the_numbers_behind_a_hot_spot_do_not_give_a_hidden_count_away():
    villages = grid_atlas().places_in(grid_atlas().places_in(None, "township")[1], "village")
    mine, key, period, _ = mine_of({villages[0]: 1.0})
    found = hotspot_layer(mine, key, period)
    told = {place: found.result.explanation(place, unit="", lang="zh") for place in found.keys}
    assert "不显示" in found.why(villages[0], "zh")
    for place, veiled in zip(found.keys, found.veiled, strict=True):
        assert (told[place] in found.why(place, "zh")) != veiled
    near = found.veiled & ~mine.hidden(key, period, "village").to_numpy(dtype=bool)
    assert near.any()
    assert not found.veiled.all()
