"""A layer: one indicator of one period and level, coloured; screen, page and slide draw the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.cartography.classes import NO_DATA, Breaks, decimals_of_cuts, find_breaks
from geodata.cartography.decimals import indicator_decimals, shown_values
from geodata.cartography.palette import STATE_COLOURS, Palette, palette_for
from geodata.cartography.policy_cuts import PolicyCuts
from geodata.cartography.ranking import rank_places, worst_of
from geodata.cartography.words import number_text, scale_of, short_parts, state_text
from geodata.escaping import plain_text
from geodata.figures import STATES, Indicator

# So many places are pointed out on a map, and so long may the name of each be.
POINTED, LONGEST_NAME = 3, 14
# Classes are cut for so many periods, the latest: a year of months and the month a year before.
SHOWN = 13


@dataclass(frozen=True)
class LegendRow:
    """One class of the legend: its interval in words, how many places, its colour by theme.

    `state` is one of STATES: that of places with a class is shown. `at` is the number of the
    class, -1 for places without one.
    """

    label: str
    count: int
    colour: dict[str, str]
    state: str = STATES[0]
    hatched: bool = False
    at: int = -1

    @property
    def no_data(self) -> bool:
        """Return whether it is of places without a class, for whatever reason."""
        return self.state != STATES[0]


@dataclass(frozen=True)
class PointedOut:
    """A place that a map points out: its position, and in words name, place above, figure and parts."""

    at: int
    name: str
    above: str = ""
    figure: str = ""
    parts: str = ""

    @property
    def words(self) -> str:
        """Return name and figure in one line."""
        return f"{self.name} {self.figure}".rstrip()


@dataclass(frozen=True)
class Outline:
    """Places that one line is drawn around, by position; by language its title and what lies in it."""

    at: tuple[int, ...]
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """Every place of a level with its shown value and class (NO_DATA without a value).

    `states` tells of each, as one of STATES, whether it has a figure and why not.

    `inside` tells which places lie in the shown place; legend counts are theirs alone. The cuts
    hold for all periods of the indicator, so that colours can be compared over time. `outlines`
    are drawn over whatever is shown. `largest` is the largest figure of any place in these
    periods: the size of circles is told by it.
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
    states: np.ndarray = field(kw_only=True)
    outlines: tuple[Outline, ...] = field(default=(), kw_only=True)
    largest: float = field(default=math.nan, kw_only=True)

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes that anybody is in, the worse end first, then those without one."""
        labels = interval_labels(self.breaks, self.indicator)
        rows = self._rows([labels[at] for at in self.order])
        return (*rows, *self.without(i18n.text("cartography.no_data", lang), lang))

    def _rows(self, labels: Sequence[str]) -> list[LegendRow]:
        """Return the rows of the classes in `order`."""
        colours, counts = self.palette.colours, self.counts
        return [
            LegendRow(
                label,
                int(counts[at]),
                {name: one[at] for name, one in colours.items()},
                hatched=at == self.hatched,
                at=at,
            )
            for label, at in zip(labels, self.order, strict=True)
        ]

    @property
    def counts(self) -> np.ndarray:
        """Return how many of the shown places are in each class, by its number."""
        shown = self.classes[self.inside]
        return np.bincount(shown[shown != NO_DATA], minlength=self.class_count)

    @property
    def class_count(self) -> int:
        """Return the number of classes, also of those that nobody here is in."""
        return self.breaks.count

    @property
    def order(self) -> list[int]:
        """Return the numbers of the classes that any shown place is in, in the order of the legend."""
        classes = np.flatnonzero(self.counts).tolist()
        return classes if self.indicator.worse == "low" else classes[::-1]

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
    def hatched(self) -> int:
        """Return the class that is drawn hatched, -1 for none."""
        return -1

    @property
    def form(self) -> str:
        """Return how the figures are drawn: what adds up as circles, anything else as filled places."""
        return "circles" if self.indicator.adds_up == "sum" and self.largest > 0 else "filled"

    @property
    def signs(self) -> list[tuple[int, str]]:
        """Return the signs that stand on places, by position."""
        return []

    def pointed_out(self, atlas: Atlas, lang: str | None = None) -> list[PointedOut]:
        """Return the places to point out, the worst first."""
        shown = self.classes[self.inside]
        if self.indicator.worse == "none" or int((shown != NO_DATA).sum()) < 2:
            return []
        ranked = rank_places(
            atlas, self.indicator.key, self.period, level=self.level, place=self.place
        )
        ranked = worst_of(ranked, self.indicator.worse, POINTED).places
        frame = atlas.frame(self.indicator.key, self.period, self.level)
        parts = frame.loc[ranked.index, ["numerator", "denominator"]].to_numpy()
        positions = self.keys.get_indexer(ranked.index).tolist()
        return [
            self.told(
                atlas,
                at,
                number_text(value, self.decimals),
                short_parts(made[0], made[1], self.indicator, lang),
                lang,
            )
            for at, value, made in zip(positions, ranked["value"], parts, strict=True)
        ]

    def told(
        self, atlas: Atlas, at: int, number: str, parts: str = "", lang: str | None = None
    ) -> PointedOut:
        """Return what is said of a place that is pointed out, with a number and its parts in words."""
        place = self.keys[at]
        path = atlas.path(place)
        # The place above is told where the map shows several of them.
        nested = len(path) > 1 and path[-2] != (self.place or atlas.places.index[0])
        return PointedOut(
            at,
            plain_text(atlas.name(place), LONGEST_NAME),
            plain_text(atlas.name(path[-2]), LONGEST_NAME) if nested else "",
            number
            + (self.suffix(lang) if self.indicator.unit.sign or self.form == "circles" else ""),
            parts,
        )

    @property
    def ends(self) -> tuple[tuple[float | None, float | None], ...]:
        """Return the ends of each class in the order of the legend; None where it is open or has none."""
        ends = self.breaks.ends
        return tuple(ends[at] for at in self.order)

    @property
    def reasons(self) -> np.ndarray:
        """Return why each place has no class, one of STATES; shown where it has one.

        One that has a figure and no class, such as one that hot spots cannot assess, is told
        with those without data.
        """
        absent = np.where(self.states == STATES[0], STATES[1], self.states)
        return np.where(self.classes == NO_DATA, absent, STATES[0])

    def without_class(self, state: str) -> np.ndarray:
        """Return which places within the shown one have no class for one reason of STATES."""
        return np.asarray(self.inside & (self.reasons == state))

    def without(self, label: str, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the rows of places without a class: those `label` says, then by reason the others."""
        rows = []
        for state in STATES[1:]:
            count = int(self.without_class(state).sum())
            ground = {theme: fill for theme, (fill, _) in STATE_COLOURS[state].items()}
            first = state == STATES[1]
            if count or first:
                said = label if first else state_text(state, lang)
                rows.append(LegendRow(said, count, ground, state))
        return tuple(rows)

    def rule(self, lang: str | None = None) -> str:
        """Return in words how the classes were cut."""
        name = f"cartography.rule_{self.breaks.method}"
        cuts = [number_text(cut, decimals_of_cuts((cut,))) for cut in self.breaks.cuts]
        told = i18n.listed(cuts, lang)
        said = i18n.text(name, lang, cuts=told)
        if self.indicator.basis:
            basis = self.indicator.basis_in(lang)
            said = i18n.text("cartography.basis", lang, said=said, basis=basis)
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
    return atlas.once(
        asked,
        lambda: _drawn(
            atlas, indicator, period, level=level, place=place, method=method, limits=limits
        ),
    )


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
    decimals = indicator_decimals(atlas, described)
    breaks = _breaks(atlas, described, level, method, limits.cuts)
    values = frame["value"].to_numpy() * scale
    # A limit of policy is kept or broken by the exact figure; else whoever reads the same is classed alike.
    classed = values if breaks.method == "policy" else shown_values(values, described, decimals)
    return Layer(
        indicator=described,
        period=period,
        level=level,
        place=place,
        keys=frame.index,
        values=values,
        classes=breaks.assign(classed),
        inside=frame.index.isin(atlas.places_in(place, level, period)),
        breaks=breaks,
        palette=palette_for(described.worse, breaks.count, apart=breaks.apart_class),
        decimals=decimals,
        limits=limits,
        states=atlas.states(indicator, period, level).to_numpy(),
        largest=_largest(atlas, described, level),
    )


