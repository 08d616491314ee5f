"""Every palette of the maps, as people see it who do not tell red from green."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from dashboard.layers.wall import WALL_PALETTE
from geodata.cartography import palette_for
from geodata.cartography.change_layer import CHANGE_PALETTE
from tests.conftest import ROOT
from tests.geodata.cartography.test_layer import BLINDNESS, _linear

ENOUGH = 10  # CIE 1976 colour difference
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
EYES = [name for name in BLINDNESS if name != "tritan"]


def _lab(colour: str, eye: str) -> np.ndarray:
    rgb = np.clip(np.array(BLINDNESS[eye]) @ _linear(colour), 0, 1)
    share = _TO_XYZ @ rgb / [0.95047, 1.0, 1.08883]
    curve = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    x, y, z = curve
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _difference(first: str, second: str, eye: str) -> float:
    return float(np.linalg.norm(_lab(first, eye) - _lab(second, eye)))


def _palettes() -> dict[str, tuple[str, ...]]:
    found = {
        f"{worse} {count} {apart} {theme}": palette_for(worse, count, apart=apart).colours[theme]
        for worse, count, apart, theme in itertools.product(
            ("high", "none"), (3, 4, 5), (-1, 0), ("light", "dark")
        )
    }
    for name, palette in (("change", CHANGE_PALETTE), ("wall", WALL_PALETTE)):
        found |= {f"{name} {theme}": colours for theme, colours in palette.colours.items()}
    return found


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", _palettes())
def test_neighbouring_classes_differ_for_every_eye(name, eye):
    colours = _palettes()[name]
    steps = [_difference(a, b, eye) for a, b in itertools.pairwise(colours)]
    assert min(steps) >= ENOUGH, [round(step, 1) for step in steps]


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(
    "name", [name for name in _palettes() if name.startswith(("change", "wall"))]
)
def test_no_two_named_classes_look_the_same(name, eye):
    pairs = itertools.combinations(_palettes()[name], 2)
    assert min(_difference(a, b, eye) for a, b in pairs) >= ENOUGH


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("worse", ["high", "low", "none"])
@pytest.mark.parametrize("apart", [True, False])
def test_the_worst_class_stands_out_most_from_the_ground_and_zero_least(worse, theme, apart):
    ground = re.search(
        rf'{theme}: {{ground: "(#\w+)"',
        (Path(ROOT) / "dashboard" / "maps" / "screen" / "ink.js").read_text(encoding="utf-8"),
    )
    assert ground is not None
    good = -1 if not apart else 4 if worse == "low" else 0
    colours = palette_for(worse, 5, apart=good).colours[theme]
    away = [_difference(colour, ground[1], "none") for colour in colours]
    ordered = sorted(away, reverse=worse == "low")
    assert away == ordered


@pytest.mark.parametrize("eye", EYES)
def test_states_of_points_differ_in_colour_or_sign(eye):
    script = (Path(ROOT) / "dashboard" / "maps" / "screen" / "symbols.js").read_text(
        encoding="utf-8"
    )
    colours, signs = (
        dict(re.findall(r'(\w+): "([^"]+)"', re.search(rf"const STATE_{name} = .*", script)[0]))
        for name in ("COLOURS", "SIGNS")
    )
    assert set(colours) == set(signs) == {"high", "medium", "low", "fine", "unknown"}
    for first, second in itertools.combinations(colours, 2):
        apart = _difference(colours[first], colours[second], eye)
        assert apart >= ENOUGH, (first, second, round(apart, 1))
