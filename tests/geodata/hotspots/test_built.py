"""What is computed when an atlas is made: each period once, the same by any number of processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.atlas.folder import open_atlas, save_atlas
from geodata.hotspots.built import CLUSTERS, MAPS, counted_events, hotspot_tables, rates_table
from tests.invented import INCOME, RATE
from tests.invented_clusters import HOT, MONTHS, SILENT, clustered_atlas
from tests.invented_figures import figures_atlas, own_indicators

LAST = MONTHS[:3]


@pytest.fixture(scope="module")
def atlas():
    return clustered_atlas(LAST)


@pytest.fixture(scope="module")
def tables(atlas):
    return hotspot_tables(atlas)


def test_planted_cluster_is_found_in_every_month(tables):
    found = tables[CLUSTERS]
    assert set(found["period"]) == set(LAST)
    first = found[found["rank"] == 1]
    for places in first["places"]:
        assert len(set(places.split()) & set(HOT)) >= 6


def test_rates_are_of_every_village_that_has_an_outline(tables, atlas):
    rates = tables[rates_table(LAST[-1])]
    assert set(rates["place"]) == set(atlas.places_in(None, "village"))
    assert (rates["lower"] <= rates["rate"]).all()
    assert (rates["rate"] <= rates["upper"]).all()
    assert rates["above"].between(0, 1).all()


def test_means_have_no_events_and_are_not_scanned(tables):
    assert set(tables[MAPS]["indicator"]) == {RATE.key}
    assert INCOME.key not in set(tables[MAPS]["indicator"])


def test_several_processes_give_the_same(atlas, tables):
    again = hotspot_tables(atlas, processes=2)
    assert again.keys() == tables.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(again[name], table)


def test_a_period_whose_figures_are_as_before_is_kept(tmp_path, atlas, tables, monkeypatch):
    save_atlas(replace(atlas, tables=tables), tmp_path)
    before = open_atlas(tmp_path)
    made = []
    real = hotspot_tables.__globals__["_period_tables"]

    def noted(ground, period, asked):
        made.append(period)
        return real(ground, period, asked)

    monkeypatch.setitem(hotspot_tables.__globals__, "_period_tables", noted)
    more = clustered_atlas(MONTHS[:4])
    found = hotspot_tables(more, before)
    assert made == [MONTHS[3]]
    assert isinstance(found[rates_table(LAST[0])], Path)
    rows = found[CLUSTERS]
    known = rows[rows["period"].isin(LAST)].reset_index(drop=True)
    pd.testing.assert_frame_equal(known, tables[CLUSTERS])
    values = more.values.copy()
    values.loc[(values["period"] == LAST[1]) & (values["place"] == HOT[0]), "numerator"] += 1
    made.clear()
    hotspot_tables(replace(more, values=values), before)
    assert made == list(MONTHS[1:4])  # a month is part of the past of later ones


def test_saved_tables_are_read_as_they_were_written(tmp_path, atlas, tables):
    save_atlas(replace(atlas, tables=tables), tmp_path)
    opened = open_atlas(tmp_path)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(opened.computed(name), table)
    assert opened.computed("nothing") is None


def test_counts_of_who_is_judged_are_a_share_of_them():
    atlas = figures_atlas()
    keys, seen = atlas.places_in(None, atlas.lowest), 0
    for one in own_indicators():
        if not one.counts_judged:
            continue
        rows = atlas.values[atlas.values["indicator"] == one.key]
        found = counted_events(rows, one, keys, atlas.periods)
        known = np.isfinite(found.events)
        assert (found.events[known] <= found.base[known]).all()
        seen += 1
    assert seen >= 10


def test_where_few_are_bad_those_who_are_not_counted_are_the_events():
    atlas = clustered_atlas(LAST)
    rows = atlas.values[atlas.values["indicator"] == RATE.key]
    keys = atlas.places_in(None, "village")
    high = counted_events(rows, RATE, keys, LAST)
    low = counted_events(rows, replace(RATE, worse="low"), keys, LAST)
    np.testing.assert_array_equal(high.events + low.events, high.base)
    assert np.isnan(high.events[keys.get_loc(SILENT)]).all()


@pytest.mark.parametrize(("numerator", "reason"), [(0.0, "none"), (300.0, "everybody")])
def test_reason_why_nothing_is_looked_for(atlas, numerator, reason):
    rows = atlas.values[atlas.values["indicator"] == RATE.key]
    flat = replace(atlas, values=rows.assign(numerator=rows["numerator"] * 0 + numerator))
    assert set(hotspot_tables(flat)[MAPS]["reason"]) == {reason}


def test_few_villages_or_cases_are_not_scanned(atlas):
    small = clustered_atlas(LAST[:1], size=5)
    assert set(hotspot_tables(small)[MAPS]["reason"]) == {"few_villages"}
    rows = atlas.values[atlas.values["indicator"] == RATE.key]
    few = rows.assign(numerator=np.where(rows["place"].isin(HOT[:4]), 1.0, rows["numerator"] * 0))
    assert set(hotspot_tables(replace(atlas, values=few))[MAPS]["reason"]) == {"few_events"}