def _breaks(
    atlas: Atlas, indicator: Indicator, level: str, method: str, cuts: tuple[float, ...]
) -> Breaks:
    """Return the cuts that hold for all periods of an indicator at a level.

    A limit that leaves nothing on one side, such as 0 of a share, makes no class.
    """
    low, high = indicator.range
    cuts = tuple(cut for cut in cuts if low < cut <= high)

    def find() -> Breaks:
        known = atlas.all_values(indicator.key, level, last=SHOWN).to_numpy() * scale_of(indicator)
        if not cuts:
            known = shown_values(known, indicator, indicator_decimals(atlas, indicator))
        good = high if indicator.worse == "low" else 0.0
        return find_breaks(known, method, limits=cuts, apart=good if math.isfinite(good) else None)

    return atlas.once(("breaks", indicator.key, level, method, cuts), find)


def _largest(atlas: Atlas, indicator: Indicator, level: str) -> float:
    """Return the largest figure of any place of a level; unknown where one of them is negative."""
    known = atlas.all_values(indicator.key, level, last=SHOWN).to_numpy() * scale_of(indicator)
    return float(known.max()) if len(known) and known.min() >= 0 else math.nan


def interval_labels(breaks: Breaks, indicator: Indicator) -> list[str]:
    """Return the classes as read, from the lowest: 0, <3, 3–5, ≥5% or, of whole numbers, 3–4.

    A sign of the unit stands once, at the highest; no decimals are written that carry nothing.
    """
    labels = [_interval(breaks, indicator, at, *ends) for at, ends in enumerate(breaks.ends)]
    signed = labels and any(digit in labels[-1] for digit in "123456789")
    return [*labels[:-1], labels[-1] + indicator.unit.sign] if signed else labels


def _interval(
    breaks: Breaks, indicator: Indicator, at: int, low: float | None, high: float | None
) -> str:
    """Return one class as read; the low end belongs to it, the high end does not."""

    def written(number: float) -> str:
        decimals = breaks.decimals if breaks.distinct else decimals_of_cuts((number,))
        return number_text(number, decimals)

    apart, beside = breaks.apart, abs(at - breaks.apart_class) == 1
    if low is None and high is None:
        return "—" if apart is None else f"{'>' if at else '<'}{written(apart)}"
    whole = breaks.whole and not indicator.unit.sign
    if low is None and whole and apart is not None and beside:
        low = apart + 1
    if low is None or high is None:
        if high is not None:
            return f"<{written(high)}"
        low = low or 0.0
        if apart and beside:
            return f"{written(low)}–<{written(apart)}"
        return written(low) if low == indicator.range[1] else f"≥{written(low)}"
    if low == high:
        return written(low)
    last = high - 1 if whole else high
    return written(low) if low == last else f"{written(low)}–{written(last)}"
