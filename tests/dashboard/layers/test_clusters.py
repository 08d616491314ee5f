"""The map of clusters: kinds in words, hatched where nothing can be told, an outline around each."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from dashboard.answers.layers import layer_of
from dashboard.maps.picture import picture
from dashboard.session.state import State
from dashboard.views.headline import HeadlineView
from geodata.hotspots.built import hotspot_tables
from geodata.hotspots.village_clusters import KINDS, village_clusters
from tests.invented_clusters import CENTRE, MONTHS, clustered_atlas


@pytest.fixture(scope="module")
def atlas():
    made = clustered_atlas(MONTHS[:3])
    return replace(made, tables=hotspot_tables(made))


@pytest.fixture
def state(atlas):
    return State(atlas, "?indicator=poor_share&classes=clusters")


def test_every_village_is_of_the_kind_that_the_answer_says(atlas, state):
    found = village_clusters(atlas, "poor_share", state.period)
    assert (state.layer.classes == found.kinds).all()
    assert state.layer.hatched == KINDS.index("unsure")
    keys = state.layer.keys
    members = [[keys[at] for at in outline.at] for outline in state.layer.outlines]
    assert members == [sorted(one.codes) for one in found.clusters]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_picture_has_hatching_and_one_outline_around_each_cluster(atlas, state, lang):
    shown = picture(atlas, state.layer, lang=lang)
    assert shown["hatched"] == KINDS.index("unsure")
    hatched = [row["label"] for row in shown["legend"] if row["hatched"]]
    assert len(hatched) == 1
    (around,) = shown["outlined"]["features"]
    assert str(len(state.layer.outlines[0].at)) in around["properties"]["title"]
    whole = shapely.geometry.shape(around["geometry"])
    first = village_clusters(atlas, "poor_share", state.period).clusters[0]
    villages = shapely.union_all(atlas.shapes("village", list(first.codes)))
    assert whole.symmetric_difference(villages).area < 0.01 * villages.area


def test_the_map_of_the_share_itself_has_the_outline_and_no_hatching(atlas, state):
    layer = State(atlas, "?indicator=poor_share").layer
    assert layer.outlines == state.layer.outlines != ()
    plain = picture(atlas, layer, lang="zh")
    assert plain["hatched"] == -1
    assert plain["outline"]
    assert State(atlas, "?indicator=poor_share&level=township").layer.outlines == ()
    told = State(atlas, "?indicator=poor_share")
    for public in (False, True, False):
        shown = replace(told.shown, public=public)
        assert (layer_of(told.source, shown).outlines == ()) == public
    assert not any(row["hatched"] for row in plain["legend"])


def test_headline_says_where_and_of_a_village_of_it_the_same(state):
    view = HeadlineView(state)
    assert "连在一起偏高" in view.headline.title
    state.go(CENTRE)
    assert "连在一起偏高" in view.headline.title


def test_an_indicator_without_clusters_says_why(atlas):
    state = State(atlas, "?indicator=income&classes=clusters")
    assert (state.layer.classes == 255).all()
    assert "不找连片" in state.layer.rule("zh")
    assert layer_of(state.source, state.shown).outlines == ()
