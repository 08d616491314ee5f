"""A layer whose classes have names instead of cuts, such as kinds of hot spots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from geodata import i18n
from geodata.cartography.layer import Layer, LegendRow
from geodata.cartography.palette import Palette
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
        hidden: np.ndarray | None = None,
    ) -> Self:
        """Return other classes over the places of a layer, by default with the same values."""
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
            hidden=hidden,
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
        """Return other classes over the places of a layer, nothing hidden.

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
        )

    @property
    def ends(self) -> tuple[tuple[float | None, float | None], ...]:
        """Return that no class has ends."""
        return ((None, None),) * len(next(iter(self.names.values())))

    def legend(self, lang: str | None = None) -> tuple[LegendRow, ...]:
        """Return the classes in words, worst first, then the places without one."""
        lang = lang or default_language()
        shown = self.classes[self.inside]
        rows = [
            LegendRow(
                name,
                int(np.sum(shown == index)),
                {theme: colours[index] for theme, colours in self.palette.colours.items()},
            )
            for index, name in enumerate(self.names[lang])
        ]
        return (*rows, *self.without(self.unknown[lang], lang))

    def rule(self, lang: str | None = None) -> str:
        """Return in words how the classes were found."""
        return self.said[lang or default_language()]

    def words(self, lang: str | None = None) -> list[str]:
        """Return the name of the class of every place, in order."""
        lang = lang or default_language()
        names = (*self.names[lang], self.unknown[lang])
        said = [names[min(int(number), len(names) - 1)] for number in self.classes]
        if self.hidden is None:
            return said
        veiled = i18n.text("cartography.hidden", lang)
        return [veiled if gone else word for gone, word in zip(self.hidden, said, strict=True)]
