"""Hot spots on the map page: offered beside the classes, legend in words, finding and why."""

from __future__ import annotations

import pytest

from dashboard.maps.picture import picture
from dashboard.session.state import State
from dashboard.views.controls import ControlsView
from dashboard.views.headline import HeadlineView
from geodata.cartography import CategoryLayer
from tests.invented_clusters import CENTRE, SILENT, clustered_atlas


@pytest.fixture
def state():
    return State(clustered_atlas(), "?indicator=poor_share&classes=hotspots")


def test_address_opens_the_hot_spots(state):
    assert isinstance(state.layer, CategoryLayer)
    assert "classes=hotspots" in state.query


def test_legend_is_in_words_and_counts_every_village(state):
    shown = picture(state.atlas, state.layer, lang="zh")
    labels = [row["label"] for row in shown["legend"]]
    assert any("热点" in label for label in labels)
    assert labels[-1] == "未评估"
    assert sum(row["count"] for row in shown["legend"]) == 64
    assert "错判率" in shown["rule"]


def test_tooltip_says_the_kind_of_every_village(state):
    words = picture(state.atlas, state.layer, lang="en")["words"]
    keys = state.atlas.places_in(None, "village")
    assert "hot spot" in words[keys.get_loc(CENTRE)]
    assert words[keys.get_loc(SILENT)] == "not assessed"


def test_figures_stay_the_figures_of_the_indicator(state):
    plain = State(state.atlas, "?indicator=poor_share").layer
    assert (state.layer.values[1:] == plain.values[1:]).all()


def test_headline_counts_hot_spots_and_says_why_of_a_village(state):
    view = HeadlineView(state)
    assert "个村中有热点" in view.headline.title
    state.go(CENTRE)
    assert "个村中有热点" in view.headline.title
    assert "连续12个月为热点" in view.headline.sentence
    assert "8个相邻村" in view.headline.sentence


def test_drill_down_keeps_the_kinds_of_the_county(state):
    before = state.layer.classes.copy()
    state.go(CENTRE[:9])
    assert (state.layer.classes == before).all()
    assert state.layer.inside.sum() == 8


def test_choosing_hot_spots_colours_villages(state):
    state.param.update(level="township", classes="natural")
    controls = ControlsView(state)
    controls.classes.value = "hotspots"
    assert state.level == "village"
    assert isinstance(state.layer, CategoryLayer)
    state.level = "township"
    assert not isinstance(state.layer, CategoryLayer)


def test_earlier_month_shows_what_was_known_then(state):
    state.period = "2025-03"
    labels = [row.label for row in state.layer.legend("zh")]
    assert "热点(错判率控制在1%)" in [
        label.translate({0xFF08: "(", 0xFF09: ")"}) for label in labels
    ]
