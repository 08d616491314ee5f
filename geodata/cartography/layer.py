"""A layer: one indicator of one period and level, coloured; screen, page and slide draw the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.classes import NO_DATA, Breaks, find_breaks
from geodata.cartography.limits import PolicyCuts
from geodata.cartography.palette import HIDDEN_COLOURS, Palette, palette_for
from geodata.cartography.ranking import rank_places, worst_of
from geodata.cartography.words import decimals_for, number_text, scale_of
from geodata.escaping import plain_text
from geodata.figures import Indicator

# So many places are pointed out on a map, and so long may the name of each be.
POINTED, LONGEST_NAME = 5, 14


@dataclass(frozen=True)
class LegendRow:
    """One class of the legend: its interval in words, how many places, its colour by theme."""

    label: str
    count: int
    colour: dict[str, str]
    no_data: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Layer:
    """Every place of a level with its shown value and class (NO_DATA without a value).

    `hidden` tells which have a figure that is not shown, because it could point at a household.

    `inside` tells which places lie in the shown place; legend counts are theirs alone. The cuts
    hold for all periods of the indicator, so that colours can be compared over time.
    """

    # The kind of layer; another kind says otherwise what a map says of it.
    kind: ClassVar[str] = "plain"
    # Whether a value is written with its sign.
    signed: ClassVar[bool] = False

    indicator: Indicator
    period: str
    level: str
    place: str | None
    keys: pd.Index
    values: np.ndarray
    classes: np.ndarray
    inside: np.ndarray
    breaks: Breaks
    palette: Palette
    decimals: int
    limits: PolicyCuts = field(default_factory=PolicyCuts, kw_only=True)
    hidden: np.ndarray | None = field(default=None, kw_only=True)

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes, the worse end first, then no data."""
        colours = self.palette.colours
        shown = self.classes[self.inside]
        rows = [
            LegendRow(
                _interval(self.breaks, index),
                int(np.sum(shown == index)),
                {theme: shades[index] for theme, shades in colours.items()},
            )
            for index in range(self.breaks.count)
        ]
        if self.indicator.worse != "low":
            rows.reverse()
        return (*rows, *self.without(i18n.text("cartography.no_data", lang), lang))

    def title(self, lang: str | None = None) -> str:
        """Return what stands over the legend."""
        title, unit = self.indicator.title_in(lang), self.unit(lang)
        if not unit:
            return title
        return i18n.text("cartography.with_unit", lang, title=title, unit=unit)

    def unit(self, lang: str | None = None) -> str:
        """Return the unit of the values."""
        return self.indicator.unit_in(lang)

    def suffix(self, lang: str | None = None) -> str:
        """Return what is written behind a value."""
        return self.indicator.unit.suffix(lang)

    def words(self, lang: str | None = None) -> list[str]:
        """Return what is said of every place besides its value, in order; empty for nothing."""
        return []

    @property
    def ticked(self) -> np.ndarray:
        """Return the positions of the places that are ticked off."""
        return np.array([], dtype="int64")

    def pointed_out(self, atlas: Atlas) -> list[tuple[int, str]]:
        """Return position and text of the places to point out, the worst first."""
        shown = self.classes[self.inside]
        if self.indicator.worse == "none" or int((shown != NO_DATA).sum()) < 2:
            return []
        ranked = rank_places(
            atlas, self.indicator.key, self.period, level=self.level, place=self.place
        )
        ranked = worst_of(ranked, self.indicator.worse, POINTED)
        sign = self.indicator.unit.sign
        texts = [
            f"{plain_text(row.name, LONGEST_NAME)} {number_text(row.value, self.decimals)}{sign}"
            for row in ranked.itertuples()
        ]
        return list(zip(self.keys.get_indexer(ranked.index).tolist(), texts, strict=True))

    @property
    def ends(self) -> tuple[tuple[float | None, float | None], ...]:
        """Return the ends of each class in the order of the legend; None where it is open or has none."""
        breaks = self.breaks
        bounds: list[tuple[float | None, float | None]]
        if breaks.method == "distinct":
            bounds = [(value, value) for value in breaks.distinct]
        else:
            bounds = list(zip((None, *breaks.cuts), (*breaks.cuts, None), strict=True))
        return tuple(bounds if self.indicator.worse == "low" else bounds[::-1])

    @property
    def veiled(self) -> np.ndarray:
        """Return which places within the shown one have a figure that is not shown."""
        none = np.zeros(len(self.keys), dtype=bool)
        return none if self.hidden is None else self.hidden & self.inside

    def without(self, label: str, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the rows of places without a class: those `label` says, and those not shown."""
        hidden = int(self.veiled.sum())
        count = int(np.sum(self.classes[self.inside] == NO_DATA)) - hidden
        missing = {theme: ground for theme, (ground, _) in self.palette.no_data.items()}
        rows = [LegendRow(label, count, missing, no_data=True)]
        if hidden:
            said = i18n.text("cartography.hidden", lang)
            ground = {theme: fill for theme, (fill, _) in HIDDEN_COLOURS.items()}
            rows.append(LegendRow(said, hidden, ground, no_data=True, hidden=True))
        return tuple(rows)

    def rule(self, lang: str | None = None) -> str:
        """Return in words how the classes were cut and which side a cut belongs to."""
        name = f"cartography.rule_{self.breaks.method}"
        closed = i18n.text(f"cartography.closed_{self.breaks.closed}", lang)
        said = i18n.text(name, lang, count=self.breaks.count, closed=closed)
        note = self.limits.note(lang)
        return i18n.text("cartography.noted", lang, note=note, said=said) if note else said


def draw_layer(
    atlas: Atlas,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None = None,
    method: str = "natural",
    limits: PolicyCuts | Sequence[float] = (),
) -> Layer:
    """Return the layer of one indicator, period and level; `place` only limits what is counted.

    With `limits` the classes are cut there; limits that are not set leave natural breaks and a
    note beside the rule of the classes.
    """
    limits = limits if isinstance(limits, PolicyCuts) else PolicyCuts(tuple(limits))
    asked = ("layer", indicator, period, level, place, method, str(limits))
    layer: Layer = atlas.once(
        asked,
        lambda: _drawn(
            atlas, indicator, period, level=level, place=place, method=method, limits=limits
        ),
    )
    return layer


def _drawn(
    atlas: Atlas,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None,
    method: str,
    limits: PolicyCuts,
) -> Layer:
    described = atlas.indicator(indicator)
    scale = scale_of(described)
    frame = atlas.frame(indicator, period, level)
    breaks = _breaks(atlas, described, level, method, limits.cuts)
    values = frame["value"].to_numpy() * scale
    return Layer(
        indicator=described,
        period=period,
        level=level,
        place=place,
        keys=frame.index,
        values=values,
        classes=breaks.assign(values),
        inside=frame.index.isin(atlas.places_in(place, level)),
        breaks=breaks,
        palette=_palette(described, breaks),
        decimals=indicator_decimals(atlas, described),
        limits=limits,
        hidden=atlas.hidden(indicator, period, level).reindex(frame.index).to_numpy(dtype=bool),
    )


def _palette(indicator: Indicator, breaks: Breaks) -> Palette:
    """Return the colours of the classes; nothing at all anywhere has the mildest one."""
    if indicator.worse != "high" or breaks.distinct != (0.0,):
        return palette_for(indicator.worse, breaks.count)
    whole = palette_for(indicator.worse, 2)
    return Palette({theme: shades[:1] for theme, shades in whole.colours.items()}, whole.no_data)


def _breaks(
    atlas: Atlas, indicator: Indicator, level: str, method: str, cuts: tuple[float, ...]
) -> Breaks:
    """Return the cuts that hold for all periods of an indicator at a level.

    A limit that leaves nothing on one side, such as 0 of a share, makes no class.
    """
    low, high = indicator.range
    cuts = tuple(cut for cut in cuts if low < cut <= high)

    def find() -> Breaks:
        known = atlas.all_values(indicator.key, level).to_numpy() * scale_of(indicator)
        return find_breaks(known, method, limits=cuts)

    breaks: Breaks = atlas.once(("breaks", indicator.key, level, method, cuts), find)
    return breaks


def indicator_decimals(atlas: Atlas, indicator: Indicator) -> int:
    """Return the decimals of every figure of an indicator, whatever its place, level and period."""
    if indicator.decimals is not None:
        return indicator.decimals

    def find() -> int:
        known = atlas.all_values(indicator.key, atlas.lowest).to_numpy() * scale_of(indicator)
        return decimals_of(known)

    decimals: int = atlas.once(("decimals", indicator.key), find)
    return decimals


def decimals_of(known: np.ndarray) -> int:
    """Return the decimals that tell figures apart; whole numbers have none."""
    if not len(known) or np.all(known == np.round(known)):
        return 0
    return decimals_for(float(np.percentile(known, 95) - np.percentile(known, 5)))


def _interval(breaks: Breaks, index: int) -> str:
    """Return the interval of one class, e.g. ≤ 10, 10–20, > 20."""
    if breaks.method == "distinct":
        return number_text(breaks.distinct[index], breaks.decimals)
    below, above = ("≤", ">") if breaks.closed == "right" else ("<", "≥")
    cuts = [number_text(cut, breaks.decimals) for cut in breaks.cuts]
    if not cuts:
        return "—"
    if index == 0:
        return f"{below} {cuts[0]}"
    if index == len(cuts):
        return f"{above} {cuts[-1]}"
    return f"{cuts[index - 1]} – {cuts[index]}"
