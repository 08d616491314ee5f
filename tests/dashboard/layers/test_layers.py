"""A kind of layer is one module: it is offered, drawn and told, and nothing else is edited."""

from __future__ import annotations

import sys

import pytest

from dashboard import layers
from dashboard.answers.titles import headline_of
from dashboard.maps.picture import picture
from dashboard.session.state import State
from dashboard.views.controls import ControlsView
from geodata.atlas import open_atlas
from tests.invented import grid_atlas

SEVENTH = """
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dashboard.layers import Headline, LayerKind
from dashboard.layers.plain import draw_plain
from geodata.cartography import CategoryLayer, Palette
from geodata.cartography.layer import PointedOut

HALVES = Palette({"light": ("#111111", "#eeeeee"), "dark": ("#eeeeee", "#111111")})


@dataclass(frozen=True)
class HalvesLayer(CategoryLayer):
    kind: ClassVar[str] = "halves"

    def title(self, lang=None):
        return "Halves"

    def pointed_out(self, atlas, lang=None):
        return [PointedOut(0, "first")]

    @property
    def signs(self):
        return [(1, "✓")]


def _draw(source, view, sample):
    plain = draw_plain(source, view)
    classes = (np.arange(len(plain.keys)) % 2).astype("uint8")
    words = {"zh": ("一", "二"), "en": ("one", "two")}
    one = {"zh": "没有", "en": "none"}
    return HalvesLayer.over(plain, classes, HALVES, names=words, unknown=one, said=one)


KIND = LayerKind(
    "halves",
    15,
    lambda source, view, sample: view.classes == "halves",
    _draw,
    lambda source, view, layer, whole: Headline("Half and half", whole),
    classes=lambda lang: {"zh": "各半", "en": "Halves"}[lang],
    lowest=True,
)
"""


@pytest.fixture
def seventh(tmp_path, monkeypatch):
    (tmp_path / "halves.py").write_text(SEVENTH, encoding="utf-8")
    monkeypatch.setattr(layers, "__path__", [*layers.__path__, str(tmp_path)])
    yield
    sys.modules.pop("dashboard.layers.halves", None)


def test_a_kind_in_a_module_of_its_own_is_offered_drawn_and_told(seventh):
    atlas = grid_atlas()
    state = State(atlas, "?level=township")
    assert "halves" in state.methods
    state.choose_classes("halves")
    assert (state.level, state.layer.kind) == (atlas.lowest, "halves")
    assert State(atlas, state.query).classes == "halves"
    shown = picture(atlas, state.layer, lang="en")
    assert [row["label"] for row in shown["legend"]] == ["one", "two", "none"]
    assert (shown["title"], shown["worst"][0][:2]) == ("Halves", [0, "first"])
    assert shown["signs"] == [[1, "✓"]]
    assert shown["words"][:2] == ["one", "two"]
    assert headline_of(state.source, state.shown, state.layer).title == "Half and half"
    assert "各半" in ControlsView(state).classes.options


def test_a_kind_that_is_gone_leaves_the_address_as_any_unknown_word():
    assert State(grid_atlas(), "?classes=halves").classes == "policy"


def test_kinds_are_asked_in_one_order_and_one_always_answers(county):
    kinds = list(layers.kinds().values())
    orders = [kind.order for kind in kinds]
    assert orders == sorted(set(orders)), "no two kinds are asked at one time"
    state = State(open_atlas(county.setup.config.folder), themes=county.setup.themes)
    assert kinds[-1].wants(state.source, state.shown, {}), "the last takes what no other wants"
    offered = layers.ways_of_classing(state.source)
    assert "hotspots" in offered
    assert "wall" not in offered, "nobody knows what is open"
    assert not layers.colours_lowest("natural")
