"""Colours of classes: told apart by colour-blind eyes, on a projector, on light and on dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

THEMES = ("light", "dark")
# Anchor colours from mild to severe. On a light page the severe end is dark, on a dark page it is
# bright: in both it stands out most. Lightness changes in one direction only, so the order can be
# read in grey print and by colour-blind eyes (checked by simulation in the tests).
_SEVERE = {
    "light": ("#fbd08b", "#f49a4f", "#d9502f", "#8e1b1b"),
    "dark": ("#6b3523", "#b3522b", "#ee9046", "#ffe3a0"),
}
# For figures without a worse end.
_NEUTRAL = {
    "light": ("#a9cfc8", "#6aa9a0", "#35797a", "#0f4249"),
    "dark": ("#29504a", "#3f7d70", "#74b8a4", "#d3f3e6"),
}
# Of the value that stands apart at the good end, such as 0, and under circles: it recedes.
QUIET = {"light": "#e6ede2", "dark": "#222b29"}
# Of a place without a class, by why it has none: ground and pattern. They are neither mild nor severe.
STATE_COLOURS = {
    "no_data": {"light": ("#eceff1", "#90a4ae"), "dark": ("#2b3138", "#66727d")},
    "not_applicable": {"light": ("#fbfbfa", "#b9c1c7"), "dark": ("#171c22", "#4d5761")},
    "hidden": {"light": ("#e4dcf2", "#6f5a94"), "dark": ("#352d47", "#a897cc")},
    "outside": {"light": ("#dfe3e6", "#dfe3e6"), "dark": ("#232a31", "#232a31")},
}


@dataclass(frozen=True)
class Palette:
    """Colours of the classes from the lowest value up, by theme."""

    colours: Mapping[str, tuple[str, ...]]


def palette_for(worse: str, count: int, *, apart: int = -1) -> Palette:
    """Return the palette of `count` classes for a figure whose `worse` end is high, low or none.

    The class `apart`, the first or the last of them, has a pale colour of its own.
    """
    anchors = _NEUTRAL if worse == "none" else _SEVERE
    others = count - (apart >= 0)
    colours = {theme: _spread(anchors[theme], others) for theme in THEMES}
    if worse == "low":
        colours = {theme: tuple(reversed(shades)) for theme, shades in colours.items()}
    if apart >= 0:
        colours = {
            theme: (*shades[:apart], QUIET[theme], *shades[apart:])
            for theme, shades in colours.items()
        }
    return Palette(colours)


def _spread(anchors: Sequence[str], count: int) -> tuple[str, ...]:
    """Return `count` colours evenly along the anchors; one class takes a middle one."""
    if count <= 1:
        return (anchors[1],) * count
    steps = [index * (len(anchors) - 1) / (count - 1) for index in range(count)]
    return tuple(_between(anchors, step) for step in steps)


def _between(anchors: Sequence[str], step: float) -> str:
    low = min(int(step), len(anchors) - 2)
    share = step - low
    first, second = (bytes.fromhex(anchors[index][1:]) for index in (low, low + 1))
    mixed = [round(a + (b - a) * share) for a, b in zip(first, second, strict=True)]
    return "#" + bytes(mixed).hex()
