"""A layer of change between two periods: worse, much worse, the same, better, much better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.category_layer import CategoryLayer
from geodata.cartography.classes import NO_DATA
from geodata.cartography.decimals import is_steady
from geodata.cartography.headline import steps_text
from geodata.cartography.layer import POINTED, Layer, PointedOut, draw_layer
from geodata.cartography.palette import Palette
from geodata.cartography.words import change_text, number_text, period_text, scale_of
from geodata.figures import STATES

# From much worse to much better: orange to blue can be told apart by colour-blind eyes.
_COLOURS = {
    "light": ("#a63603", "#fdae6b", "#f0efec", "#9ecae1", "#08519c"),
    "dark": ("#ff8a3d", "#a3562a", "#3a414a", "#3b6a94", "#7cc0f2"),
}
CHANGE_PALETTE = Palette(_COLOURS)
_SAME = 2
_ENDS = {"high": ("worse", "better"), "low": ("worse", "better"), "none": ("up", "down")}


@dataclass(frozen=True)
class ChangeLayer(CategoryLayer):
    """A layer whose values are changes, in the shown unit or in points of a share."""

    kind: ClassVar[str] = "change"
    signed: ClassVar[bool] = True

    def title(self, lang: str | None = None) -> str:
        """Return what stands over the legend."""
        title = i18n.text("cartography.change_title", lang, title=self.indicator.title_in(lang))
        unit = self.unit(lang)
        if not unit:
            return title
        return i18n.text("cartography.with_unit", lang, title=title, unit=unit)

    def unit(self, lang: str | None = None) -> str:
        """Return the unit of the changes; that of a share is in points."""
        if self.indicator.is_share:
            return i18n.text("cartography.points_unit", lang)
        return super().unit(lang)

    def suffix(self, lang: str | None = None) -> str:
        """Return what is written behind a change."""
        return f" {self.unit(lang)}" if self.indicator.is_share else super().suffix(lang)

    @property
    def signs(self) -> list[tuple[int, str]]:
        """Return an arrow on every shown place that changed, up where its figure grew."""
        changed = self.inside & np.isfinite(self.values) & (self.values != 0)
        return [(int(at), "▲" if self.values[at] > 0 else "▼") for at in np.flatnonzero(changed)]

    def pointed_out(self, atlas: Atlas, lang: str | None = None) -> list[PointedOut]:
        """Return the places that became worse most (without a worse end: changed most)."""
        directed = {"low": -self.values, "none": np.abs(self.values)}
        towards = directed.get(self.indicator.worse, self.values)
        towards = np.where(self.inside & np.isfinite(towards), towards, -np.inf)
        order = [int(at) for at in np.argsort(-towards, kind="stable")[:POINTED] if towards[at] > 0]
        return [
            self.told(atlas, at, change_text(self.values[at], self.decimals), lang=lang)
            for at in order
        ]


def draw_change(
    atlas: Atlas, indicator: str, periods: tuple[str, str], *, level: str, place: str | None = None
) -> ChangeLayer:
    """Return the layer of the change from the first to the second period; values are the changes.

    Changes that say nothing (`is_steady`) are one class; the others are cut at their median size. A place
    without a figure in either period has no class.
    """
    before, after = periods
    plain = draw_layer(atlas, indicator, after, level=level, place=place)
    steps = atlas.steps_between(indicator, before, after)
    if steps:
        # What changed with the parameter is neither worse nor better.
        plain = replace(plain, indicator=replace(plain.indicator, worse="none"))
    scale = scale_of(plain.indicator)
    old = atlas.frame(indicator, before, level)["value"].reindex(plain.keys).to_numpy() * scale
    bases = atlas.frame(indicator, after, level)["denominator"].reindex(plain.keys).to_numpy()
    old_states = atlas.states(indicator, before, level).reindex(plain.keys).to_numpy()
    moved = plain.values - old
    steady = [
        is_steady(one, base, plain.indicator, plain.decimals)
        for one, base in zip(moved, bases, strict=True)
    ]
    change = np.where(steady, 0.0, np.round(moved, plain.decimals) + 0.0)
    sizes = np.abs(change[np.isfinite(change) & (change != 0)])
    cut = float(np.round(np.median(sizes), plain.decimals)) if len(sizes) else 0.0
    towards = -change if plain.indicator.worse == "low" else change
    classes = np.select(
        [~np.isfinite(change), towards == 0, towards > cut, towards > 0, towards < -cut],
        [NO_DATA, _SAME, 0, 1, 4],
        default=3,
    ).astype("uint8")
    return ChangeLayer.over(
        plain,
        classes,
        CHANGE_PALETTE,
        values=change,
        # What is not known of either month is not known of their change.
        states=np.where(plain.states == STATES[0], old_states, plain.states),
        names={lang: _names(plain, cut, lang) for lang in i18n.LANGUAGES},
        unknown={lang: i18n.text("cartography.no_data", lang) for lang in i18n.LANGUAGES},
        said={
            lang: _said(before, after, lang) + steps_text(steps, lang) for lang in i18n.LANGUAGES
        },
    )


def _names(layer: Layer, cut: float, lang: str) -> tuple[str, ...]:
    worse, better = _ENDS[layer.indicator.worse]
    size = number_text(cut, layer.decimals)
    keys = (f"{worse}_much", worse, "same", better, f"{better}_much")
    return tuple(i18n.text(f"cartography.change_class_{key}", lang, size=size) for key in keys)


def _said(before: str, after: str, lang: str) -> str:
    values = {"before": period_text(before, lang), "after": period_text(after, lang)}
    return i18n.text("cartography.rule_change", lang, **values)
