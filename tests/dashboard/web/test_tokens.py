"""One file says how page and charts look; what it says can be read in the light and in the dark."""

from __future__ import annotations

import re

import pytest

from dashboard.charts.look import COLOURS
from dashboard.web.tokens import tokens, tokens_css
from tests.conftest import ROOT

# Text and the ground it stands on.
READ = [
    (ink, ground)
    for ink in ("ink", "soft", "accent", "worse", "better")
    for ground in ("paper", "ground", "lit")
]
READ += [("on-bar", "bar"), ("soft-bar", "bar"), ("on-accent", "accent")]
STYLES = sorted(file for file in (ROOT / "dashboard").rglob("*.css") if file.name != "tokens.css")
# What the presenter sets on the whole page.
PRESENTED = {"big", "tools", "telling"}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    lit = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * lit[0] + 0.7152 * lit[1] + 0.0722 * lit[2]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_text_can_be_told_from_its_ground(ink, ground, look):
    values = tokens(look)
    low, high = sorted(_luminance(values[name]) for name in (ink, ground))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_charts_take_their_colours_from_the_style_sheet():
    for look in ("light", "dark"):
        assert set(COLOURS[look].values()) <= set(tokens(look).values())
    assert COLOURS["light"] != COLOURS["dark"]


def test_every_value_that_a_style_names_is_there():
    known = set(tokens())
    for file in STYLES:
        style = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
        # Beside a style lie templates and scripts that set some of its values.
        near = [*file.parent.glob("*.html"), *file.parent.glob("*.js")]
        told = "".join(one.read_text(encoding="utf-8") for one in near)
        own = set(re.findall(r"--([a-z0-9-]+)\s*:", style)) | set(
            re.findall(r"--([a-z0-9-]+)", told)
        )
        named = set(re.findall(r"var\(--([a-z0-9-]+)", style))
        assert named <= known | own | PRESENTED, file


def test_what_changes_in_the_dark_is_there_in_the_light():
    block = tokens_css().partition(".mui-dark")[2].partition("}")[0]
    changed = set(re.findall(r"--([a-z0-9-]+):", block))
    assert changed
    assert changed < set(tokens())
