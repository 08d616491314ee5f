"""A layer of change between two periods: worse, much worse, the same, better, much better."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.category_layer import CategoryLayer
from geodata.cartography.classes import NO_DATA
from geodata.cartography.layer import Layer, draw_layer
from geodata.cartography.palette import NO_DATA_COLOURS, Palette
from geodata.cartography.words import number_text, period_text, scale_of

# From much worse to much better: orange to blue can be told apart by colour-blind eyes.
_COLOURS = {
    "light": ("#a63603", "#fdae6b", "#f0efec", "#9ecae1", "#08519c"),
    "dark": ("#ff8a3d", "#a3562a", "#3a414a", "#3b6a94", "#7cc0f2"),
}
CHANGE_PALETTE = Palette(_COLOURS, NO_DATA_COLOURS)
_SAME = 2
_ENDS = {"high": ("worse", "better"), "low": ("worse", "better"), "none": ("up", "down")}


@dataclass(frozen=True)
class ChangeLayer(CategoryLayer):
    """A layer whose values are changes, in the shown unit or in points of a share."""


def draw_change(
    atlas: Atlas, indicator: str, periods: tuple[str, str], *, level: str, place: str | None = None
) -> ChangeLayer:
    """Return the layer of the change from the first to the second period; values are the changes.

    Changes that round to nothing are one class; the others are cut at their median size. A place
    without a figure in either period has no class.
    """
    before, after = periods
    plain = draw_layer(atlas, indicator, after, level=level, place=place)
    scale = scale_of(plain.indicator)
    old = atlas.frame(indicator, before, level)["value"].reindex(plain.keys).to_numpy() * scale
    change = np.round(plain.values - old, plain.decimals) + 0.0
    sizes = np.abs(change[np.isfinite(change) & (change != 0)])
    cut = float(np.round(np.median(sizes), plain.decimals)) if len(sizes) else 0.0
    towards = -change if plain.indicator.worse == "low" else change
    classes = np.select(
        [~np.isfinite(change), towards == 0, towards > cut, towards > 0, towards < -cut],
        [NO_DATA, _SAME, 0, 1, 4],
        default=3,
    ).astype("uint8")
    fields = {name: getattr(plain, name) for name in Layer.__dataclass_fields__}
    fields["hidden"] = plain.hidden | atlas.hidden(indicator, before, level).to_numpy(dtype=bool)
    return ChangeLayer(
        **(fields | {"values": change, "classes": classes, "palette": CHANGE_PALETTE}),
        names={lang: _names(plain, cut, lang) for lang in i18n.LANGUAGES},
        unknown={lang: i18n.text("cartography.no_data", lang) for lang in i18n.LANGUAGES},
        said={lang: _said(before, after, lang) for lang in i18n.LANGUAGES},
    )


def _names(layer: Layer, cut: float, lang: str) -> tuple[str, ...]:
    worse, better = _ENDS[layer.indicator.worse]
    size = number_text(cut, layer.decimals)
    keys = (f"{worse}_much", worse, "same", better, f"{better}_much")
    return tuple(i18n.text(f"cartography.change_class_{key}", lang, size=size) for key in keys)


def _said(before: str, after: str, lang: str) -> str:
    values = {"before": period_text(before, lang), "after": period_text(after, lang)}
    return i18n.text("cartography.rule_change", lang, **values)
