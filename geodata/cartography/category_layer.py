"""A layer whose classes have names instead of cuts, such as kinds of hot spots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from geodata import i18n
from geodata.cartography.layer import Layer, LegendRow
from geodata.cartography.palette import Palette
from geodata.cartography.words import state_text
from geodata.figures import STATES
from geodata.i18n import default_language


@dataclass(frozen=True)
class CategoryLayer(Layer):
    """A layer drawn like any other; `classes` are positions in `names`, worst first.

    By language: `names` of the classes, `unknown` for places without a class, `said` for how the
    classes were found. `values` stay the figures of the indicator.
    """

    names: Mapping[str, tuple[str, ...]]
    unknown: Mapping[str, str]
    said: Mapping[str, str]

    kind: ClassVar[str] = "category"

    @classmethod
    def over(
        cls,
        plain: Layer,
        classes: np.ndarray,
        palette: Palette,
        *,
        names: Mapping[str, tuple[str, ...]],
        unknown: Mapping[str, str],
        said: Mapping[str, str],
        values: np.ndarray | None = None,
        states: np.ndarray | None = None,
    ) -> Self:
        """Return other classes over the places of a layer, by default with its values and states."""
        return cls(
            indicator=plain.indicator,
            period=plain.period,
            level=plain.level,
            place=plain.place,
            keys=plain.keys,
            values=plain.values if values is None else values,
            classes=classes,
            inside=plain.inside,
            breaks=plain.breaks,
            palette=palette,
            decimals=plain.decimals,
            limits=plain.limits,
            states=plain.states if states is None else states,
            names=names,
            unknown=unknown,
            said=said,
        )

    @classmethod
    def worded(
        cls,
        plain: Layer,
        classes: np.ndarray,
        palette: Palette,
        *,
        names: Sequence[str],
        unknown: str,
    ) -> Self:
        """Return other classes over the places of a layer, which are not of its figures.

        Their words are the texts `cartography.KIND_NAME` of `names` and of `unknown`; how they
        were found is `cartography.KIND_rule`.
        """

        def word(name: str) -> dict[str, str]:
            key = f"cartography.{cls.kind}_{name}"
            return {lang: i18n.text(key, lang) for lang in i18n.LANGUAGES}

        words = [word(name) for name in names]
        return cls.over(
            plain,
            classes,
            palette,
            names={lang: tuple(one[lang] for one in words) for lang in i18n.LANGUAGES},
            unknown=word(unknown),
            said=word("rule"),
            states=np.where(plain.states == STATES[-1], STATES[-1], STATES[0]),
        )

    @property
    def form(self) -> str:
        """Return that places are filled, whatever the figures are."""
        return "filled"

    @property
    def ends(self) -> tuple[tuple[float | None, float | None], ...]:
        """Return that no class has ends."""
        return ((None, None),) * len(self.order)

    @property
    def class_count(self) -> int:
        """Return the number of classes, also of those that nobody here is in."""
        return len(next(iter(self.names.values())))

    @property
    def order(self) -> list[int]:
        """Return the numbers of the classes that any shown place is in, worst first."""
        return [int(at) for at in np.flatnonzero(self.counts)]

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes that anybody is in, in words, worst first, then those without one."""
        lang = lang or default_language()
        rows = self._rows([self.names[lang][at] for at in self.order])
        return (*rows, *self.without(self.unknown[lang], lang))

    def rule(self, lang: str | None = None) -> str:
        """Return in words how the classes were found."""
        return self.said[lang or default_language()]

    def words(self, lang: str | None = None) -> list[str]:
        """Return the name of the class of every place, in order."""
        lang = lang or default_language()
        names = self.names[lang]
        told = {state: state_text(state, lang) for state in STATES[2:]}
        return [
            names[number] if number < len(names) else told.get(state, self.unknown[lang])
            for number, state in zip(self.classes, self.reasons, strict=True)
        ]
