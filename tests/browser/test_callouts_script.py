"""The script that places cards beside a map says what the program says of drawn maps."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dashboard.web.scripts import plain_script
from geodata.cartography.callouts import STEP, Anchor, place_callouts
from tests.conftest import ROOT

_CALL = """([script, anchors, room]) => {
  const place = new Function(script + "; return placeCallouts")()
  return place(anchors, room).map((one) => one && {box: one.box, line: one.line})
}"""


def _case(seed: int):
    chance = random.Random(seed)
    width, height = chance.choice([(1310, 760), (820, 600), (1000, 1400)])
    west, east = sorted(chance.uniform(0.1, 0.9) * width for _ in range(2))
    land = [
        (west + chance.uniform(0, 40), max(west, east - chance.uniform(0, 40)))
        if 3 < row < height / STEP - 4
        else None
        for row in range(height // STEP + 1)
    ]
    anchors = [
        (
            chance.uniform(west, east),
            chance.uniform(60, height - 60),
            chance.uniform(180, 260),
            92.0,
        )
        for _ in range(chance.randint(1, 3))
    ]
    taken = [(0.0, 0.0, 400.0, 130.0), (20.0, height - 240.0, 380.0, height - 20.0)]
    return width, height, land, anchors, taken[: chance.randint(0, 2)]


@pytest.mark.parametrize("seed", range(12))
def test_script_and_program_place_cards_alike(view, seed):
    width, height, land, anchors, taken = _case(seed)
    room = {"width": width, "height": height, "land": land, "taken": taken}
    fields = ("x", "y", "width", "height")
    asked = [dict(zip(fields, anchor, strict=True)) for anchor in anchors]
    script = plain_script(Path(ROOT) / "dashboard" / "maps" / "callouts.js")
    told = view.evaluate(_CALL, [script, asked, room])
    placed = place_callouts(
        [Anchor(*anchor) for anchor in anchors], width=width, height=height, taken=taken, land=land
    )
    assert [one is None for one in told] == [one is None for one in placed]
    for there, here in zip(told, placed, strict=True):
        if here is not None:
            assert there["box"] == pytest.approx(list(here.box))
            for spot, own in zip(there["line"], here.line, strict=True):
                assert spot == pytest.approx(list(own))
