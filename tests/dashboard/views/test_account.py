"""What stands in the top line about whoever is signed in is seen there, and whoever imports finds the door."""

from __future__ import annotations

import pytest

from dashboard.views.account import signed_in
from dashboard.web.tokens import tokens
from geodata.access import Actor, load_roles


def _light(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


AT = {"sign_out": "/a", "audit": "/b", "sessions": "/c", "imports": "/imports"}
AT |= {"parameters": "/d", "changeover": "/e", "bulletins": "/f"}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_what_stands_on_the_bar_is_seen_in_every_look(look: str) -> None:
    own = tokens(look)
    assert _contrast(own["on-bar"], own["bar"]) >= 4.5
    for role in load_roles():
        *doors, sheet = signed_in(Actor("li", role, ("*",)), "zh", **AT).bar("zh")
        for one in (*doors, sheet[0]):
            assert one.sx["color"] == "var(--on-bar)", (role, one)


def test_only_who_may_import_has_the_door_in_the_bar() -> None:
    for name, role in load_roles().items():
        doors = signed_in(Actor("li", name, ("*",)), "zh", **AT).doors
        assert [one.href for one in doors] == (["/imports"] if "imports" in role.acts else [])
