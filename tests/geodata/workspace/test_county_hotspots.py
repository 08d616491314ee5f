"""Clusters in the reasons of a workspace: said of a village of one, and of no other."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.atlas import Atlas
from geodata.hotspots.built import hotspot_tables
from geodata.hotspots.village_clusters import village_clusters
from geodata.workspace.county_hotspots import clusters_of, clusters_sentence
from geodata.workspace.why import Why
from tests.invented_clusters import CENTRE, MONTHS, SILENT, clustered_atlas


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    made = clustered_atlas(MONTHS[-4:])
    return replace(made, tables=hotspot_tables(made))


def _why(place: str, indicator: str = "poor_share") -> Why:
    return Why(place, indicator, (), "", (), pd.DataFrame(), {}, pd.DataFrame())


def test_reason_of_a_village_of_a_cluster_tells_of_it(atlas):
    assert "连在一起偏高" in clusters_sentence(atlas, _why(CENTRE), MONTHS[-1], "zh")
    assert "lie high together" in clusters_sentence(atlas, _why(CENTRE), MONTHS[-1], "en")


def test_reason_of_other_villages_says_nothing_of_clusters(atlas):
    members = village_clusters(atlas, "poor_share", MONTHS[-1]).clusters[0].codes
    others = [key for key in atlas.places_in(None, "village") if key not in members]
    for place in (others[0], SILENT, "99"):
        assert clusters_sentence(atlas, _why(place), MONTHS[-1], "zh") == ""


def test_kinds_over_time_are_computed_once_for_each_atlas(atlas):
    layer = clusters_of(atlas, "poor_share", MONTHS[-1])
    assert clusters_of(atlas, "poor_share", MONTHS[-1]) is layer


def test_unknown_indicator_or_month_says_nothing(atlas):
    assert clusters_sentence(atlas, _why(CENTRE, "nothing"), MONTHS[-1], "zh") == ""
    assert clusters_sentence(atlas, _why(CENTRE), "1999-01", "zh") == ""


def test_later_months_do_not_change_what_a_month_said(atlas):
    earlier = clustered_atlas(MONTHS[-4:-1])
    earlier = replace(earlier, tables=hotspot_tables(earlier))
    month = MONTHS[-2]
    said = clusters_sentence(atlas, _why(CENTRE), month, "zh")
    assert said == clusters_sentence(earlier, _why(CENTRE), month, "zh") != ""
