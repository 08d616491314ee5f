"""Colours of hot and cold spots: red side and blue side, told apart by colour-blind eyes."""

from __future__ import annotations

from collections.abc import Sequence

from geodata.cartography.palette import Palette

# name of a class: colour on a light page, on a dark page
_COLOURS = {
    "bin_3": ("#b2182b", "#ffd23f"),
    "bin_2": ("#ef6548", "#f4773b"),
    "bin_1": ("#fddbc7", "#8a4a2f"),
    "bin_0": ("#e9e5d8", "#434c57"),
    "bin_m1": ("#d1e5f0", "#2e4a66"),
    "bin_m2": ("#67a9cf", "#4a8fc9"),
    "bin_m3": ("#2166ac", "#9fd8ff"),
    "hot_intensifying": ("#67000d", "#ffe14d"),
    "hot_persistent": ("#b2182b", "#ffb02e"),
    "hot_consecutive": ("#e34a33", "#ff8a3d"),
    "hot_new": ("#ff9f1c", "#ff5c5c"),
    "hot_oscillating": ("#c51b8a", "#ff7bd5"),
    "hot_sporadic": ("#fdbb84", "#c26a3a"),
    "hot_diminishing": ("#d98880", "#a3603f"),
    "hot_historical": ("#ecd0c5", "#6e4a3a"),
    "no_pattern": ("#e9e5d8", "#434c57"),
    "cold_historical": ("#dde9f1", "#31475c"),
    "cold_diminishing": ("#a6c8de", "#3b6a94"),
    "cold_sporadic": ("#a6c8de", "#3b6a94"),
    "cold_oscillating": ("#9f9ac8", "#8f86d6"),
    "cold_new": ("#67a9cf", "#4a8fc9"),
    "cold_consecutive": ("#67a9cf", "#4a8fc9"),
    "cold_persistent": ("#2166ac", "#7cc0f2"),
    "cold_intensifying": ("#053061", "#c4e6ff"),
}
HOT_COLD_CLASSES = tuple(_COLOURS)


def hot_cold_palette(names: Sequence[str]) -> Palette:
    """Return the colours of the named classes, in their order."""
    colours = {
        theme: tuple(_COLOURS[name][at] for name in names)
        for at, theme in enumerate(("light", "dark"))
    }
    return Palette(colours)
